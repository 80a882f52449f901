"""Weights of the candidates along the series: the same everywhere for a short one, in smoothed blocks for a long one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from denoise_core.assess.risk.aggregation import aggregate
from denoise_core.assess.risk.evidence import Evidence
from denoise_core.series import Float64Array

# Found on one seed of 60 cases of tests/benchmarks/blend.py (v1, v4, 2048, broken), which are not those that it reports.
_TEMPERATURE = 6.0  # times the noise variance over the number of samples
# Of the log of the noise level, at which the temperature doubles and the prior of all but the first halves. Beyond, what is said
# of errors can be wrong altogether: half the true level was described as known to 0.54.
_LEVEL_ERROR, _STEEPNESS = 0.3, 6
_BLOCK = 4096  # samples
_SMOOTHING = (0.25, 0.5, 0.25)
_LEAST = 1e-6  # prior in a block, so that a candidate can come back


@dataclass(frozen=True, kw_only=True)
class LocalWeights:
    """Weights at some places, each column on the simplex, interpolated in between.

    Parameters
    ----------
    places : float64 array of shape (blocks,)
    weights : float64 array of shape (m, blocks)
    """

    places: Float64Array
    weights: Float64Array

    @classmethod
    def of(cls, evidence: Evidence, prior: Float64Array, caution: Float64Array) -> LocalWeights:
        """By Q-aggregation; the weights of the whole series are the prior of its blocks.

        `prior` and `caution` have a value for each candidate: `caution` the sds by which the level's error counts against it.
        """
        whole = _weights(evidence, evidence.excess + caution * evidence.by_level, prior)
        blocks = list(_blocks(evidence))
        places = np.array([float(np.mean(block.places)) for block in blocks])
        if len(blocks) == 1:
            return cls(places=places, weights=whole[:, None])
        prior = np.maximum(whole, _LEAST)
        prior /= prior.sum()
        excess = _smooth([block.excess + caution * block.by_level for block in blocks])
        found = [_weights(*each, prior) for each in zip(blocks, excess, strict=True)]
        return cls(places=places, weights=np.array(found).T)

    def at(self, samples: NDArray[np.int64]) -> Float64Array:
        """At some samples, shape (m, samples)."""
        return np.array([np.interp(samples, self.places, row) for row in self.weights])

    def along(self, n: int) -> Iterator[Float64Array]:
        """At all samples, candidate by candidate; shape (n,) each."""
        index = np.arange(n)
        return (np.interp(index, self.places, row) for row in self.weights)

    def shares(self, n: int) -> list[float]:
        """Mean weight of each candidate; they add up to 1."""
        means = np.array([np.mean(row) for row in self.along(n)])
        return [float(share) for share in means / means.sum()]


def _weights(evidence: Evidence, excess: Float64Array, prior: Float64Array) -> Float64Array:
    doubt = 1.0 + (evidence.model.level_error / _LEVEL_ERROR) ** _STEEPNESS
    prior = prior / np.where(np.arange(len(prior)) == 0, 1.0, doubt)
    temperature = doubt * _TEMPERATURE * max(evidence.chance_variance, evidence.noise_variance) / len(evidence)
    return aggregate(excess, evidence.gram, prior / prior.sum(), temperature=temperature)


def _blocks(evidence: Evidence) -> Iterator[Evidence]:
    edges = np.linspace(0, len(evidence), max(1, round(len(evidence) / _BLOCK)) + 1).astype(int)
    return (evidence.part(slice(a, b)) for a, b in pairwise(edges))


def _smooth(rows: list[Float64Array]) -> list[Float64Array]:
    """Each row with its neighbours, those at the ends with themselves."""
    padded = np.pad(np.array(rows), ((1, 1), (0, 0)), mode="edge")
    return [sum(weight * padded[i + k] for k, weight in enumerate(_SMOOTHING)) for i in range(len(rows))]
