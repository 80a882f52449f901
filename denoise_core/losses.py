"""What is predicted from what, the loss of a prediction, and how it is turned into an estimate. Knows no network."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

_LOG_VARIANCE_RANGE = (-20.0, 8.0)  # beyond it a float32 variance tells nothing and its gradient explodes


def predictive_variance(log_variance: Tensor, noise_variance: float) -> Tensor:
    """``noise_variance + exp(log_variance)``: a noisy sample given the others varies at least as much as its noise.

    The floor also keeps a network that has begun to learn the noise from claiming to be sure of it.
    """
    return noise_variance + log_variance.clamp(*_LOG_VARIANCE_RANGE).exp()


def gaussian(mean: Tensor, log_variance: Tensor, target: Tensor, noise_variance: float) -> Tensor:
    """Negative log-likelihood of each sample, ``(log v + (y - mu)^2 / v) / 2``, without the constant; the shape of `target`."""
    variance = predictive_variance(log_variance, noise_variance)
    return 0.5 * (variance.log() + (target - mean) ** 2 / variance)


LOSSES: dict[str, Callable[[Tensor, Tensor, Tensor, float], Tensor]] = {"gaussian": gaussian}


def posterior(mean: Tensor, variance: Tensor, noisy: Tensor, noise_variance: float) -> tuple[Tensor, Tensor]:
    """Mean and variance of the noise-free sample, given its context (mean, variance of y) and its own noisy value.

    ``w = variance - s2;  x = (s2 * mean + w * y) / (w + s2);  var(x) = s2 * w / (w + s2)``; where `noisy` is NaN (a gap)
    nothing is put back: ``x = mean, var(x) = w``.

    References
    ----------
    Laine, Karras, Lehtinen, Aila 2019, High-quality self-supervised deep image denoising, arXiv:1901.10277
    """
    prior = (variance - noise_variance).clamp_min(0.0)
    share = prior / (prior + noise_variance).clamp_min(torch.finfo(prior.dtype).tiny)
    share = torch.where(noisy.isnan(), torch.zeros_like(share), share)
    return mean + share * (noisy.nan_to_num() - mean), (1.0 - share) * prior
