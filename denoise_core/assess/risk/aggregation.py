"""Q-aggregation: weights on the simplex from estimated risks.

Dai, Rigollet, Zhang 2012, Deviation optimal learning using greedy Q-aggregation, doi:10.1214/12-AOS1025.
"""

from __future__ import annotations

import numpy as np

from denoise_core.series import Float64Array

_ROUNDS, _CLOSE = 20_000, 1e-7


def aggregate(risks: Float64Array, gram: Float64Array, prior: Float64Array, *, temperature: float) -> Float64Array:
    """The weights w on the simplex with the least ``risks @ w - V(w) / 2 + temperature * sum(w * log(w / prior))``.

    ``V(w) = sum_j w_j |g_j - sum_i w_i g_i|**2`` is by how much the combination is better than its members on average: half of it
    counts, so that a method is combined with others only where it is good by itself. The last term makes the problem strictly
    convex: what cannot be told apart shares as the prior says. Mirror descent.

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
    spread = np.diag(gram)
    rate = temperature / (temperature + float(np.linalg.norm(gram, 2)))
    log_prior = np.log(prior)
    log_weights, weights = log_prior, prior
    for _ in range(_ROUNDS):
        slope = risks - 0.5 * (spread - 2.0 * gram @ weights)
        log_weights = (1.0 - rate) * log_weights + rate * (log_prior - (slope - slope.min()) / temperature)
        log_weights -= log_weights.max()
        now = np.asarray(np.exp(log_weights) / np.exp(log_weights).sum(), dtype=np.float64)
        if np.abs(now - weights).max() < _CLOSE * rate:
            return now
        weights = now
    return weights
