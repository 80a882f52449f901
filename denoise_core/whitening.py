"""Coloured noise made white, by a filter that can be undone exactly. Knows not how strong or how coloured the noise is.

If neighbouring noise samples are alike by rho, as in ``n[t] = rho n[t-1] + e[t]`` with white e, then ``y[t] - rho y[t-1]`` has white
noise, a network can be blind to it with a gap of 1, and the filter undone gives the series back.
"""

from __future__ import annotations

import numpy as np

from denoise_core.series import Floats


def whitened(values: Floats, rho: float, *, middle: float) -> Floats:
    """``z[t] = y[t] - rho y[t-1]``, shape (n,); NaN where either is missing.

    ``z[0] = sqrt(1 - rho^2) (y[0] - middle) + (1 - rho) middle``, so that its noise is as strong as the others'.
    """
    z = np.empty_like(values)
    z[1:] = values[1:] - rho * values[:-1]
    z[0] = np.sqrt(1.0 - rho**2) * (values[0] - middle) + (1.0 - rho) * middle
    return z


def coloured(z: Floats, rho: float, *, middle: float) -> Floats:
    """The inverse: ``coloured(whitened(y, rho, middle=m), rho, middle=m) == y`` where nothing is missing."""
    from scipy.signal import lfilter  # the web process does without it

    shifted = z - (1.0 - rho) * middle
    shifted[0] /= np.sqrt(1.0 - rho**2)
    return np.asarray(lfilter([1.0], [1.0, -rho], shifted) + middle, dtype=np.float64)


def coloured_sd(sd: Floats, rho: float) -> Floats:
    """Error of the inverse where errors of sd (n,) are independent: ``v[t] = rho^2 v[t-1] + sd[t]^2``, its square root."""
    from scipy.signal import lfilter

    variance = sd**2
    variance[0] /= 1.0 - rho**2
    return np.asarray(np.sqrt(lfilter([1.0], [1.0, -(rho**2)], variance)), dtype=np.float64)
