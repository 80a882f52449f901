"""AR(1) prewhitening and its exact inverse.

With AR(1) noise ``n[t] = rho n[t-1] + e[t]``, e white, ``y[t] - rho y[t-1]`` has white noise: a network can be blind to it with
a gap of 1, and the inverse filter gives the series back.
"""

from __future__ import annotations

import numpy as np

from denoise_core.series import Float64Array


def whiten(values: Float64Array, rho: float, *, middle: float) -> Float64Array:
    """``z[t] = y[t] - rho y[t-1]``, shape (n,); NaN where either is missing.

    ``z[0] = sqrt(1 - rho^2) (y[0] - middle) + (1 - rho) middle``, so that its noise has the same variance as the others'.
    """
    z = np.empty_like(values)
    z[1:] = values[1:] - rho * values[:-1]
    z[0] = np.sqrt(1.0 - rho**2) * (values[0] - middle) + (1.0 - rho) * middle
    return z


def unwhiten(z: Float64Array, rho: float, *, middle: float) -> Float64Array:
    """The inverse: ``unwhiten(whiten(y, rho, middle=m), rho, middle=m) == y`` where nothing is missing."""
    from scipy.signal import lfilter  # imported late: the web process does without it

    shifted = z - (1.0 - rho) * middle
    shifted[:1] /= np.sqrt(1.0 - rho**2)
    return np.asarray(lfilter([1.0], [1.0, -rho], shifted) + middle, dtype=np.float64)


def unwhiten_sd(sd: Float64Array, rho: float) -> Float64Array:
    """Error of the inverse, ``s[t] = rho s[t-1] + sd[t]``, shape (n,).

    Exact where neighbouring errors are equal, which those of a network nearly are: it misses slow waves, not single samples.
    Taking them as independent gave 90 % bands that covered 15 to 70 % of the truth.
    """
    from scipy.signal import lfilter

    sd = np.r_[sd[:1] / np.sqrt(1.0 - rho**2), sd[1:]]
    return np.asarray(lfilter([1.0], [1.0, -rho], sd), dtype=np.float64)
