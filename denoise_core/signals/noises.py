"""Noise to add to a clean series, from an explicit generator."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from denoise_core.series import Float64Array

_CORRELATION = 0.8  # of AR(1) noise at a lag of one sample
_BAND = (0.05, 0.15)  # of the sampling rate
_HARMONICS = (1.0, 0.4, 0.25)  # of hum: amplitudes of the first, second and third
_SPIKED, _HEAVIEST = 0.01, 3.0  # share of the samples, and size of the largest spike over that of the smallest


def add_noise(clean: Float64Array, *, snr: float, rng: np.random.Generator) -> Float64Array:
    """``clean + n`` with white Gaussian n of sd ``sd(clean) / snr``; snr is the amplitude ratio."""
    noise: Float64Array = rng.standard_normal(len(clean)) * (clean.std() / snr)
    return clean + noise


def ar1_noise(n: int, rng: np.random.Generator, *, rho: float) -> Float64Array:
    """Coloured noise of sd 1: ``v[t] = rho v[t-1] + sqrt(1 - rho**2) e[t]``, e white Gaussian, stationary from v[0]; shape (n,).

    Its autocorrelation at lag k is ``rho ** k``; rho = 0 is white noise.
    """
    from scipy.signal import lfilter

    fresh = rng.standard_normal(n)
    fresh[1:] *= np.sqrt(1.0 - rho**2)
    return np.asarray(lfilter([1.0], [1.0, -rho], fresh), dtype=np.float64)


def spikes(n: int, rng: np.random.Generator, *, share: float, size: float) -> Float64Array:
    """Zeros with ``round(share n)`` values of ``size`` with random sign at random places; shape (n,), to be added to a series."""
    values = np.zeros(n)
    at = rng.permutation(n)[: round(share * n)]
    values[at] = size * rng.choice((-1.0, 1.0), len(at))
    return values


def rising(n: int, *, factor: float) -> Float64Array:
    """Noise sds that grow exponentially from 1 to `factor`, over their root mean square: ``mean(rising**2) == 1``; shape (n,).

    ``rising(n, factor=5) * white`` is noise of sd 1 overall whose sd is five times as large at the end as at the start.
    """
    levels = factor ** np.linspace(0.0, 1.0, n)
    return np.asarray(levels / np.sqrt(np.mean(levels**2)), dtype=np.float64)


def white_noise(n: int, rng: np.random.Generator) -> Float64Array:
    """White Gaussian noise of sd 1; shape (n,)."""
    return rng.standard_normal(n)


def coloured_noise(n: int, rng: np.random.Generator) -> Float64Array:
    """AR(1) noise of sd 1 with a lag-1 autocorrelation of 0.8; shape (n,)."""
    return ar1_noise(n, rng, rho=_CORRELATION)


def pink_noise(n: int, rng: np.random.Generator) -> Float64Array:
    """Noise whose power falls as 1 / f, of sd about 1; shape (n,)."""
    return _filter_white(n, rng, lambda frequency: np.asarray(frequency**-0.5, dtype=np.float64))


def band_limited_noise(n: int, rng: np.random.Generator) -> Float64Array:
    """Noise from 0.05 to 0.15 of the sampling rate alone, of sd about 1; shape (n,)."""
    low, high = _BAND
    return _filter_white(n, rng, lambda frequency: ((frequency >= low) & (frequency <= high)).astype(np.float64))


def spiky_noise(n: int, rng: np.random.Generator) -> Float64Array:
    """Spikes of either sign in a hundredth of the samples, sizes within a factor of 3, root mean square 1; shape (n,)."""
    values = spikes(n, rng, share=max(_SPIKED, 1.0 / n), size=1.0) * _HEAVIEST ** rng.random(n)
    return _of_unit_power(values)


def hum_noise(n: int, rng: np.random.Generator, *, cycles_per_sample: float) -> Float64Array:
    """The mains and two of its harmonics, root mean square 1; those above half the sampling rate are left out; shape (n,)."""
    phase = 2.0 * np.pi * (cycles_per_sample * np.arange(n) + rng.random())
    audible = [(k + 1, size) for k, size in enumerate(_HARMONICS) if (k + 1) * cycles_per_sample < 0.5]
    waves = [size * np.sin(k * phase + 2.0 * np.pi * rng.random()) for k, size in audible]
    return _of_unit_power(np.sum(waves, axis=0))


def drift_noise(n: int, rng: np.random.Generator) -> Float64Array:
    """A baseline that wanders slowly, with four cosines at most over the record, of mean 0 and root mean square 1; shape (n,)."""
    place = np.pi * (np.arange(n) + 0.5) / n
    waves = [rng.standard_normal() / k * np.cos(k * place) for k in range(1, 5)]
    return _of_unit_power(np.sum(waves, axis=0))


def _filter_white(n: int, rng: np.random.Generator, gain: Callable[[Float64Array], Float64Array]) -> Float64Array:
    """White noise of twice the length filtered in the frequency domain, and cut: its end knows nothing of its start."""
    frequency = np.asarray(np.fft.rfftfreq(2 * n), dtype=np.float64)
    spectrum = np.fft.rfft(rng.standard_normal(2 * n))
    spectrum[1:] *= gain(frequency[1:])
    spectrum[0] = 0.0
    power = float(np.mean(gain(frequency[1:]) ** 2))
    return np.asarray(np.fft.irfft(spectrum, 2 * n)[:n] / np.sqrt(power or 1.0), dtype=np.float64)


def _of_unit_power(values: Float64Array) -> Float64Array:
    return np.asarray(values / np.sqrt(np.mean(values**2)), dtype=np.float64)


COLOURS: dict[str, Callable[[int, np.random.Generator], Float64Array]] = {"white": white_noise, "coloured": coloured_noise}
"""What a network can be trained to remove from a clean recording, by name."""
