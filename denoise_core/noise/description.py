"""Everything known about the noise of a series in one record, from the estimators of this room."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from denoise_core.dsp.gaps import interpolate_gaps
from denoise_core.noise.ar_model import MOST_GAP, ar1_of, gap_for
from denoise_core.noise.envelope import find_envelope
from denoise_core.noise.excerpt import excerpt
from denoise_core.noise.fusion import FusedEstimate, correlation_length, fuse
from denoise_core.noise.minimum_statistics import BLOCK, expected_minimum_variance, minimum_variance
from denoise_core.noise.power_spectrum import autocovariance, relative_power
from denoise_core.noise.spectrum import noise_floor, spectrum_level
from denoise_core.noise.spectrum_estimator import TYPICAL_ERROR, estimate_spectrum
from denoise_core.noise.spikes import find_spikes, share_of
from denoise_core.noise.white_level import count_differences, first_difference_level, is_mostly_constant, level, wavelet_level
from denoise_core.series import Float64Array

# Estimates of white noise on the test signals (SNR 1 to 10) differ by less than this: a share, and a multiple of 1 / sqrt(n).
_DIFFER, _DIFFER_BY_CHANCE = 0.1, 4.0
_CONTRADICTION = 1.25  # AR(1) sd over the one that minimum statistics allow, above which the noise is taken as white


@dataclass(frozen=True, kw_only=True)
class Noise:
    """What is known about the noise of a series from the series alone.

    Parameters
    ----------
    sd : float
        Marginal standard deviation, in the unit of the series; its root mean square where the level varies. 0 if none is visible.
    estimates : mapping of str to float
        The sd by "differences" and by "wavelet", which use high frequencies and assume white noise, and by "spectrum", which
        allows for autocorrelation and uses the signal's pauses.
    agree : bool
        Whether these differ by no more than chance, or than on the test signals.
    correlation : float
        Lag-1 autocorrelation of the noise, taken as AR(1); 0 where it may be white.
    gap : int
        Suggested blind gap in samples, 1 .. 64 and at most n / 8: the lag from which the noise's autocorrelation stays small.
    spikes : float
        Share of samples, 0 .. 1, that stand out of their neighbours by more than noise and signal do.
    levels : float64 array of shape (n,) or None
        Noise envelope: the local sd, where it varies along the record beyond chance, else None.
    power : float64 array of shape (BINS,) or None
        Shape of the power spectrum of the noise where it is not white, of mean 1.
    level_error : float
        Sd of the error of the log of the level.
    lowered : float
        Log of the factor by which `sd` was lowered since it is hardly known: the true one is as likely above as below
        ``sd * exp(lowered)``.
    source : str
        Where this is from: "record" (estimated from all of it), "stretch" (measured where there is only noise) or "stated".
    doubt : str
        A whole sentence where a stretch that was marked as noise does not look like it, else "".
    """

    sd: float
    estimates: Mapping[str, float]
    agree: bool
    correlation: float
    gap: int
    spikes: float
    levels: Float64Array | None = None
    power: Float64Array | None = None
    level_error: float = TYPICAL_ERROR
    lowered: float = 0.0
    source: str = "record"
    doubt: str = ""

    @property
    def lag1(self) -> float:
        """Autocorrelation of the noise at a lag of one sample; 0 where it is white."""
        if self.power is None:
            return self.correlation
        covariance = autocovariance(self.power)
        return float(covariance[1] / covariance[0])

    def scaled(self, exponent: int) -> Noise:
        """The noise of the series times ``2 ** exponent``."""
        return replace(
            self,
            sd=float(np.ldexp(self.sd, exponent)),
            estimates={name: float(np.ldexp(sd, exponent)) for name, sd in self.estimates.items()},
            levels=None if self.levels is None else np.ldexp(self.levels, exponent),
        )

    def along(self, n: int) -> Float64Array:
        """The noise sd at each of n samples: ``levels``, or ``sd`` repeated; shape (n,)."""
        return np.full(n, self.sd) if self.levels is None else self.levels


def describe(values: Float64Array) -> Noise:
    """Level, autocorrelation, envelope and spikes of the noise in `values`, in their unit; never fails on a series of numbers.

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
    whole = _has_enough(part)
    if not whole:
        part, places = part[present], places[present]
    if size == 0.0 or count_differences(part) == 0:
        return _plain_noise(min(first_difference_level(part), 1.0) * size)
    if is_mostly_constant(part):
        return _plain_noise(min(level(part), 1.0) * size, spikes=share_of(find_spikes(part)))
    return _describe_scaled(part, places, n=len(values), size=size, whole=whole)


def _has_enough(values: Float64Array) -> bool:
    """Whether the missing values leave enough stretches of seven neighbours to measure noise by."""
    return count_differences(values) >= max(8, int(np.count_nonzero(~np.isnan(values))) // 16)


def _plain_noise(sd: float, spikes: float = 0.0) -> Noise:
    estimates = dict.fromkeys(("differences", "wavelet", "spectrum"), sd)
    return Noise(sd=sd, estimates=estimates, agree=True, correlation=0.0, gap=1, spikes=spikes)


def _describe_scaled(part: Float64Array, places: NDArray[np.int64], *, n: int, size: float, whole: bool) -> Noise:
    spiky = find_spikes(part)
    calm = np.where(spiky, np.nan, part)
    calm = calm if _has_enough(calm) else part
    envelope = find_envelope(calm)
    local = np.ones(len(part)) if envelope is None else np.interp(np.arange(len(part)), *envelope)
    correlation, spectral, contradicted = _ar1(calm / local, whole=whole)
    fused = _fuse(calm / local, correlation, spectral) if whole else None
    if fused is not None and contradicted:
        fused = FusedEstimate(min(fused.sd, spectral), fused.error, None)
    spectral = spectral if fused is None else fused.sd
    power = None if fused is None else fused.power
    # Values within -1 .. 1 have no larger sd than 1.
    scale = float(np.sqrt(np.mean(local**2)))
    white = {"differences": level(calm / local), "wavelet": wavelet_level(calm / local), "spectrum": spectral}
    estimates = {name: min(value * scale, 1.0) for name, value in white.items()}
    sd = estimates["spectrum"] if correlation or fused is not None else float(np.median(list(estimates.values())))
    apart = max(estimates.values()) - min(estimates.values()) * np.exp(_DIFFER + _DIFFER_BY_CHANCE / np.sqrt(len(part)))
    return Noise(
        sd=sd * size,
        estimates={name: value * size for name, value in estimates.items()},
        agree=bool(apart <= 0.0) if fused is None or power is None else fused.certain,
        correlation=correlation if fused is None or power is not None else 0.0,
        gap=gap_for(correlation, n) if fused is None else _gap(power, n),
        spikes=share_of(spiky),
        power=None if power is None else relative_power(power),
        level_error=TYPICAL_ERROR if fused is None else fused.error,
        lowered=0.0 if fused is None else fused.lowered,
        levels=None if envelope is None else _interpolate(n, places[envelope[0].astype(int)], envelope[1] / scale * sd) * size,
    )


def _fuse(values: Float64Array, correlation: float, ar1_sd: float) -> FusedEstimate | None:
    """The spectrum as estimated by the network, fused with the AR(1) fit; None for a record that is too short."""
    missing = np.isnan(values)
    filled = interpolate_gaps(values)
    spectrum = estimate_spectrum(filled, missing)
    if spectrum is None:
        return None
    least = minimum_variance(filled, missing=missing)
    return fuse(spectrum, correlation, ar1_sd, differences=level(values), samples=len(values), least=least)


def _gap(power: Float64Array | None, n: int) -> int:
    return 1 if power is None else max(1, min(correlation_length(power), MOST_GAP, n // 8))


def _interpolate(n: int, places: NDArray[np.int64], levels: Float64Array) -> Float64Array:
    return np.interp(np.arange(n), places, np.minimum(levels, 1.0))


def _ar1(values: Float64Array, *, whole: bool) -> tuple[float, float, bool]:
    """Lag-1 autocorrelation and sd by the spectrum; white where minimum statistics contradict AR(1), and whether they do."""
    missing = np.isnan(values)
    filled = interpolate_gaps(values)
    floor = noise_floor(filled, missing=missing) if whole else None
    if floor is None:
        return 0.0, spectrum_level(filled), False
    correlation, sd = ar1_of(floor)
    least = minimum_variance(filled, missing=missing)
    if correlation and least is not None:
        possible = np.sqrt(least / expected_minimum_variance(np.float64(correlation) ** np.arange(BLOCK)))
        if sd > _CONTRADICTION * possible:
            return 0.0, floor.white_sd, True
    return correlation, sd, False
