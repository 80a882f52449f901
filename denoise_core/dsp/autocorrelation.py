"""Correlation of a series with itself, or with another, at many lags at once."""

from __future__ import annotations

import numpy as np

from denoise_core.series import Float64Array


def lagged_products(a: Float64Array, b: Float64Array | None = None, *, longest_lag: int) -> Float64Array:
    """``out[k] == sum(a[t + k] * b[t])`` for k from ``-longest_lag`` (counted from the end of `out`) to `longest_lag`.

    Both have shape (n,); `b` is `a` by default. Entries beyond the longest lag mean nothing.
    """
    size = 1 << (len(a) + longest_lag - 1).bit_length()
    spectrum = np.fft.rfft(a, size)
    product = np.abs(spectrum) ** 2 if b is None else spectrum * np.conj(np.fft.rfft(b, size))
    return np.fft.irfft(product, size)


def autocorrelations(values: Float64Array, *, longest_lag: int) -> Float64Array:
    """``out[k - 1] == mean(r[t] * r[t + k]) / mean(r**2)`` with r the values less their mean, over pairs without a gap.

    Shape (longest_lag,); nan where the values do not vary, or where gaps leave fewer than a quarter of the pairs.
    """
    present = ~np.isnan(values)
    centred = np.where(present, values - np.nanmean(values), 0.0)
    products = lagged_products(centred, longest_lag=longest_lag)[: longest_lag + 1]
    if present.all():
        pairs = len(values) - np.arange(longest_lag + 1.0)
    else:
        pairs = np.round(lagged_products(present.astype(np.float64), longest_lag=longest_lag)[: longest_lag + 1])
    means = np.divide(products, pairs, out=np.full_like(products, np.nan), where=pairs >= pairs[0] / 4)
    return np.full(longest_lag, np.nan) if means[0] <= 0.0 else means[1:] / means[0]
