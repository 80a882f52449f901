"""Mains hum: a steady tone near 50 or 60 Hz with its harmonics, whose amplitude and phase may wander slowly."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from denoise_core.dsp.gaps import interpolate_gaps
from denoise_core.dsp.scaling import GAUSSIAN_MEDIAN
from denoise_core.series import Float64Array

# A rectifier's ripple and the light of lamps have twice the frequency of the mains.
MAINS_HZ = (50.0, 60.0, 100.0, 120.0)
TOLERANCE = 0.01
"""Of the frequency: half a hertz at 50 Hz."""
MOST_HARMONICS = 10
_HIGHEST = 0.47  # cycles per sample
_FEWEST_PERIODS, _FEWEST_SAMPLES = 10, 64
_SEGMENT_S, _MOST_SEGMENTS = 16.0, 32  # a long record is searched in segments, over which the frequency is steady
_NEIGHBOURS = 6.0  # hertz on either side that a peak is to stand out of
# Power over the median of its neighbours: the largest of the handful of bins about each of twenty frequencies stays below 22 in
# 999 of 1,000 records of white noise when there is one segment.
_STANDS_OUT, _STANDS_OUT_HARMONIC = 40.0, 20.0
_OVER_OTHERS = 3.0  # power over the 95 % quantile of the neighbours, among which lines of a quick repetition are
_SMOOTHING_S = 1.0  # sd of the weights about each moment by which amplitude and phase are measured
_STEADY_BELOW_S = 8.0  # a shorter record is too short to see them wander
_CLIP = 3.5  # sd: what stands out further, a heartbeat or a knock, does not count as hum
_CERTAIN_PERIODS = 2.0  # of the difference between the highest and the lowest frequency searched
_MOST_OF_ALL = 0.5  # of the variance
_AS_STRONG = 0.5  # amplitude of an oscillation beside the hum, over that of the hum; one on either side is a family of lines


@dataclass(frozen=True, kw_only=True)
class Hum:
    """Hum found in a record of n samples.

    Parameters
    ----------
    values : float64 array of shape (n,)
        Fundamental and harmonics together, also where the record has gaps.
    frequency_hz : float
        Of the lowest harmonic found.
    mains_hz : float
        The one of `MAINS_HZ` that it belongs to.
    amplitude : float
        Of that harmonic, from its middle to its peak, in the unit of the record.
    harmonics : int
        How many multiples of it were found besides.
    doubt : str
        A whole sentence where it may be the signal, else "".
    """

    values: Float64Array
    frequency_hz: float
    mains_hz: float
    amplitude: float
    harmonics: int
    doubt: str

    def in_words(self, unit: str) -> str:
        """Such as "50 Hz hum of 0.02 V (and 2 harmonics)"."""
        harmonics = f" (and {self.harmonics} harmonic{'s' * (self.harmonics > 1)})" if self.harmonics else ""
        return f"{self.mains_hz:.0f} Hz hum of {f'{self.amplitude:.2g} {unit}'.rstrip()}{harmonics}"


@dataclass(frozen=True)
class _Spectrum:
    """Mean power over segments at `frequency`, and what all is measured by: seconds in a segment."""

    frequency: Float64Array
    power: Float64Array
    duration_s: float

    def between(self, low: float, high: float) -> Float64Array:
        return self.power[(self.frequency >= low) & (self.frequency <= high)]

    def peak(self, frequency: float, tolerance_hz: float) -> tuple[float, float]:
        """Where the highest power within the tolerance lies, and how high it is."""
        near = np.flatnonzero(np.abs(self.frequency - frequency) <= max(tolerance_hz, 1.0 / self.duration_s))
        at = int(near[np.argmax(self.power[near])])
        return float(self.frequency[at]), float(self.power[at])

    def is_slope(self, frequency: float) -> bool:
        """Whether the power there only belongs to a higher peak beside it."""
        at = int(np.argmin(np.abs(self.frequency - frequency)))
        return bool(self.power[at] < self.power[max(at - 1, 0) : at + 2].max())

    def neighbours(self, frequency: float) -> tuple[Float64Array, Float64Array]:
        """Power below and above, without the main lobe and its skirts."""
        apart = max(2.0 * TOLERANCE * frequency, 4.0 / self.duration_s)
        reach = max(_NEIGHBOURS, 24.0 / self.duration_s)
        return self.between(frequency - reach, frequency - apart), self.between(frequency + apart, frequency + reach)

    def stands_out(self, frequency: float, tolerance_hz: float, *, least: float) -> bool:
        """Whether a peak is there that chance does not make and that is no line among many."""
        place, height = self.peak(frequency, tolerance_hz)
        below, above = self.neighbours(frequency)
        if min(len(below), len(above)) < 4 or self.is_slope(place):
            return False
        if min(below.max(), above.max()) > _AS_STRONG**2 * height:
            return False
        beside = np.concatenate([below, above])
        return height > least * float(np.median(beside)) and height > _OVER_OTHERS * float(np.quantile(beside, 0.95))


def find_hum(values: Float64Array, *, rate_hz: float | None) -> Hum | None:
    """The hum in `values`, or None where there is none or the rate is unknown.

    Its frequency is that of the highest peak within 1 % of 50, 60, 100 or 120 Hz. Amplitude and phase of each harmonic
    are fitted by least squares about each second, so they may wander; a record of less than 8 s has one of each.

    Parameters
    ----------
    values : float64 array of shape (n,)
        NaN counts as missing.
    rate_hz : float or None
    """
    present = np.isfinite(values)
    count = int(np.count_nonzero(present))
    if (
        rate_hz is None
        or rate_hz * _HIGHEST <= min(MAINS_HZ)
        or count < max(_FEWEST_SAMPLES, _FEWEST_PERIODS * rate_hz / MAINS_HZ[0], len(values) // 4)
    ):
        return None
    size = float(np.max(np.abs(values[present] - np.median(values[present]))))
    if not 0.0 < size < np.inf:
        return None
    scaled = interpolate_gaps((np.where(present, values, np.nan) - np.median(values[present])) / size)
    found = _search(scaled, rate_hz)
    if found is None:
        return None
    spectrum, mains = found
    frequency = _refine(scaled, rate_hz, spectrum.peak(mains, TOLERANCE * mains)[0], spectrum.duration_s)
    if abs(frequency - mains) > TOLERANCE * mains:
        return None
    multiples = [1, *_harmonics(spectrum, frequency, rate_hz)]
    fitted = _fit(scaled, present, [k * frequency / rate_hz for k in multiples], rate_hz)
    amplitude = float(np.sqrt(2.0 * np.mean(fitted[0] ** 2)))
    total = np.sum(fitted, axis=0)
    doubt = _doubt(spectrum, frequency, amplitude, float(np.var(total) / np.var(scaled[present])), len(values) / rate_hz)
    return Hum(
        values=total * size,
        frequency_hz=frequency,
        mains_hz=mains,
        amplitude=amplitude * size,
        harmonics=len(multiples) - 1,
        doubt=doubt,
    )


def _search(values: Float64Array, rate_hz: float) -> tuple[_Spectrum, float] | None:
    """The spectrum and the lowest of `MAINS_HZ` at which it has a peak that stands out, the stronger of the two mains first."""
    spectrum = _spectrum(values, rate_hz)
    clear = [f for f in MAINS_HZ if f < _HIGHEST * rate_hz and spectrum.stands_out(f, TOLERANCE * f, least=_STANDS_OUT)]
    if not clear:
        return None
    lowest = [f for f in clear if f < 2.0 * MAINS_HZ[0]] or clear
    return spectrum, max(lowest, key=lambda f: spectrum.peak(f, TOLERANCE * f)[1])


def _spectrum(values: Float64Array, rate_hz: float) -> _Spectrum:
    """Mean of Hann periodograms, so scaled that a tone of amplitude a has a peak of ``a ** 2``."""
    length = min(len(values), round(_SEGMENT_S * rate_hz))
    count = min(max(1, 2 * len(values) // length - 1), _MOST_SEGMENTS)
    starts = np.linspace(0, len(values) - length, count).astype(np.int64)
    taper = np.hanning(length + 1)[:-1]
    size = 1 << (2 * length - 1).bit_length()
    power = np.zeros(size // 2 + 1)
    for start in starts:
        part = values[start : start + length]
        power += np.abs(np.fft.rfft(taper * (part - part.mean()), size)) ** 2
    frequency = np.asarray(np.fft.rfftfreq(size, 1.0 / rate_hz), dtype=np.float64)
    return _Spectrum(frequency, power * (2.0 / taper.sum()) ** 2 / count, length / rate_hz)


def _harmonics(spectrum: _Spectrum, frequency: float, rate_hz: float) -> list[int]:
    multiples = range(2, MOST_HARMONICS + 1)
    tolerance = 1.0 / spectrum.duration_s
    return [
        k
        for k in multiples
        if k * frequency < _HIGHEST * rate_hz and spectrum.stands_out(k * frequency, tolerance, least=_STANDS_OUT_HARMONIC)
    ]


def _refine(values: Float64Array, rate_hz: float, frequency: float, duration_s: float) -> float:
    """The frequency by the mean advance of the phase from one part of the record to the next, within 1 / duration."""
    count = min(max(4, round(len(values) / rate_hz / duration_s * 4)), 256)
    length = len(values) // count
    turned = values[: count * length] * np.exp(-2j * np.pi * frequency / rate_hz * np.arange(count * length))
    phasors = np.sum(turned.reshape(count, length) * np.hanning(length + 2)[1:-1], axis=1)
    advance = float(np.angle(np.sum(phasors[1:] * np.conj(phasors[:-1]))))
    shift = advance / (2.0 * np.pi) * rate_hz / length
    return frequency + float(np.clip(shift, -0.5 / duration_s, 0.5 / duration_s))


def _fit(values: Float64Array, present: NDArray[np.bool_], frequencies: list[float], rate_hz: float) -> Float64Array:
    """Each tone at each sample, (tones, n); `frequencies` in cycles per sample."""
    rest = np.where(present, values - _smooth(values, 0.75 / frequencies[0]), np.nan)
    fitted = np.zeros((len(frequencies), len(values)))
    for _ in range(2):
        left = rest - fitted.sum(axis=0)
        spread = float(np.nanmedian(np.abs(left))) / GAUSSIAN_MEDIAN
        target = np.nan_to_num(np.clip(left, -_CLIP * spread, _CLIP * spread)) if spread > 0.0 else np.nan_to_num(left)
        for i, frequency in enumerate(frequencies):
            fitted[i] += _local_tone(target, present, frequency, rate_hz)
    return fitted


def _smooth(values: Float64Array, sd: float) -> Float64Array:
    """Local mean with Gaussian weights: at a period of ``sd / 0.75`` samples nothing of a tone is left in it."""
    reach = int(np.ceil(4.0 * sd))
    weights = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sd) ** 2)
    padded = np.pad(values, reach, "reflect" if reach < len(values) else "edge")
    return np.convolve(padded, weights / weights.sum(), mode="valid")


def _local_tone(values: Float64Array, present: NDArray[np.bool_], frequency: float, rate_hz: float) -> Float64Array:
    """``a cos + b sin`` with a and b by least squares in a neighbourhood of each sample; shape (n,)."""
    n = len(values)
    steady = n < _STEADY_BELOW_S * rate_hz
    block = n if steady else max(1, round(_SMOOTHING_S * rate_hz / 4))
    starts = np.arange(0, n, block)
    angle = 2.0 * np.pi * frequency * np.arange(n)
    cosine, sine = np.cos(angle), np.sin(angle)
    sums = np.stack(
        [
            np.add.reduceat(product, starts)
            for product in (present * cosine**2, present * cosine * sine, present * sine**2, values * cosine, values * sine)
        ]
    )
    if not steady:
        sums = np.stack([_smooth(row, _SMOOTHING_S * rate_hz / block) for row in sums])
    cc, cs, ss, yc, ys = sums
    det = cc * ss - cs**2
    known = det > 1e-9 * max(float(np.max(det)), 1e-300)
    a, b = (np.divide(top, det, out=np.zeros_like(det), where=known) for top in (yc * ss - ys * cs, ys * cc - yc * cs))
    middles = starts + 0.5 * (np.append(starts[1:], n) - starts) - 0.5
    index = np.arange(n)
    return np.asarray(np.interp(index, middles, a) * cosine + np.interp(index, middles, b) * sine, dtype=np.float64)


def _doubt(spectrum: _Spectrum, frequency: float, amplitude: float, share: float, duration_s: float) -> str:
    """Why it may be the signal, in a whole sentence; "" where nothing speaks for that."""
    if share > _MOST_OF_ALL:
        return "It is most of what moves in this recording: if it is what you measured, keep it."
    if duration_s < _CERTAIN_PERIODS / (2.0 * TOLERANCE * frequency):
        return f"In {duration_s:.2g} s, hum cannot be told from a signal that oscillates nearly as fast."
    lower = [spectrum.peak(frequency / k, 2.0 / spectrum.duration_s) for k in (2, 3, 4, 5)]
    strong = [f for f, height in lower if height > amplitude**2 and _is_line(spectrum, f)]
    if strong:
        return f"The recording also oscillates at {strong[0]:.3g} Hz, of which this may be an overtone."
    if float(np.concatenate(spectrum.neighbours(frequency)).max(initial=0.0)) > (_AS_STRONG * amplitude) ** 2:
        return "The recording oscillates nearly as fast by itself: look at what would be removed."
    return ""


def _is_line(spectrum: _Spectrum, frequency: float) -> bool:
    return spectrum.stands_out(frequency, 2.0 / spectrum.duration_s, least=_STANDS_OUT)
