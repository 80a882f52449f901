"""Q-aggregation: weights on the simplex from estimated risks.

Dai, Rigollet, Zhang 2012, Deviation optimal learning using greedy Q-aggregation, doi:10.1214/12-AOS1025.
"""

from __future__ import annotations

import numpy as np

from denoise_core.series import Float64Array

_ROUNDS = 60
_CLOSE = 1e-10  # of the temperature, by which a further step may still improve
_LEAST = 1e-150  # root of a weight
_MOST = 4.0  # by which the log of a weight grows in one step


def aggregate(risks: Float64Array, gram: Float64Array, prior: Float64Array, *, temperature: float) -> Float64Array:
    """The weights w on the simplex with the least ``risks @ w - V(w) / 2 + temperature * sum(w * log(w / prior))``.

    ``V(w) = sum_j w_j |g_j - sum_i w_i g_i|**2`` is by how much the combination is better than its members on average: half of it
    counts, so that a method is combined with others only where it is good by itself. The last term makes the problem strictly
    convex: what cannot be told apart shares as the prior says. Newton's method in the logs of the weights.

    Parameters
    ----------
    risks : float64 array of shape (m,)
        Mean square errors, up to a common constant.
    gram : float64 array of shape (m, m)
        Mean products of the estimates less their mean; positive semidefinite.
    prior : float64 array of shape (m,)
        Positive, of sum 1.
    temperature
        In units of `risks`; above 0.
    """
    linear = risks - 0.5 * np.diag(gram)

    def criterion(log_weights: Float64Array) -> float:
        w = np.exp(log_weights)
        return float(w @ (linear + 0.5 * gram @ w + temperature * (log_weights - log_prior)))

    log_prior = log_weights = np.log(prior)
    for _ in range(_ROUNDS):
        weights = np.exp(log_weights)
        slope = linear + gram @ weights + temperature * (log_weights - log_prior)
        step = _newton_step(weights, slope, gram, temperature)
        gain = -float(slope @ (weights * step))
        if gain < _CLOSE * temperature:
            break
        size, before = 1.0, criterion(log_weights)
        while criterion(now := _normalised(log_weights + size * np.minimum(step, _MOST))) > before and size > 1e-6:
            size *= 0.5
        log_weights = now
    return np.asarray(np.exp(log_weights))


def _newton_step(weights: Float64Array, slope: Float64Array, gram: Float64Array, temperature: float) -> Float64Array:
    """Change of the logs of the weights, on the plane on which they add up to 1."""
    roots = np.maximum(np.sqrt(weights), _LEAST)
    curvature = roots[:, None] * gram * roots + temperature * np.eye(len(weights))
    down, along = np.linalg.solve(curvature, np.column_stack([roots * slope, roots])).T
    return np.asarray(-(down - (roots @ down) / (roots @ along) * along) / roots)


def _normalised(logs: Float64Array) -> Float64Array:
    """Logs of the weights that add up to 1."""
    return np.asarray(logs - logs.max() - np.log(np.sum(np.exp(logs - logs.max()))))
