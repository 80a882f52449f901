"""A level or trend that changes at random, under white noise: what a Kalman filter with Rauch-Tung-Striebel smoother gives.

The smoother's mean is the minimiser of ``sum((y - x)**2) + stiffness * sum(diff(x, order)**2)``, a banded system, whose
determinant also gives the likelihood of the variances.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from denoise_core.config import setting
from denoise_core.filters.settings import Settings
from denoise_core.series import Float64Array

MODELS = {"level": "Random level", "trend": "Random trend"}
_STIFFEST = 1e10
_LEARN_FROM = 20_000


@dataclass(frozen=True, kw_only=True)
class KalmanSettings(Settings):
    """Settings of the Kalman smoother."""

    model: str = setting(
        "trend",
        label="Model",
        choices=MODELS,
        help="What changes at random from sample to sample: the level itself, or its slope, which gives a smoother curve.",
    )
    stiffness: float = setting(
        0.0,
        label="Noise over change",
        low=0.0,
        high=_STIFFEST,
        help="Variance of the noise over that of the random change per sample: high is smoother. 0 estimates both from the data.",
    )


def kalman(values: Float64Array, settings: KalmanSettings) -> Float64Array:
    """The mean of the state given all samples, with a diffuse start; variances by maximum likelihood where none are set.

    References
    ----------
    Rauch, Tung, Striebel 1965, doi:10.2514/3.3166; Durbin, Koopman 2012, Time Series Analysis by State Space Methods, chapter 4;
    Rue, Held 2005, Gaussian Markov Random Fields, for the banded form.
    """
    order = 1 if settings.model == "level" else 2
    offset = float(np.mean(values))
    centred = values - offset
    spread = float(np.max(np.abs(centred)))
    if len(values) <= order + 1 or spread <= 1e-12 * abs(offset):
        return values.copy()
    stiffness = settings.stiffness or most_likely_stiffness(centred / spread, order)
    return np.asarray(offset + _smooth(centred, stiffness, order)[0])


def most_likely_stiffness(values: Float64Array, order: int) -> float:
    """Variance of the noise over that of the change, by maximum likelihood on at most 20,000 samples from the middle."""
    from scipy.optimize import minimize_scalar

    first = max(0, (len(values) - _LEARN_FROM) // 2)
    excerpt = values[first : first + _LEARN_FROM]
    freedom = len(excerpt) - order

    def deviance(log_stiffness: float) -> float:
        smooth, log_determinant = _smooth(excerpt, float(np.exp(log_stiffness)), order)
        misfit = max(float(excerpt @ (excerpt - smooth)), 1e-300)
        return float(freedom * (np.log(misfit) - log_stiffness) + log_determinant)

    bounds = (np.log(1e-4), np.log(_STIFFEST))
    return float(np.exp(minimize_scalar(deviance, bounds=bounds, method="bounded", options={"xatol": 0.02}).x))


def _smooth(values: Float64Array, stiffness: float, order: int) -> tuple[Float64Array, float]:
    """The minimiser, shape (n,), and the logarithm of the determinant of its system."""
    from scipy.linalg import cho_solve_banded, cholesky_banded

    factor = cholesky_banded(_system(len(values), stiffness, order), lower=True, overwrite_ab=True, check_finite=False)
    smooth = cho_solve_banded((factor, True), values, check_finite=False)
    return np.asarray(smooth), 2.0 * float(np.sum(np.log(factor[0])))


def _system(n: int, stiffness: float, order: int) -> Float64Array:
    """``I + stiffness * D.T @ D`` as its lower bands, shape (order + 1, n), where ``D @ x == diff(x, order)``."""
    row = np.array([-1.0, 1.0]) if order == 1 else np.array([1.0, -2.0, 1.0])
    bands = np.zeros((order + 1, n))
    for i in range(order + 1):
        for j in range(i, order + 1):  # row k of D holds row[i] in column k + i
            bands[j - i, i : n - order + i] += stiffness * row[i] * row[j]
    bands[0] += 1.0
    return bands
