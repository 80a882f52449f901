"""Candidates judged and combined, without knowing the truth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from denoise_core.assess.risk.candidate import Candidate
from denoise_core.assess.risk.draws import Draws
from denoise_core.assess.risk.evidence import Evidence
from denoise_core.assess.risk.judged import Blended, Judged
from denoise_core.assess.risk.levels import estimated_risks, interval
from denoise_core.assess.risk.local_weights import LocalWeights
from denoise_core.assess.risk.noise_model import NoiseModel
from denoise_core.assess.risk.wording import doubt_about, sentence_on
from denoise_core.errors import DataError
from denoise_core.noise import Noise
from denoise_core.series import Estimate, Float64Array, Series

RECORDING = "recording"
"""The candidate that leaves everything as it is."""
BLEND, BLEND_LABEL = "auto", "Auto"
_PRIOR = {"instant": 1.0, "nonlocal": 0.3, "lstm": 0.1, "guided": 0.1, "guided_nonlocal": 0.3, RECORDING: 0.02}
_USUAL_PRIOR = 0.03  # a filter's, which is seldom better than the instant one
# Sds by which the noise level's error counts against a method; those that build on the reference leave about as much noise in.
_CAUTION = {"instant": 0.0, "nonlocal": 1.0, "lstm": 2.0, "guided": 1.0, "guided_nonlocal": 1.0}
_USUAL_CAUTION = 4.0


def blend(series: Series, candidates: Sequence[Candidate], noise: Noise, *, draws: Draws | None = None) -> Blended:
    """The candidates' estimated errors, and their combination by Q-aggregation.

    Parameters
    ----------
    candidates
        The first is the reference, from whose risk those of the others are told: best one that knows its own error.
    noise
        What `noise.describe` says of the series.
    draws
        Those that the candidates were made with; by default ``Draws.of(series, noise)``.

    Raises
    ------
    DataError
        If there is no candidate, one is of another length, or the series is too short or without visible noise.
    """
    _check(series, candidates)
    evidence = Evidence.of(candidates, draws or Draws.of(series, noise))
    _check_common(evidence, series)
    weights = _weights(evidence, candidates)
    risks, sds = estimated_risks(evidence.with_combination(weights.at(evidence.places)), candidates[0].estimate)
    shares = weights.shares(len(series))
    estimate = _combine(candidates, weights, mean_square=float(risks[-1]), evidence=evidence)
    combination = Candidate(
        method=BLEND,
        label=BLEND_LABEL,
        estimate=estimate,
        twins=np.empty((0, 0)),
        own=np.empty(0),
        seconds=sum(one.seconds for one in candidates),
    )
    every = zip([*candidates, combination], risks, sds, [*shares, 1.0], strict=True)
    *judged, combined = (_judged(*each, evidence.model) for each in every)
    gain_db = _training_gain_db(evidence, candidates, risks)
    return Blended(
        judged=tuple(judged),
        combined=combined,
        sentence=sentence_on(judged, combined, unit=series.unit, training_gain_db=gain_db),
        doubt=doubt_about(noise),
        training_gain_db=gain_db,
        estimate=estimate,
    )


def judge(candidates: Sequence[Candidate], draws: Draws) -> tuple[Judged, ...]:
    """The candidates' estimated errors alone, as `blend` has them; the first is the reference.

    Raises
    ------
    DataError
        If there is no sample at which all of them have a value.
    """
    evidence = Evidence.of(candidates, draws)
    _check_common(evidence, draws.series)
    risks, sds = estimated_risks(evidence, candidates[0].estimate)
    return tuple(_judged(one, risk, sd, 0.0, draws.model) for one, risk, sd in zip(candidates, risks, sds, strict=True))


def _check(series: Series, candidates: Sequence[Candidate]) -> None:
    if not candidates:
        raise DataError("There is no estimate to judge. Name at least one method.")
    for one in candidates:
        if len(one.estimate.values) != len(series):
            raise DataError(
                f"The estimate by {one.method} has {len(one.estimate.values)} samples and {series.name} {len(series)}: "
                "it belongs to another series."
            )


def _check_common(evidence: Evidence, series: Series) -> None:
    if not len(evidence):
        raise DataError(
            f"The methods have no sample of {series.name} in common, so they cannot be compared. Leave one of them out."
        )


def _weights(evidence: Evidence, candidates: Sequence[Candidate]) -> LocalWeights:
    prior = np.array([_PRIOR.get(one.method, _USUAL_PRIOR) for one in candidates])
    caution = np.array([_CAUTION.get(one.method, _USUAL_CAUTION) for one in candidates])
    return LocalWeights.of(evidence, prior / prior.sum(), caution)


def _judged(one: Candidate, risk: float, sd: float, weight: float, model: NoiseModel) -> Judged:
    return Judged(
        method=one.method,
        label=one.label or one.method,
        estimate=one.estimate,
        risk=float(risk),
        interval=interval(float(risk), float(sd), model),
        weight=float(weight),
        seconds=one.seconds,
    )


def _combine(candidates: Sequence[Candidate], weights: LocalWeights, *, mean_square: float, evidence: Evidence) -> Estimate:
    """The weighted mean at each sample over the candidates that have a value there.

    Its variance has the shape of the members' own, and the estimated mean square error as its mean.
    """
    n = len(candidates[0].estimate.values)
    values, total, variance, known = np.zeros((4, n))
    for one, row in zip(candidates, weights.along(n), strict=True):
        present = np.isfinite(one.estimate.values)
        values[present] += (row * one.estimate.values)[present]
        total += row * present
        if one.estimate.sd is not None:
            told = present & np.isfinite(one.estimate.sd)
            variance[told] += (row * one.estimate.sd**2)[told]
            known += row * told
    values[total == 0.0] = np.nan
    values /= np.where(total == 0.0, 1.0, total)
    sd = None
    if known.any():
        shape = np.where(known > 0.0, variance / np.where(known > 0.0, known, 1.0), np.nan)
        usual = float(np.nanmean(shape[evidence.places]))
        sd = np.sqrt(shape * (mean_square / usual if usual > 0.0 else 1.0))
    settings = {one.method: round(share, 3) for one, share in zip(candidates, weights.shares(n), strict=True)}
    notes = tuple(dict.fromkeys(note for one in candidates for note in one.estimate.notes))
    return replace(candidates[0].estimate, values=values, sd=sd, method=BLEND, settings={"weights": settings}, notes=notes)


def _training_gain_db(evidence: Evidence, candidates: Sequence[Candidate], risks: Float64Array) -> float | None:
    """By how much less the estimated error of the combination is with the trained networks than without."""
    trained = [i for i, one in enumerate(candidates) if one.trained]
    if not trained or trained[0] == 0:
        return None
    others, rest = evidence.without(trained), [one for one in candidates if not one.trained]
    weights = _weights(others, rest)
    without, _ = estimated_risks(others.with_combination(weights.at(others.places)), candidates[0].estimate)
    return float(10.0 * np.log10(without[-1] / risks[-1]))
