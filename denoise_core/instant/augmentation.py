"""Windows of a series through the network, several times over. Knows no whole series, no unit.

All arrays are ``inputs`` of shape (windows, INPUTS, length): value in units of the noise, mask, log of the noise's relative sd,
hints; and ``told``, of shape (windows, TOLD), what is said of each window's noise.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np

from denoise_core.instant import nonlocal_features
from denoise_core.instant.session import MULTIPLE, WEIGHTS, WHITE_WEIGHTS, run
from denoise_core.series import Float32Array, Float64Array

_MOST_NOISE = 6.0  # noise sd: no Gaussian noise lies further out, but an untrained-for answer might
_SPREAD, _LEVELS = (-6.0, 3.0), (-4.0, 4.0)  # log of the error's sd, and of the noise's
_TRUSTED, _UNTRUSTED = 100.0, 1000.0  # sd of a window in units of its noise: trained to 20, of use to 100, harmful from 1,000
_SIGNED = [0, *(3 + row for row in nonlocal_features.SIGNED)]


Passes = tuple[tuple[bool, bool, Path], ...]
"""Each backwards or not, with hints or without, by which network."""
PASSES: Passes = ((False, True, WEIGHTS), (True, True, WEIGHTS))
USUAL_PASSES: Passes = ((False, True, WHITE_WEIGHTS), (True, True, WEIGHTS), (True, False, WHITE_WEIGHTS))
"""In white noise, with a signal that is quiet at the upper frequencies: one of the two networks knows nothing else. Together they
gain 0.1 dB more on repeating series than either alone; the third pass, without hints, keeps what these would cost elsewhere."""
MOVING_PASSES: Passes = ((False, True, WHITE_WEIGHTS), (True, False, WEIGHTS))
"""Where its level moves far besides: hints are computed as if it did not, and mislead."""


class Look(NamedTuple):
    """One pass by one network: each window turned over or not, (windows, 1); all of them backwards or not, with hints or not."""

    signs: Float64Array
    backwards: bool
    hints: bool
    weights: Path = WEIGHTS


class Answer(NamedTuple):
    """Noise, variance of the error that remains without it, and log of the noise's sd; (windows, length) each."""

    noises: Float64Array
    variances: Float64Array
    levels: Float64Array


def looks_at(inputs: Float64Array, passes: Passes, *, once: bool) -> list[Look]:
    """Both signs, as the estimate of the negative is to be the negative; forwards and backwards.

    `once`: from the side to which the window leans, which keeps that law. Shifts against the network's grid of 32
    samples were tried: eight of them gain 0.01 dB.
    """
    if once:
        return [Look(np.where(np.sum(inputs[:, 0] ** 3, axis=1) < 0.0, -1.0, 1.0)[:, None], False, True, passes[0][2])]
    same = np.ones((len(inputs), 1))
    return [Look(signs, backwards, hints, weights) for backwards, hints, weights in passes for signs in (same, -same)]


def predict(inputs: Float64Array, told: Float64Array, looks: list[Look]) -> Answer:
    """What the network says, by the mean of the looks, each weighted by how sure it is of each sample."""
    noises, variances, levels, total = np.zeros((4, len(inputs), inputs.shape[2]))
    for look in looks:
        outputs = _seen(inputs, told, look)
        variance = np.exp(2.0 * np.clip(outputs[:, 1].astype(np.float64), *_SPREAD))
        weights = 1.0 / variance
        noises += weights * look.signs * outputs[:, 0]
        variances += weights * variance
        levels += weights * np.clip(outputs[:, 2], *_LEVELS)
        total += weights
    noises, variances, levels = noises / total, variances / total, levels / total
    stated, trust = np.exp(inputs[:, 2]), _trust(inputs[:, 0])
    measured = np.clip(noises, -_MOST_NOISE * stated, _MOST_NOISE * stated)
    noises = trust * np.where(inputs[:, 1] > 0, measured, noises)
    return Answer(noises, trust * variances + (1.0 - trust) * stated**2, levels)


def _trust(values: Float64Array) -> Float64Array:
    """1 where the series is as those in training, 0 where its noise is too small for the network to see; (windows, 1)."""
    size = np.maximum(values.std(axis=1, keepdims=True), 1e-9)
    return np.asarray(np.clip(np.log(_UNTRUSTED / size) / np.log(_UNTRUSTED / _TRUSTED), 0.0, 1.0))


def _seen(inputs: Float64Array, told: Float64Array, look: Look) -> Float32Array:
    """What the network says in one look, (windows, 3, length), turned back in time but not in sign."""
    length = inputs.shape[2]
    after = -length % MULTIPLE
    asked = np.pad(inputs[:, :, ::-1] if look.backwards else inputs, ((0, 0), (0, 0), (0, after)), "edge")
    asked[:, _SIGNED] *= look.signs[:, :, None]
    asked[:, 3:] *= look.hints
    asked[:, 1, length:] = 0.0
    answer = run(asked.astype(np.float32), told.astype(np.float32), look.weights)[:, :, :length]
    return answer[:, :, ::-1] if look.backwards else answer
