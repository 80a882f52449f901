"""The loss and the posterior are what their formulas say."""

import numpy as np
import pytest
import torch
from scipy import stats

from denoise_core.objectives import gaussian, posterior, predictive_variance


def test_gaussian_is_scipys_negative_log_likelihood_up_to_its_constant():
    mean, log_variance, target = torch.randn(3, 20, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    noise_variance = 0.3
    sd = np.sqrt(noise_variance + np.exp(log_variance.numpy()))
    expected = -stats.norm.logpdf(target.numpy(), mean.numpy(), sd) - 0.5 * np.log(2 * np.pi)
    np.testing.assert_allclose(gaussian(mean, log_variance, target, noise_variance).numpy(), expected, rtol=1e-12)


def test_variance_never_falls_below_the_noise_and_stays_finite():
    variance = predictive_variance(torch.tensor([-1e9, 0.0, 1e9]), 0.25)
    assert (variance >= 0.25).all()
    assert torch.isfinite(variance).all()


def test_posterior_is_the_product_of_two_gaussians():
    mean, variance, noisy, noise = 1.0, 0.9, 2.0, 0.4
    prior = variance - noise
    precision = 1 / prior + 1 / noise
    x, x_variance = posterior(*(torch.tensor([v], dtype=torch.float64) for v in (mean, variance, noisy)), noise)
    assert x.item() == pytest.approx((mean / prior + noisy / noise) / precision)
    assert x_variance.item() == pytest.approx(1 / precision)


def test_limits_no_prior_spread_gives_the_mean_and_no_noise_gives_the_sample():
    mean, noisy = torch.tensor([1.0]), torch.tensor([2.0])
    assert posterior(mean, torch.tensor([0.4]), noisy, 0.4)[0].item() == 1.0
    assert posterior(mean, torch.tensor([0.4]), noisy, 0.0)[0].item() == 2.0
    assert posterior(mean, torch.tensor([0.0]), noisy, 0.0)[0].item() == 1.0


def test_in_a_gap_the_mean_stands_alone_with_its_own_spread():
    x, x_variance = posterior(torch.tensor([1.0]), torch.tensor([0.9]), torch.tensor([float("nan")]), 0.4)
    assert x.item() == 1.0
    assert x_variance.item() == pytest.approx(0.5)
