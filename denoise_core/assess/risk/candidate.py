"""A method's result, and what the same method makes of noisier copies of the series."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from denoise_core.assess.risk.draws import Draws
from denoise_core.errors import DataError
from denoise_core.series import Estimate, Float64Array, Series


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """One method on one series.

    Parameters
    ----------
    method : str
        Its name.
    estimate : Estimate
        For the series itself.
    twins : float64 array of shape (draws, judged samples)
        Its results for the first noisier copies of `Draws`, with everything fitted or trained again, as `Draws.cut` cuts them.
    own : float64 array of shape (judged samples,)
        Its result for the same stretches of the series itself.
    seconds : float
        What estimate and twins took.
    label : str
        What the user calls it; by default the name.
    trained : bool
        Whether a network was trained for it on this series.
    """

    method: str
    estimate: Estimate
    twins: Float64Array
    own: Float64Array
    seconds: float = 0.0
    label: str = ""
    trained: bool = False


def by_method(
    method: str,
    denoise: Callable[[Series], Estimate],
    draws: Draws,
    *,
    estimate: Estimate | None = None,
    noisier: Callable[[Series], Estimate] | None = None,
    label: str = "",
) -> Candidate:
    """A candidate by a quick method, which denoises all copies; with the `estimate` where it is known already.

    `noisier` denoises the copies, where the method has to be told that they are.
    """
    began = time.perf_counter()
    estimate = estimate or denoise(draws.series)
    whole = len(draws.stretches) == 1

    def judged(series: Series, method: Callable[[Series], Estimate]) -> Float64Array:
        return np.concatenate([method(series.part(part)).values for part in draws.stretches])

    own = estimate.values if whole else judged(draws.series, denoise)
    twins = np.array([judged(draws.noisier(k), noisier or denoise) for k in range(len(draws))])
    return Candidate(method=method, estimate=estimate, twins=twins, own=own, seconds=time.perf_counter() - began, label=label)


def by_twin(method: str, estimate: Estimate, twin: Estimate, draws: Draws, *, label: str = "", trained: bool = True) -> Candidate:
    """A candidate by a network, and the result of its twin for ``draws.noisier(0)``; if `trained`, trained on that copy alone.

    Raises
    ------
    DataError
        If one of them is not of the series' length.
    """
    n = len(draws.series)
    for which in (estimate, twin):
        if len(which.values) != n:
            raise DataError(
                f"The estimate by {method} has {len(which.values)} samples and the series {n}: it belongs to another series."
            )
    return Candidate(
        method=method,
        estimate=estimate,
        twins=draws.cut(twin.values)[None],
        own=draws.cut(estimate.values),
        label=label,
        trained=trained,
    )
