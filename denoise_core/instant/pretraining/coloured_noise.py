"""Noise as instruments make it, of any spectrum, and what may be stated about it, correctly or wrongly."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from denoise_core.instant.conditioning import condition
from denoise_core.instant.pretraining.shapes import Rng, log_uniform
from denoise_core.noise.power_spectrum import LEAST_POWER, mean_power, relative_power
from denoise_core.noise.spectrum_estimator import TYPICAL_ERROR
from denoise_core.noise.time_frequency import BINS
from denoise_core.series import Float64Array

_WHITE = 0.45  # share of the rows
_LEVEL_ERRORS, _HOW_OFTEN = (0.05, 0.12, 0.3, 0.8), (0.58, 0.2, 0.14, 0.08)
_FAR_OFF, _FARTHEST_OFF = 0.06, 3.0  # share of the rows whose level is stated up to so many times too high or too low


@dataclass(frozen=True, kw_only=True)
class ColouredNoise:
    """Noise of variance 1, row by row, and what is stated about it.

    Parameters
    ----------
    noise : float64 array of shape (count, length)
    condition : float64 array of shape (count, CONDITIONS)
        As the network takes it.
    power : list of float64 arrays of shape (BINS,), or None where the noise is stated to be white
        Of mean power 1.
    unit : float64 array of shape (count, 1)
        The stated sd.
    """

    noise: Float64Array
    condition: Float64Array
    power: list[Float64Array | None]
    unit: Float64Array


class _Statement(NamedTuple):
    """Of one row: power spectrum, None for white; sd; sd of the error of its log."""

    power: Float64Array | None
    sd: float
    error: float


def draw_noise(rng: Rng, clean: Float64Array, snr: Float64Array) -> ColouredNoise:
    """Noise for rows of signal of sd 1 that are to be multiplied by `snr`, of shape (count, 1).

    What is stated errs as estimates do: by a factor, smoothly over frequency, and by signal that is taken for noise.
    """
    count, length = clean.shape
    power = draw_spectra(rng, count, length)
    white = np.ptp(power, axis=1) == 0.0
    noise = synthesise(rng, power)
    error = np.array(_LEVEL_ERRORS)[rng.choice(len(_LEVEL_ERRORS), (count, 1), p=_HOW_OFTEN)]
    leakage = _signal_power(clean) * snr**2
    stated = [_state(rng, *each) for each in zip(in_bins(power), leakage, error[:, 0], white, strict=True)]
    return ColouredNoise(
        noise=noise,
        condition=np.stack([condition(each.power, each.error) for each in stated]),
        power=[each.power for each in stated],
        unit=np.array([[each.sd] for each in stated]),
    )


def synthesise(rng: Rng, power: Float64Array) -> Float64Array:
    """Gaussian noise with these power spectra, of shape (count, length + 1); made twice as long and cut; (count, length)."""
    length = power.shape[1] - 1
    spectrum = rng.standard_normal(power.shape) + 1j * rng.standard_normal(power.shape)
    return np.asarray(np.fft.irfft(spectrum * np.sqrt(power), n=2 * length, axis=1)[:, :length] * np.sqrt(length))


def _state(rng: Rng, power: Float64Array, leakage: Float64Array, error: float, white: bool) -> _Statement:
    """What is stated of noise of this power, in which `leakage`, the signal's power, may be mixed."""
    stated = error * float(np.exp(0.2 * rng.standard_normal())) if rng.random() < 0.8 else TYPICAL_ERROR
    factor = float(np.exp(error * rng.standard_normal()))
    if rng.random() < _FAR_OFF:
        factor, stated = float(_FARTHEST_OFF ** rng.uniform(-1.0, 1.0)), float(rng.choice([0.2, 0.4, 0.7]))
    if white and rng.random() < 0.7:
        return _Statement(None, factor, stated)
    if not white and rng.random() < 0.04:
        return _Statement(None, factor, stated)
    ripple = _ripple(rng) * rng.choice([0.05, 0.15, 0.4]) * 2.0
    leaked = leakage * float(np.exp(rng.uniform(np.log(1e-4), np.log(0.1)))) * (rng.random() < 0.5)
    estimated = power * np.exp(ripple) + leaked
    return _Statement(relative_power(estimated), factor * float(np.sqrt(mean_power(estimated))), max(stated, 0.08))


def _ripple(rng: Rng) -> Float64Array:
    """A smooth random curve over the bins, of sd 1."""
    knots = np.linspace(0.0, BINS - 1.0, 9)
    return np.interp(np.arange(BINS), knots, rng.standard_normal(9)) * 1.2


def _signal_power(clean: Float64Array) -> Float64Array:
    """Power spectra of the signals, of mean 1; (count, BINS)."""
    power = in_bins(np.abs(np.fft.rfft(clean * np.hanning(clean.shape[1]), axis=1)) ** 2)
    return np.asarray(power / np.maximum(power.mean(axis=1, keepdims=True), 1e-12))


def in_bins(power: Float64Array) -> Float64Array:
    """Mean power about each of the BINS frequencies, of spectra at evenly spaced frequencies from 0 to 1 / 2."""
    places = np.linspace(0.0, BINS - 1.0, power.shape[1])
    edges = np.searchsorted(places, np.arange(BINS - 1) + 0.5)
    starts = np.append(0, edges)
    return np.asarray(
        np.add.reduceat(power, np.minimum(starts, power.shape[1] - 1), axis=1)
        / np.maximum(np.diff(np.append(starts, power.shape[1])), 1)
    )


def draw_spectra(rng: Rng, count: int, length: int) -> Float64Array:
    """Power spectra of mean 1 at ``length + 1`` frequencies; constant where the noise is white; (count, length + 1)."""
    frequency = np.linspace(0.0, 0.5, length + 1)
    kind, makers = rng.random((count, 1)), (_low_pass, _ar1, _ar2, _pink, _composite)
    shares = _WHITE + (1.0 - _WHITE) * np.cumsum([0.36, 0.22, 0.12, 0.17, 0.13])
    spectra = [make(rng, count, frequency) for make in makers]
    power = np.select([kind < _WHITE, *(kind < share for share in shares)], [np.ones((count, length + 1)), *spectra], spectra[0])
    power = power / np.trapezoid(power, axis=1)[:, None] * length
    power = np.maximum(power, 0.1 * LEAST_POWER)
    return np.asarray(power / np.trapezoid(power, axis=1)[:, None] * length)


def _low_pass(rng: Rng, count: int, frequency: Float64Array) -> Float64Array:
    """Butterworth's of orders 1 to 8, or as steep as a converter's decimation filter, over a floor; seldom the high-pass."""
    cut = np.where(rng.random((count, 1)) < 0.6, log_uniform(rng, 0.012, 0.45, count), rng.uniform(0.05, 0.49, (count, 1)))
    order = np.where(rng.random((count, 1)) < 0.75, rng.integers(1, 9, (count, 1)), log_uniform(rng, 8.0, 60.0, count))
    steepness = 2.0 * order * np.where(rng.random((count, 1)) < 0.06, -1.0, 1.0)
    logs = np.log(np.maximum(frequency, 1e-6) / cut)
    return np.asarray(1.0 / (1.0 + np.exp(np.minimum(steepness * logs, 100.0))) + _floor(rng, count))


def _floor(rng: Rng, count: int) -> Float64Array:
    return log_uniform(rng, 1e-6, 1e-1, count)


def _ar1(rng: Rng, count: int, frequency: Float64Array) -> Float64Array:
    rho = np.where(rng.random((count, 1)) < 0.5, rng.uniform(0.5, 0.95, (count, 1)), rng.uniform(-0.5, 0.95, (count, 1)))
    return np.asarray(1.0 / np.abs(1.0 - rho * np.exp(-2j * np.pi * frequency)) ** 2)


def _ar2(rng: Rng, count: int, frequency: Float64Array) -> Float64Array:
    """One broad resonance, over a floor."""
    pole = rng.uniform(0.5, 0.95, (count, 1)) * np.exp(2j * np.pi * rng.uniform(0.02, 0.45, (count, 1)))
    turn = np.exp(-2j * np.pi * frequency)
    power = 1.0 / np.abs((1.0 - pole * turn) * (1.0 - pole.conj() * turn)) ** 2
    return np.asarray(power / power.mean(axis=1, keepdims=True) + _floor(rng, count))


def _pink(rng: Rng, count: int, frequency: Float64Array) -> Float64Array:
    """1 / f to a power, flat below a lowest frequency."""
    lowest = log_uniform(rng, 1.0 / 4096, 0.02, count)
    return np.maximum(frequency, lowest) ** -rng.uniform(0.3, 1.5, (count, 1))


def _any_kind(rng: Rng, count: int, frequency: Float64Array) -> Float64Array:
    kind = rng.integers(0, 4, (count, 1))
    spectra = [make(rng, count, frequency) for make in (_low_pass, _ar1, _ar2, _pink)]
    power = np.select([kind == number for number in range(4)], spectra)
    return np.asarray(power / power.mean(axis=1, keepdims=True))


def _composite(rng: Rng, count: int, frequency: Float64Array) -> Float64Array:
    """The sum of two of the others, or one behind a low-pass, as where an instrument reads out coloured noise."""
    first, second = _any_kind(rng, count, frequency), _any_kind(rng, count, frequency)
    share = log_uniform(rng, 0.03, 3.0, count)
    return np.where(rng.random((count, 1)) < 0.6, first + share * second, first * _low_pass(rng, count, frequency) + 1e-5)
