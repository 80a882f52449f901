"""Test-time augmentation: windows through the network several times, turned over or backwards, and their weighted mean.

``inputs`` are of shape (windows, INPUTS, length): value in units of the noise, mask, log of the noise's relative sd, the
non-local features, and the guess; ``conditions``, the conditioning vectors of the windows, of shape (windows, CONDITIONS).
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np

from denoise_core.instant.nonlocal_features import FEATURES, SIGNED
from denoise_core.instant.session import GUESS_WEIGHTS, MULTIPLE, WEIGHTS, WHITE_WEIGHTS, run
from denoise_core.series import Float32Array, Float64Array

_MOST_NOISE = 6.0  # noise sd: no Gaussian noise lies further out, but the output for an unfamiliar input might
_ERROR_RANGE, _NOISE_RANGE = (-6.0, 3.0), (-4.0, 4.0)  # log of the error's sd, and of the noise's
_TRUSTED, _UNTRUSTED = 100.0, 1000.0  # sd of a window in units of its noise: trained to 20, of use to 100, harmful from 1,000
_LOCAL = 3  # rows before the features
SIGNED_ROWS = [0, *(_LOCAL + row for row in SIGNED), _LOCAL + FEATURES]
"""Rows of the inputs that change their sign with the series."""


PassKinds = tuple[tuple[bool, bool, Path], ...]
"""Each backwards or not, with features or without, by which network."""
GENERAL: PassKinds = ((False, True, WEIGHTS), (True, True, WEIGHTS))
WITH_GUESS: PassKinds = ((False, True, GUESS_WEIGHTS), (True, True, GUESS_WEIGHTS))
SMOOTH_IN_WHITE: PassKinds = ((False, True, WHITE_WEIGHTS), (True, True, WEIGHTS), (True, False, WHITE_WEIGHTS))
"""In white noise, with a signal that is weak at the upper frequencies: one of the two networks was trained on white noise alone.
Together they gain 0.1 dB more on repeating series than either alone; the third pass, without features, keeps what they would
cost elsewhere."""
SMOOTH_IN_VARYING: PassKinds = ((False, True, WHITE_WEIGHTS), (True, False, WEIGHTS))
"""Where the noise level varies widely besides: the features are computed as if it did not, and mislead."""


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


def passes_for(inputs: Float64Array, kinds: PassKinds) -> list[Pass]:
    """Both signs of each kind, so that the estimate of the negative is the negative.

    Shifts against the network's grid of 32 samples were tried: eight of them gain 0.01 dB.
    """
    same = np.ones((len(inputs), 1))
    return [Pass(signs, backwards, features, weights) for backwards, features, weights in kinds for signs in (same, -same)]


def single_pass(inputs: Float64Array, kinds: PassKinds) -> list[Pass]:
    """Forwards with features, by the first network, with the sign of the window's third moment: the law of `passes_for` holds."""
    signs = np.where(np.sum(inputs[:, 0] ** 3, axis=1) < 0.0, -1.0, 1.0)[:, None]
    return [Pass(signs, backwards=False, features=True, weights=kinds[0][2])]


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
    padded[:, SIGNED_ROWS] *= one.signs[:, :, None]
    padded[:, _LOCAL : _LOCAL + FEATURES] *= one.features
    padded[:, 1, length:] = 0.0
    outputs = run(padded.astype(np.float32), conditions.astype(np.float32), one.weights)[:, :, :length]
    return outputs[:, :, ::-1] if one.backwards else outputs
