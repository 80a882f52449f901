"""Gaps continued by what the record does elsewhere, with an error that is measured by hiding gaps of the same length in it.

A gap is predicted from both sides by the autocovariance of the record, as a Gaussian process of unknown mean, so a rhythm runs on
in its phase. How fast that covariance is tapered, and how much wider than its own formula the error is, come from gaps hidden
elsewhere in the record.

References
----------
Rasmussen, Williams 2006, Gaussian Processes for Machine Learning, chapter 2. Lei et al. 2018, conformal prediction,
doi:10.1080/01621459.2017.1307116.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from denoise_core.dsp.autocorrelation import lagged_products
from denoise_core.dsp.gaps import runs
from denoise_core.dsp.sample_grid import SampleGrid
from denoise_core.series import Estimate, Float64Array, Series

NINETY = 1.645  # standard deviations on either side hold 90 % of a normal distribution
LEAST_KNOWN = 0.8  # error of a prediction over the sd of the record, from which on it says no more than the mean does
MOST_GAPS = 10_000  # about 5 s
_NEIGHBOURHOOD = 131_072  # samples, around a gap, whose covariance is used
_LONGEST_LAG = 16_384
_TAPERS = (2, 8, 32)  # length of the record over that of its covariance
_MEAN_VARIANCE = 4.0  # of the unknown mean, in variances of the series
_FEWEST_HIDDEN = 8


@dataclass(frozen=True, kw_only=True)
class FilledGaps:
    """Values in the gaps and the sd of their error, shape (n,); NaN elsewhere, and in gaps that could not be bridged.

    `tried` is False in gaps that were left out because there are too many.
    """

    values: Float64Array
    sd: Float64Array
    tried: NDArray[np.bool_]


def fill_gaps(estimate: Estimate, series: Series) -> Estimate:
    """The estimate with the gaps of `series` continued from its samples; NaN in gaps that cannot be bridged.

    A method that does not know its error has an sd in the gaps alone.
    """
    missing = ~series.observed
    if not missing.any():
        return estimate
    assumed = 0.5 * (estimate.noise_sd or 0.0)  # a filter leaves about so much of the noise
    own_sd = np.full(len(series), assumed) if estimate.sd is None else estimate.sd
    grid = SampleGrid.of(series.time)
    known = grid.expand(np.where(missing, np.nan, estimate.values))
    filled = predict_gaps(known, np.nan_to_num(grid.expand(own_sd)))
    use = missing & filled.tried[grid.index]
    sd = np.full(len(series), np.nan) if estimate.sd is None else estimate.sd
    return replace(
        estimate,
        values=np.where(use, grid.collect(filled.values), estimate.values),
        sd=np.where(use, grid.collect(filled.sd), sd),
    )


@dataclass(frozen=True, kw_only=True)
class _Predictor:
    """Predicts a stretch of a series from its other samples.

    Parameters
    ----------
    covariance : float64 array of shape (longest lag + 1,)
    noise : float
        Variance of the error of the samples themselves.
    """

    covariance: Float64Array
    noise: float

    def predict(self, values: Float64Array, start: int, stop: int) -> tuple[Float64Array, Float64Array]:
        """Mean and sd of ``values[start:stop]``, shape (stop - start,), given all others; NaN where none is near enough."""
        near = self._informative(values, start, stop)
        if not near.size:
            unknown = np.full(stop - start, np.nan)
            return unknown, unknown
        places = np.arange(start, stop)
        within = self._between(near[:, None] - near)
        within[np.diag_indices(len(near))] += self.noise + 1e-6 * self.covariance[0]
        across, mean = self._between(near[:, None] - places), values[near].mean()
        solved = np.linalg.solve(within, np.column_stack([values[near] - mean, across]))
        variance = self._between(np.zeros(1, dtype=np.int64)) - np.sum(across * solved[:, 1:], axis=0)
        return mean + across.T @ solved[:, 0], np.sqrt(np.maximum(variance, 1e-9 * self.covariance[0]))

    def _between(self, lags: NDArray[np.int64]) -> Float64Array:
        """Covariance of samples so many places apart."""
        reach = len(self.covariance)
        known = np.append(self.covariance, 0.0)[np.minimum(np.abs(lags), reach)]
        return np.asarray(known + _MEAN_VARIANCE * self.covariance[0], dtype=np.float64)

    def _informative(self, values: Float64Array, start: int, stop: int) -> NDArray[np.int64]:
        """The samples next to the stretch, and those that correlate most with it, such as those of the same phase."""
        reach = len(self.covariance) - 1
        low = max(0, start - reach)
        near = low + np.flatnonzero(~np.isnan(values[low : stop + reach]))
        near = near[(near < start) | (near >= stop)]
        count = int(np.clip(16 * (stop - start), 32, 384))
        if len(near) <= count:
            return near
        probes = np.linspace(start, stop - 1, min(stop - start, 9)).astype(np.int64)
        squares = np.append(self.covariance**2, 0.0)
        score = np.sum([squares[np.minimum(np.abs(near - probe), reach + 1)] for probe in probes], axis=0)
        at = int(np.searchsorted(near, start))
        score[max(0, at - count // 8) : at + count // 8] = np.inf
        return np.sort(near[np.argpartition(-score, count)[:count]])


def predict_gaps(values: Float64Array, error_sd: Float64Array) -> FilledGaps:
    """The gaps of a series, each predicted from the samples around it.

    A gap stays NaN where gaps as long, hidden in the record, could not be predicted better than by its mean, or where it is too
    short to hide any. Of more than 10,000 gaps only the longest are tried.

    Parameters
    ----------
    values : float64 array of shape (n,)
        NaN where missing.
    error_sd : float64 array of shape (n,)
        Standard deviation of the error that the values themselves have; anything where they are missing.
    """
    n = len(values)
    result = FilledGaps(values=np.full(n, np.nan), sd=np.full(n, np.nan), tried=np.zeros(n, dtype=np.bool_))
    starts, stops = runs(np.isnan(values))
    by_kind: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for i in np.argsort(starts - stops, kind="stable")[:MOST_GAPS].tolist():
        gap = int(starts[i]), int(stops[i])
        by_kind.setdefault(_kind(*gap, n), []).append(gap)
        result.tried[slice(*gap)] = True
    for kind, gaps in by_kind.items():
        _fill(values, error_sd, gaps, kind, result)
    return result


def _kind(start: int, stop: int, n: int) -> tuple[int, int]:
    """Length class of a gap, and whether it is at the start (-1), inside (0) or at the end (1) of the series."""
    side = -1 if start == 0 else 1 if stop == n else 0
    return int(np.ceil(2 * np.log2(stop - start))), side


def _fill(
    values: Float64Array, error_sd: Float64Array, gaps: list[tuple[int, int]], kind: tuple[int, int], result: FilledGaps
) -> None:
    """Gaps of one kind, with the predictor that did best on hidden ones."""
    length, middle = max(stop - start for start, stop in gaps), gaps[len(gaps) // 2][0]
    first = int(np.clip(middle - _NEIGHBOURHOOD // 2, 0, max(0, len(values) - _NEIGHBOURHOOD)))
    around = values[first : first + _NEIGHBOURHOOD]
    if np.count_nonzero(~np.isnan(around)) < max(2 * length, 4 * _FEWEST_HIDDEN) or np.nanstd(around) == 0.0:
        return
    found = _calibrate(around, length, kind[1], float(np.mean(error_sd[~np.isnan(values)] ** 2)))
    if found is None:
        return
    predictor, factor = found
    for start, stop in gaps:
        result.values[start:stop], sd = predictor.predict(values, start, stop)
        # The values beside a real gap, unlike those beside a hidden one, were estimated without what is missing.
        edges = [error_sd[at] for at in (start - 1, stop) if 0 <= at < len(values)]
        result.sd[start:stop] = np.sqrt((factor * sd) ** 2 + max(edges) ** 2)


def _calibrate(values: Float64Array, length: int, side: int, noise: float) -> tuple[_Predictor, float] | None:
    """The best predictor of gaps of that length, and what its sd is to be multiplied by; None where none beats the mean."""
    places = _hidden_places(values, length)
    if len(places) < _FEWEST_HIDDEN:
        return None
    lags = {int(np.clip(len(values) // share, 8, _LONGEST_LAG)) for share in _TAPERS}
    tried = []
    for predictor in (_Predictor(covariance=_covariance(values, longest_lag=lag), noise=noise) for lag in sorted(lags)):
        error, sd = np.array([_error(predictor, values, place, length, side) for place in places]).transpose(1, 0, 2)
        known = ~np.isnan(error)
        tried.append((float(np.mean(error[known] ** 2)), predictor, error[known], sd[known]))
    mean_square, predictor, error, sd = min(tried, key=lambda one: one[0])
    if mean_square > LEAST_KNOWN**2 * np.nanvar(values):
        return None
    return predictor, float(np.quantile(np.abs(error) / sd, 0.9)) / NINETY


def _error(predictor: _Predictor, values: Float64Array, place: int, length: int, side: int) -> Float64Array:
    """Error and predicted sd at the samples of a hidden gap, (2, length)."""
    hidden = values.copy()
    hidden[0 if side < 0 else place : None if side > 0 else place + length] = np.nan
    mean, sd = predictor.predict(hidden, place, place + length)
    return np.stack([values[place : place + length] - mean, sd])


def _hidden_places(values: Float64Array, length: int) -> NDArray[np.int64]:
    """Where gaps are hidden, spread evenly over the stretches that are nearly whole."""
    present = np.concatenate([[0], np.cumsum(~np.isnan(values))])
    starts = np.arange(1, len(values) - length)
    whole = starts[present[starts + length] - present[starts] >= 0.9 * length]
    count = min(int(np.clip(512 // length, 16, 64)), len(whole))
    return np.unique(whole[np.linspace(0, len(whole) - 1, count).astype(np.int64)])


def _covariance(values: Float64Array, *, longest_lag: int) -> Float64Array:
    """Autocovariance with Bohman's taper, made positive semi-definite; shape (longest_lag + 1,)."""
    present = ~np.isnan(values)
    centred = np.where(present, values - np.nanmean(values), 0.0)
    products = lagged_products(centred, longest_lag=longest_lag)[: longest_lag + 1]
    pairs = np.round(lagged_products(present.astype(np.float64), longest_lag=longest_lag)[: longest_lag + 1])
    lags = np.arange(longest_lag + 1) / (longest_lag + 1)
    taper = (1.0 - lags) * np.cos(np.pi * lags) + np.sin(np.pi * lags) / np.pi
    tapered = taper * np.divide(products, pairs, out=np.zeros_like(products), where=pairs >= _FEWEST_HIDDEN)
    spectrum = np.fft.rfft(np.concatenate([tapered, tapered[-2:0:-1]])).real
    return np.asarray(np.fft.irfft(np.maximum(spectrum, 0.0))[: longest_lag + 1], dtype=np.float64)
