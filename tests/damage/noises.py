"""Noise of many kinds, of any size."""

from __future__ import annotations

import numpy as np
from scipy.ndimage import uniform_filter1d
from scipy.signal import butter, sosfilt

from denoise_core import signals
from denoise_core.series import Float64Array
from tests.damage.signals import Rng


def white(n: int, rng: Rng, clean: Float64Array) -> Float64Array:
    del clean
    return rng.standard_normal(n)


def autocorrelated(n: int, rng: Rng, clean: Float64Array) -> Float64Array:
    del clean
    return signals.ar1_noise(n, rng, rho=rng.uniform(0.4, 0.85))


def low_passed(n: int, rng: Rng, clean: Float64Array) -> Float64Array:
    del clean
    return np.asarray(sosfilt(butter(3, rng.uniform(0.3, 0.8), output="sos"), rng.standard_normal(n + 100)))[100:]


def growing(n: int, rng: Rng, clean: Float64Array) -> Float64Array:
    del clean
    return signals.rising(n, factor=rng.uniform(2, 6)) * rng.standard_normal(n)


def in_bursts(n: int, rng: Rng, clean: Float64Array) -> Float64Array:
    del clean
    slow = uniform_filter1d(rng.standard_normal(n), n // 10)
    return np.where(slow > np.quantile(slow, 0.7), rng.uniform(2, 4), 1.0) * rng.standard_normal(n)


def signal_dependent(n: int, rng: Rng, clean: Float64Array) -> Float64Array:
    place = (clean - clean.min()) / np.ptp(clean)
    return np.sqrt(0.3 + 2.0 * place) * rng.standard_normal(n)


NOISES = (white, white, autocorrelated, low_passed, growing, in_bursts, signal_dependent)
