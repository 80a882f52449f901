"""All checks of the residual, and what they find."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from denoise_core.assess.findings.calibration import is_beyond_limit
from denoise_core.assess.findings.details import lost_details
from denoise_core.assess.findings.edges import rounded_edges
from denoise_core.assess.findings.finding import Evidence, Finding, Kind
from denoise_core.assess.findings.level import louder_stretches
from denoise_core.assess.findings.normalised import Normalised, normalise
from denoise_core.assess.findings.oscillations import lost_tone
from denoise_core.assess.findings.pulses import lost_pulses
from denoise_core.assess.findings.repeats import find_events, lost_height, missed_events
from denoise_core.assess.findings.slow_movements import lost_movement
from denoise_core.assess.findings.words import in_words, places
from denoise_core.noise import Noise
from denoise_core.series import Estimate, Float64Array, Series

_ORDER: tuple[Kind, ...] = ("repeats", "missed", "tone", "pulses", "edges", "slow", "details")

_MOSTLY = 0.5
_EXPLAINED_BY: Mapping[Kind, frozenset[Kind]] = {
    "details": frozenset({"repeats", "edges"}),
    "pulses": frozenset({"repeats", "missed", "tone", "slow"}),
}


@dataclass(frozen=True, kw_only=True)
class Findings:
    """A sentence for each kind of signal that was lost, the most telling first, and the places of everything found."""

    sentences: tuple[str, ...] = ()
    places: tuple[Finding, ...] = ()


def evidence(given: Normalised) -> dict[Kind, Evidence]:
    """What each check says, by its kind."""
    events = find_events(given)
    found = [lost_details(given), rounded_edges(given), lost_tone(given), lost_movement(given), lost_pulses(given)]
    if events is not None:
        found += [lost_height(events), missed_events(events)]
    return {one.kind: one for one in found}


def find(series: Series, estimate: Estimate, noise: Noise | None) -> Findings:
    """Where and in what the residual of `series` is not noise.

    Parameters
    ----------
    noise : Noise, optional
        What `noise.describe` said of the series; without it the noise is taken to be white, and its level is not judged.
    """
    residual = series.values - estimate.values
    given = normalise(series.values, estimate, noise)
    if given is None:
        return Findings()
    found = evidence(given)
    lost = {kind: found[kind] for kind in _ORDER if kind in found and _counts(found[kind], given)}
    told = [one for one in lost.values() if not _is_explained(one, lost)]
    texts = [in_words(one, given, series) for one in told]
    spans = [place for one, text in zip(told, texts, strict=True) for place in places(one, given, text)]
    if noise is not None:
        spans += louder_stretches(_without_median(residual), noise, series)
    return Findings(sentences=tuple(texts), places=tuple(sorted(spans, key=lambda one: (one.start, one.stop))))


def _counts(one: Evidence, given: Normalised) -> bool:
    return is_beyond_limit(one, error_energy=given.error_energy, noise_class=given.noise_class)


def _is_explained(one: Evidence, lost: Mapping[Kind, Evidence]) -> bool:
    """Whether it is another view of what is told already, such as the details of repeated events."""
    if one.kind in _EXPLAINED_BY:
        return not _EXPLAINED_BY[one.kind].isdisjoint(lost)
    if one.kind != "edges" or "repeats" not in lost:
        return False
    events = np.sort(lost["repeats"].places)
    nearest = np.clip(np.searchsorted(events, one.places), 1, len(events) - 1)
    away = np.minimum(np.abs(one.places - events[nearest - 1]), np.abs(one.places - events[nearest]))
    return bool(np.mean(away <= lost["repeats"].scale / 2) > _MOSTLY)


def _without_median(residual: Float64Array) -> Float64Array:
    return np.asarray(residual - np.nanmedian(residual))
