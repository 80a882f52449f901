"""Test-time augmentation: windows through the network several times, turned over or backwards, and their weighted mean.

``inputs`` are of shape (windows, INPUTS, length): value in units of the noise, mask, log of the noise's relative sd, and the
non-local features; ``conditions``, the conditioning vectors of the windows, of shape (windows, CONDITIONS).
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np

from denoise_core.instant.nonlocal_features import SIGNED
from denoise_core.instant.session import MULTIPLE, WEIGHTS, WHITE_WEIGHTS, run
from denoise_core.series import Float32Array, Float64Array

_MOST_NOISE = 6.0  # noise sd: no Gaussian noise lies further out, but the output for an unfamiliar input might
_ERROR_RANGE, _NOISE_RANGE = (-6.0, 3.0), (-4.0, 4.0)  # log of the error's sd, and of the noise's
_TRUSTED, _UNTRUSTED = 100.0, 1000.0  # sd of a window in units of its noise: trained to 20, of use to 100, harmful from 1,000
_SIGNED = [0, *(3 + row for row in SIGNED)]


# Backwards, with features, by which network.
_PASSES = ((False, True, WEIGHTS), (True, False, WEIGHTS))
_WHITE_PASSES = ((False, True, WHITE_WEIGHTS), (True, True, WEIGHTS))


class Pass(NamedTuple):
    """One run of a network: each window inverted or not, (windows, 1); all of them backwards or not, with features or without."""

    signs: Float64Array
    backwards: bool
    features: bool
    weights: Path = WEIGHTS


class Prediction(NamedTuple):
    """Noise, variance of the error that remains without it, and log of the noise's sd; (windows, length) each."""

    noise: Float64Array
    variance: Float64Array
    log_sd: Float64Array


def passes_for(inputs: Float64Array, *, white: bool, single_pass: bool) -> list[Pass]:
    """Both signs, so that the estimate of the negative is the negative; with non-local features, and backwards without.

    The features mislead where a signal is unlike all training signals: with them the benchmark gains 14.1 dB at SNR 3, without
    13.8, and half with and half without, weighted by the predicted variance, 14.2.
    `single_pass`: with the sign of the window's third moment, which keeps that law. Shifts against the network's grid of 32
    samples were tried: eight of them gain 0.01 dB.
    """
    if single_pass:
        return [Pass(np.where(np.sum(inputs[:, 0] ** 3, axis=1) < 0.0, -1.0, 1.0)[:, None], backwards=False, features=True)]
    same = np.ones((len(inputs), 1))
    passes = _WHITE_PASSES if white else _PASSES
    return [Pass(signs, backwards, features, weights) for backwards, features, weights in passes for signs in (same, -same)]


def predict(inputs: Float64Array, conditions: Float64Array, passes: list[Pass]) -> Prediction:
    """The mean over the passes, each weighted by the inverse of the variance it predicts for each sample."""
    noise, variance, log_sd, total = np.zeros((4, len(inputs), inputs.shape[2]))
    for one in passes:
        outputs = _run_pass(inputs, conditions, one)
        own_variance = np.exp(2.0 * np.clip(outputs[:, 1].astype(np.float64), *_ERROR_RANGE))
        weights = 1.0 / own_variance
        noise += weights * one.signs * outputs[:, 0]
        variance += weights * own_variance
        log_sd += weights * np.clip(outputs[:, 2], *_NOISE_RANGE)
        total += weights
    noise, variance, log_sd = noise / total, variance / total, log_sd / total
    stated, trust = np.exp(inputs[:, 2]), _trust(inputs[:, 0])
    clipped = np.clip(noise, -_MOST_NOISE * stated, _MOST_NOISE * stated)
    noise = trust * np.where(inputs[:, 1] > 0, clipped, noise)
    return Prediction(noise, trust * variance + (1.0 - trust) * stated**2, log_sd)


def _trust(values: Float64Array) -> Float64Array:
    """1 where the series is as those in training, 0 where its noise is too small for the network to see; (windows, 1)."""
    size = np.maximum(values.std(axis=1, keepdims=True), 1e-9)
    return np.asarray(np.clip(np.log(_UNTRUSTED / size) / np.log(_UNTRUSTED / _TRUSTED), 0.0, 1.0))


def _run_pass(inputs: Float64Array, conditions: Float64Array, one: Pass) -> Float32Array:
    """The network's output of one pass, (windows, 3, length), turned back in time but not in sign."""
    length = inputs.shape[2]
    after = -length % MULTIPLE
    padded = np.pad(inputs[:, :, ::-1] if one.backwards else inputs, ((0, 0), (0, 0), (0, after)), "edge")
    padded[:, _SIGNED] *= one.signs[:, :, None]
    padded[:, 3:] *= one.features
    padded[:, 1, length:] = 0.0
    outputs = run(padded.astype(np.float32), conditions.astype(np.float32), one.weights)[:, :, :length]
    return outputs[:, :, ::-1] if one.backwards else outputs
