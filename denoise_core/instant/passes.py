"""Windows of a series through the network, several times over. Knows no whole series, no unit.

All arrays are ``inputs`` of shape (windows, 3, length): value in units of the noise, mask, log of the noise's relative sd.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from denoise_core.instant.session import MULTIPLE, Singles, run
from denoise_core.series import Floats

_FULL_WORK = 1_000_000  # samples; longer series are passed twice, not four times
_MOST_NOISE = 6.0  # noise sd: no Gaussian noise lies further out, but an untrained-for answer might
_SPREAD = (-6.0, 3.0)  # log of the error's sd
_TRUSTED, _UNTRUSTED = 100.0, 1000.0  # sd of a window in units of its noise: trained to 20, of use to 100, harmful from 1,000


@dataclass(frozen=True)
class Pass:
    """One look at the series: turned over, and backwards."""

    sign: float
    backwards: bool


def passes(n: int) -> list[Pass]:
    """Both signs always, as the estimate of the negative is to be the negative; both directions up to a million samples.

    Shifts against the network's grid of 32 samples were tried: eight of them gain 0.01 dB.
    """
    return [Pass(sign, backwards) for backwards in ((False, True) if n <= _FULL_WORK else (False,)) for sign in (1.0, -1.0)]


def predict(inputs: Floats, looks: list[Pass]) -> tuple[Floats, Floats]:
    """Noise, and variance of the error that remains without it, by the mean of the passes; (windows, length) each."""
    noises, variances = np.zeros((2, len(inputs), inputs.shape[2]))
    for one in looks:
        outputs = _seen(inputs, one)
        noises += one.sign * outputs[:, 0] / len(looks)
        variances += np.exp(2.0 * np.clip(outputs[:, 1], *_SPREAD)) / len(looks)
    level, trust = np.exp(inputs[:, 2]), _trust(inputs[:, 0])
    noises = np.where(inputs[:, 1] > 0, trust * np.clip(noises, -_MOST_NOISE * level, _MOST_NOISE * level), 0.0)
    return noises, trust * variances + (1.0 - trust) * level**2


def _trust(values: Floats) -> Floats:
    """1 where the series is as those in training, 0 where its noise is too small for the network to see; (windows, 1)."""
    size = np.maximum(values.std(axis=1, keepdims=True), 1e-9)
    return np.asarray(np.clip(np.log(_UNTRUSTED / size) / np.log(_UNTRUSTED / _TRUSTED), 0.0, 1.0))


def _seen(inputs: Floats, one: Pass) -> Singles:
    """What the network says in one pass, (windows, 2, length), turned back."""
    length = inputs.shape[2]
    after = -length % MULTIPLE
    asked = np.pad(inputs[:, :, ::-1] if one.backwards else inputs, ((0, 0), (0, 0), (0, after)), "edge")
    asked[:, 0] *= one.sign
    asked[:, 1, length:] = 0.0
    answer = run(asked.astype(np.float32))[:, :, :length]
    return answer[:, :, ::-1] if one.backwards else answer
