"""How far an estimate is from the truth, as the papers measure it.

With estimate e, truth x and noisy input y, sums and means run over the samples where all of them are present (not NaN).
What cannot be computed (no sample left, a truth of zeros) is nan, never 0.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from denoise_core.errors import DataError
from denoise_core.series import Estimate, Float64Array, Series


def rmse(estimate: Float64Array, truth: Float64Array) -> float:
    """``sqrt(mean((e - x)**2))``, in the unit of the series."""
    e, x = _present(estimate, truth)
    return float(np.sqrt(_mean((e - x) ** 2)))


def mise(estimate: Float64Array, truth: Float64Array) -> float:
    """``1e4 * sum((e - x)**2) / sum(x**2)``, no unit.

    References
    ----------
    Xing, Carbonetto, Stephens 2021, Flexible signal denoising via flexible empirical Bayes shrinkage, JMLR 22(93)
    """
    e, x = _present(estimate, truth)
    return 1e4 * _ratio(_mean((e - x) ** 2), _mean(x**2))


def prd(estimate: Float64Array, truth: Float64Array) -> float:
    """Percentage root-mean-square difference: ``100 * sqrt(sum((e - x)**2) / sum(x**2))``; the truth's mean is not removed.

    References
    ----------
    Zigel, Cohen, Katz 2000, The weighted diagnostic distortion measure for ECG signal compression, doi:10.1109/TBME.2000.880093
    """
    return float(np.sqrt(mise(estimate, truth)))


def max_abs_deviation(estimate: Float64Array, truth: Float64Array) -> float:
    """``max(|e - x|)``, in the unit of the series."""
    e, x = _present(estimate, truth)
    return float(np.max(np.abs(e - x))) if e.size else float("nan")


def cosine(estimate: Float64Array, truth: Float64Array) -> float:
    """``sum(e * x) / sqrt(sum(e**2) * sum(x**2))``: 1 for the same shape, whatever its size."""
    e, x = _present(estimate, truth)
    return _ratio(_mean(e * x), float(np.sqrt(_mean(e**2) * _mean(x**2))))


def snr_gain_db(estimate: Float64Array, truth: Float64Array, *, noisy: Float64Array) -> float:
    """``10 log10(mean((y - x)**2) / mean((e - x)**2))``: how much smaller the error became; inf for a perfect estimate."""
    e, x, y = _present(estimate, truth, noisy)
    before, after = _mean((y - x) ** 2), _mean((e - x) ** 2)
    if before > 0.0 and after == 0.0:
        return float("inf")
    ratio = _ratio(before, after)
    return float("-inf") if ratio == 0.0 else 10.0 * float(np.log10(ratio))


METRICS: dict[str, Callable[[Float64Array, Float64Array], float]] = {
    "rmse": rmse,
    "mise": mise,
    "prd": prd,
    "max_abs_deviation": max_abs_deviation,
    "cosine": cosine,
}


def score(estimate: Any, truth: Any, *, noisy: Any = None) -> dict[str, float]:
    """All metrics by name; `snr_gain_db` too where the noisy input is given.

    Parameters
    ----------
    estimate, truth, noisy : Estimate, Series or array of shape (n,)

    Raises
    ------
    DataError
        If their lengths differ.

    Examples
    --------
    >>> found = score([0.0, 1.1], [0.0, 1.0], noisy=[0.0, 2.0])
    >>> round(found["snr_gain_db"], 6), round(found["max_abs_deviation"], 6)
    (20.0, 0.1)
    """
    e, x = _array(estimate), _array(truth)
    metrics = {name: metric(e, x) for name, metric in METRICS.items()}
    return metrics if noisy is None else {"snr_gain_db": snr_gain_db(e, x, noisy=_array(noisy)), **metrics}


def _array(values: Any) -> Float64Array:
    return values.values if isinstance(values, Estimate | Series) else np.asarray(values, dtype=np.float64)


def _present(*arrays: Float64Array) -> list[Float64Array]:
    shapes = [a.shape for a in arrays]
    if len(set(shapes)) > 1 or arrays[0].ndim != 1:
        raise DataError(f"Estimate and truth must be equally long series, but their shapes are {', '.join(map(str, shapes))}.")
    present = ~np.any(np.isnan(arrays), axis=0)
    return [a[present] for a in arrays]


def _mean(values: Float64Array) -> float:
    return float(np.mean(values)) if values.size else float("nan")


def _ratio(above: float, below: float) -> float:
    return above / below if below != 0.0 else float("nan")
