"""Synthetic records as a training presents them to its network: scaled, with noise of known level, gaps and spikes."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from denoise_core.instant.pretraining.coloured_noise import draw_spectra, synthesise
from denoise_core.instant.pretraining.shapes import Rng, log_uniform
from denoise_core.instant.pretraining.synthetic import draw_mask, log_envelope
from denoise_core.networks.two_sided import unit_of_change
from denoise_core.series import Float32Array, Float64Array
from denoise_core.signals import spikes

WINDOW = 512  # samples; shorter ones are seen at their beginnings
SNR = (0.4, 30.0)
_VARYING, _COLOURED, _SPIKY, _ROBUST = 0.3, 0.2, 0.06, 0.15  # shares of the records in which each may occur
_SPIKES, _SIZE = (0.002, 0.03), (5.0, 20.0)  # share of the samples, noise sds
_LEVEL_ERROR = 0.08  # sd of the error of the log of the noise level, as it is estimated


@dataclass(frozen=True, kw_only=True)
class Examples:
    """Windows of records in scaled units.

    Parameters
    ----------
    inputs : (count, length, 2)
        Value, 0 where missing, and 1 where observed.
    clean : (count, length)
    noise_variance, log_relative_noise : (count, length)
        As `training.window_sampler.SampleTensors` has them.
    change_unit : (count, 1)
        What `TwoSided.prepare` would measure on the record.
    """

    inputs: Float32Array
    clean: Float32Array
    noise_variance: Float32Array
    log_relative_noise: Float32Array
    change_unit: Float32Array

    def mirrored(self) -> Examples:
        """The same rows turned over and backwards."""
        inputs = self.inputs[:, ::-1] * np.array([-1.0, 1.0], dtype=np.float32)
        backwards = {name: getattr(self, name)[:, ::-1].copy() for name in ("noise_variance", "log_relative_noise")}
        return replace(self, inputs=inputs, clean=-self.clean[:, ::-1], **backwards)


def draw_examples(rng: Rng, clean: Float64Array, *, snr: float | None = None) -> Examples:
    """Windows of `WINDOW` samples from records of clean signal of sd 1, (count, length); with `snr`, in plain white noise."""
    count, length = clean.shape
    plain = snr is not None
    level = np.zeros((count, length)) if plain else _levels(rng, clean)
    sd = 1.0 / (log_uniform(rng, *SNR, count) if snr is None else np.full((count, 1), snr))
    noise_sd = sd * np.exp(level)
    noisy = clean + noise_sd * rng.standard_normal((count, length)) if plain else clean + noise_sd * _noise(rng, count, length)
    observed = np.ones((count, length)) if plain else draw_mask(rng, count, length)
    offset, scale = _scales(noisy, robust=rng.random(count) < np.full(count, 0.0 if plain else _ROBUST))
    scaled = (noisy - offset) / scale * observed
    stated = (sd / scale) ** 2 * (1.0 if plain else np.exp(2.0 * _LEVEL_ERROR * rng.standard_normal((count, 1))))
    changes = np.diff(scaled, axis=1).std(axis=1, where=observed[:, 1:] * observed[:, :-1] > 0)
    units = [unit_of_change(*each) for each in zip(changes.tolist(), stated[:, 0].tolist(), strict=True)]
    fields = {
        "inputs": np.stack([scaled, observed], axis=-1),
        "clean": (clean - offset) / scale,
        "noise_variance": (noise_sd / scale) ** 2,
        "log_relative_noise": 2.0 * level,
    }
    cut = {name: _windows(values) for name, values in fields.items()}
    per_record = len(cut["clean"]) // count
    return Examples(**cut, change_unit=np.repeat(np.array(units, dtype=np.float32), per_record)[:, None])


def _windows(values: Float64Array) -> Float32Array:
    """(count, length, ...) -> (count * length / WINDOW, WINDOW, ...)."""
    length = min(WINDOW, values.shape[1])
    return np.ascontiguousarray(values, dtype=np.float32).reshape(-1, length, *values.shape[2:])


def _levels(rng: Rng, clean: Float64Array) -> Float64Array:
    """Log of the noise sd, of mean square 1: varying in a few of the records."""
    level, some = np.zeros(clean.shape), rng.random(len(clean)) < _VARYING
    if some.any():
        level[some] = log_envelope(rng, clean[some])
    return level


def _noise(rng: Rng, count: int, length: int) -> Float64Array:
    """White noise of sd 1; in some of the records coloured, or with spikes."""
    noise = rng.standard_normal((count, length))
    coloured = rng.random(count) < _COLOURED
    if coloured.any():
        noise[coloured] = synthesise(rng, draw_spectra(rng, int(coloured.sum()), length))
    for row in np.flatnonzero(rng.random(count) < _SPIKY):
        share, size = (float(log_uniform(rng, *of, 1)[0, 0]) for of in (_SPIKES, _SIZE))
        noise[row] += spikes(length, rng, share=share, size=size)
    return noise


def _scales(noisy: Float64Array, *, robust: NDArray[np.bool_]) -> tuple[Float64Array, Float64Array]:
    """Offset and scale of each record, (count, 1): mean and sd, or where `robust` is True median and interquartile range."""
    low, middle, high = np.percentile(noisy, [25, 50, 75], axis=1)
    mean, sd = noisy.mean(axis=1), noisy.std(axis=1)
    robust = robust & (high - low > 0.2 * sd)
    offset, scale = np.where(robust, middle, mean), np.where(robust, (high - low) / 1.349, sd)
    return offset[:, None], scale[:, None]
