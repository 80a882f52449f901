"""What the noise of a series is, said in one record. Knows how to join the measures of this room, and none of them itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from denoise_core.noise.ar_model import MOST_GAP, ar1_of, gap_for
from denoise_core.noise.belief import Belief, believe, memory
from denoise_core.noise.describer import USUAL_ERROR, describe_spectrum
from denoise_core.noise.envelope import moving_levels
from denoise_core.noise.excerpt import excerpt
from denoise_core.noise.minimum_statistics import BLOCK, expected_quiet_variance, quiet_variance
from denoise_core.noise.power_spectrum import relative_power
from denoise_core.noise.spectrum import noise_floor, spectrum_level
from denoise_core.noise.spikes import find_spikes, share_of
from denoise_core.noise.white_level import differences_seen, least_level, level, mostly_still, wavelet_level
from denoise_core.series import Float64Array

# Estimates of white noise on the test signals (SNR 1 to 10) differ by less than this: a share, and a multiple of 1 / sqrt(n).
_DIFFER, _DIFFER_BY_CHANCE = 0.1, 4.0
_QUIETER = 1.25  # times the noise said to be there: quiet stretches that lie this far below contradict it


@dataclass(frozen=True, kw_only=True)
class Noise:
    """What the noise of a series is, as far as the series alone can tell.

    Parameters
    ----------
    sd : float
        Marginal standard deviation, in the unit of the series; its root mean square where the level moves. 0 if none can be seen.
    estimates : mapping of str to float
        The sd by "differences" and by "wavelet", which listen to high frequencies and take the noise to be white, and by
        "spectrum", which minds its colour and the signal's pauses.
    agree : bool
        Whether these differ by no more than chance and the test signals make them.
    correlation : float
        Of neighbouring noise samples, as in AR(1) noise; 0 where the noise may be white.
    gap : int
        Suggested blind gap in samples, 1 .. 64 and at most n / 8: the lag from which the noise's autocorrelation stays small.
    spikes : float
        Share of samples, 0 .. 1, that stand out of their neighbours by more than noise and signal do.
    levels : float64 array of shape (n,) or None
        Local noise sd where it moves along the record beyond chance, else None.
    power : float64 array of shape (BINS,) or None
        Shape of the power spectrum of the noise where it is not white, of mean 1.
    level_error : float
        Sd of the error of the log of `sd`.
    """

    sd: float
    estimates: Mapping[str, float]
    agree: bool
    correlation: float
    gap: int
    spikes: float
    levels: Float64Array | None = None
    power: Float64Array | None = None
    level_error: float = USUAL_ERROR

    def along(self, n: int) -> Float64Array:
        """The noise sd at each of n samples: ``levels``, or ``sd`` repeated; shape (n,)."""
        return np.full(n, self.sd) if self.levels is None else self.levels


def describe(values: Float64Array) -> Noise:
    """Level, colour, spikes and movement of the noise in `values`, in their unit; never fails on a series of numbers.

    A record of more than 262,144 samples is judged by 64 stretches spread evenly over it.

    Parameters
    ----------
    values : float64 array of shape (n,)
        What is not finite counts as missing.
    """
    part, places = excerpt(np.asarray(values, dtype=np.float64))
    part = np.where(np.isfinite(part), part, np.nan)
    size = float(np.nanmax(np.abs(part), initial=0.0))
    part = part / (size or 1.0)
    present = ~np.isnan(part)
    whole = _enough(part)
    if not whole:
        part, places = part[present], places[present]
    if size == 0.0 or differences_seen(part) == 0:
        return _plain(min(least_level(part), 1.0) * size)
    if mostly_still(part):
        return _plain(min(level(part), 1.0) * size, spikes=share_of(find_spikes(part)))
    return _described(part, places, n=len(values), size=size, whole=whole)


def _enough(values: Float64Array) -> bool:
    """Whether the missing values leave enough stretches of seven neighbours to measure noise by."""
    return differences_seen(values) >= max(8, int(np.count_nonzero(~np.isnan(values))) // 16)


def _plain(sd: float, spikes: float = 0.0) -> Noise:
    estimates = dict.fromkeys(("differences", "wavelet", "spectrum"), sd)
    return Noise(sd=sd, estimates=estimates, agree=True, correlation=0.0, gap=1, spikes=spikes)


def _described(part: Float64Array, places: NDArray[np.int64], *, n: int, size: float, whole: bool) -> Noise:
    spiky = find_spikes(part)
    calm = np.where(spiky, np.nan, part)
    calm = calm if _enough(calm) else part
    moving = moving_levels(calm)
    local = np.ones(len(part)) if moving is None else np.interp(np.arange(len(part)), *moving)
    correlation, coloured, contradicted = _colour(calm / local, whole=whole)
    belief = _belief(calm / local, correlation, coloured) if whole else None
    if belief is not None and contradicted:
        belief = Belief(min(belief.sd, coloured), belief.error, None)
    coloured = coloured if belief is None else belief.sd
    power = None if belief is None else belief.power
    # Values within -1 .. 1 have no larger sd than 1.
    scale = float(np.sqrt(np.mean(local**2)))
    white = {"differences": level(calm / local), "wavelet": wavelet_level(calm / local), "spectrum": coloured}
    estimates = {name: min(value * scale, 1.0) for name, value in white.items()}
    told = correlation or belief is not None
    sd = estimates["spectrum"] if told else float(np.median(list(estimates.values())))
    apart = max(estimates.values()) - min(estimates.values()) * np.exp(_DIFFER + _DIFFER_BY_CHANCE / np.sqrt(len(part)))
    return Noise(
        sd=sd * size,
        estimates={name: value * size for name, value in estimates.items()},
        agree=bool(apart <= 0.0) if belief is None or power is None else belief.sure,
        correlation=correlation if belief is None or power is not None else 0.0,
        gap=gap_for(correlation, n) if belief is None else _gap(power, n),
        spikes=share_of(spiky),
        power=None if power is None else relative_power(power),
        level_error=USUAL_ERROR if belief is None else belief.error,
        levels=None if moving is None else _along(n, places[moving[0].astype(int)], moving[1] / scale * sd) * size,
    )


def _belief(values: Float64Array, correlation: float, ar1_sd: float) -> Belief | None:
    """What the spectrum says, None for a record that is too short."""
    missing = np.isnan(values)
    index = np.arange(len(values))
    filled = np.interp(index, index[~missing], values[~missing])
    spectrum = describe_spectrum(filled, missing)
    if spectrum is None:
        return None
    quiet = quiet_variance(filled, missing=missing)
    return believe(spectrum, correlation, ar1_sd, differences=level(values), quiet=quiet)


def _gap(power: Float64Array | None, n: int) -> int:
    return 1 if power is None else max(1, min(memory(power), MOST_GAP, n // 8))


def _along(n: int, places: NDArray[np.int64], levels: Float64Array) -> Float64Array:
    return np.interp(np.arange(n), places, np.minimum(levels, 1.0))


def _colour(values: Float64Array, *, whole: bool) -> tuple[float, float, bool]:
    """Correlation of neighbours, and sd by the spectrum; white where quiet stretches contradict it, and whether they do."""
    missing = np.isnan(values)
    index = np.arange(len(values))
    filled = np.interp(index, index[~missing], values[~missing])
    floor = noise_floor(filled, missing=missing) if whole else None
    if floor is None:
        return 0.0, spectrum_level(filled), False
    correlation, sd = ar1_of(floor)
    quiet = quiet_variance(filled, missing=missing)
    if correlation and quiet is not None:
        possible = np.sqrt(quiet / expected_quiet_variance(np.float64(correlation) ** np.arange(BLOCK)))
        if sd > _QUIETER * possible:
            return 0.0, floor.white_sd, True
    return correlation, sd, False
