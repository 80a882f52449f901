"""Evidence in sentences, and the places it rests on."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from denoise_core.assess.findings.calibration import LOCAL
from denoise_core.assess.findings.finding import Evidence, Finding, Kind
from denoise_core.assess.findings.normalised import Normalised
from denoise_core.assess.formatting import duration, format_frequency, format_percent, format_value, plural
from denoise_core.dsp.gaps import runs
from denoise_core.series import Series

_MOST_PLACES = 200
_MAINS_HZ, _HARMONICS, _TOLERANCE = (50.0, 60.0), 5, 0.01
"""An oscillation this near to a low harmonic of the mains is more likely hum than signal."""


def in_words(found: Evidence, given: Normalised, series: Series) -> str:
    """What was lost, in one or two sentences."""
    return _WORDS[found.kind](found, given, series)


def places(found: Evidence, given: Normalised, text: str) -> list[Finding]:
    """The stretches that the evidence rests on; all of the record where it is spread evenly."""
    n = len(given)
    spans = _about_events(found, n) if len(found.places) else _loud_stretches(found, n)
    size = found.share if np.isfinite(found.share) else found.amplitude * _typical_unit(given)
    return [Finding(start=a, stop=b, kind=found.kind, size=float(size), text=text) for a, b in spans[:_MOST_PLACES]]


def _about_events(found: Evidence, n: int) -> list[tuple[int, int]]:
    """A stretch about each event or edge, those that overlap joined."""
    reach = max(2, int(found.scale) // 2)
    spans: list[tuple[int, int]] = []
    for place in np.sort(found.places):
        start, stop = max(0, int(place) - reach), min(n, int(place) + reach + 1)
        if spans and start <= spans[-1][1]:
            spans[-1] = spans[-1][0], stop
        else:
            spans.append((start, stop))
    return spans


def _loud_stretches(found: Evidence, n: int) -> list[tuple[int, int]]:
    """Neighbouring stretches whose contribution is beyond chance, joined; the whole record where there is none."""
    count = len(found.contributions)
    loud = zip(*runs(found.contributions > LOCAL), strict=True)
    return [(int(start) * n // count, int(stop) * n // count) for start, stop in loud] or [(0, n)]


def _details(found: Evidence, given: Normalised, series: Series) -> str:
    del given
    about = duration(found.scale, series.time)
    return f"{format_percent(found.share)} of the details of about {about} are in the residual: they are smaller in the result."


def _edges(found: Evidence, given: Normalised, series: Series) -> str:
    del given
    about = duration(found.scale, series.time)
    return f"{plural(found.count, 'edge')} rounded: within {about} of them, the residual has {_share(found)} of their height."


def _repeats(found: Evidence, given: Normalised, series: Series) -> str:
    del given, series
    return f"{plural(found.count, 'similar event')}; {_share(found)} of their height is in the residual."


def _missed_events(found: Evidence, given: Normalised, series: Series) -> str:
    del given, series
    was = "was" if found.count == 1 else "were"
    return f"{plural(found.count, 'event')} like those in the result {was} removed altogether."


def _pulses(found: Evidence, given: Normalised, series: Series) -> str:
    size, about = format_value(found.amplitude * _typical_unit(given), series.unit), duration(found.scale, series.time)
    are = "A pulse is" if found.count == 1 else f"{found.count:,} pulses are"
    return f"{are} in the residual, {size} on average over {about}."


def _tone(found: Evidence, given: Normalised, series: Series) -> str:
    frequency = 1.0 / (found.scale * series.time.step)
    hum = series.time.unit == "s" and _is_mains(frequency)
    meaning = ". If that is mains hum, fine; if not, part of" if hum else ", so part of"
    size = format_value(found.amplitude * _typical_unit(given), series.unit)
    at = format_frequency(frequency, series.time)
    return f"The residual still oscillates {at} (amplitude {size}){meaning} your signal was probably removed."


def _slow(found: Evidence, given: Normalised, series: Series) -> str:
    size = format_value(found.amplitude * _typical_unit(given), series.unit)
    return f"The residual moves slowly, by {size} over the record: part of a slow movement was removed."


_WORDS: Mapping[Kind, Callable[[Evidence, Normalised, Series], str]] = {
    "details": _details,
    "edges": _edges,
    "repeats": _repeats,
    "missed": _missed_events,
    "pulses": _pulses,
    "tone": _tone,
    "slow": _slow,
}


def _share(found: Evidence) -> str:
    return format_percent(min(1.0, max(0.0, found.share)))


def _typical_unit(given: Normalised) -> float:
    return float(np.median(given.unit))


def _is_mains(frequency_hz: float) -> bool:
    harmonics = (k * base for base in _MAINS_HZ for k in range(1, _HARMONICS + 1))
    return any(abs(frequency_hz / harmonic - 1.0) <= _TOLERANCE for harmonic in harmonics)
