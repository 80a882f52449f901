"""Losses, calibration and posterior are what their formulas say."""

import numpy as np
import pytest
import torch
from scipy import stats

from denoise_core.model.losses import (
    CALIBRATION_SD,
    LOSSES,
    STUDENT_DF,
    STUDENT_SCALE,
    calibration,
    excess_variance,
    gaussian,
    posterior,
    predictive_variance,
    student_t,
)

NOISE = torch.tensor(0.3, dtype=torch.float64)


def normal(*shape, seed=0):
    return torch.randn(*shape, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))


def test_gaussian_is_scipys_negative_log_likelihood_up_to_its_constant():
    mean, log_variance, target = normal(3, 20)
    sd = np.sqrt(0.3 + np.exp(log_variance.numpy()))
    expected = -stats.norm.logpdf(target.numpy(), mean.numpy(), sd) - 0.5 * np.log(2 * np.pi)
    np.testing.assert_allclose(gaussian(mean, log_variance, target, NOISE).numpy(), expected, rtol=1e-12)


def test_student_t_is_scipys_up_to_its_constant_and_has_a_gaussians_quartiles():
    mean, log_variance, target = normal(3, 20)
    scale = np.sqrt(STUDENT_SCALE * (0.3 + np.exp(log_variance.numpy())))
    expected = -stats.t.logpdf(target.numpy(), STUDENT_DF, mean.numpy(), scale)
    found = student_t(mean, log_variance, target, NOISE).numpy()
    np.testing.assert_allclose(found - expected, (found - expected)[0], rtol=1e-12)
    assert np.sqrt(STUDENT_SCALE) * stats.t.ppf(0.75, STUDENT_DF) == pytest.approx(stats.norm.ppf(0.75), abs=1e-4)


def test_point_losses_are_what_they_are_called():
    mean, _, target = normal(3, 50)
    error = (target - mean).numpy()
    values = {name: LOSSES[name].of(mean, mean, target, NOISE).numpy() for name in ("mse", "mae", "huber")}
    np.testing.assert_allclose(values["mse"], error**2)
    np.testing.assert_allclose(values["mae"], np.abs(error))
    expected = torch.nn.functional.huber_loss(mean, target, delta=1.345 * 0.3**0.5, reduction="none")
    np.testing.assert_allclose(values["huber"], expected.numpy(), rtol=1e-12)


def test_variance_never_falls_below_the_noise_and_stays_finite():
    variance = predictive_variance(torch.tensor([-1e9, 0.0, 1e9]), torch.tensor(0.25))
    assert (variance >= 0.25).all()
    assert torch.isfinite(variance).all()


@pytest.mark.parametrize("wrong_by", [-1.0, 0.0, 1.0])
def test_many_held_out_errors_correct_a_variance_that_is_wrong(wrong_by):
    true_variance = torch.full((200_000,), 0.5, dtype=torch.float64)
    target = (NOISE + true_variance).sqrt() * normal(200_000)
    said = true_variance.log() + wrong_by
    offset = calibration(LOSSES["gaussian"], torch.zeros_like(said), said, target, NOISE)
    assert offset == pytest.approx(-wrong_by, abs=0.13)


def test_a_few_held_out_errors_hardly_move_a_learnt_variance():
    target = 3.0 * normal(4)
    offset = calibration(LOSSES["gaussian"], torch.zeros(4), torch.zeros(4), target, NOISE)
    assert abs(offset) <= 3 * CALIBRATION_SD


@pytest.mark.parametrize(("loss", "spread"), [("mse", 1.0), ("mae", 2.0), ("huber", 0.7)])
def test_where_no_variance_is_learnt_the_held_out_errors_give_one(loss, spread):
    target = spread * normal(100_000)
    nonsense = normal(100_000, seed=1)
    offset = calibration(LOSSES[loss], torch.zeros_like(target), nonsense, target, torch.tensor(0.0))
    excess = excess_variance(LOSSES[loss], nonsense, offset)
    assert excess.unique().numel() == 1
    assert excess[0].item() == pytest.approx(spread**2, rel=0.2)


def test_posterior_is_the_product_of_two_gaussians():
    mean, prior, noisy, noise = (torch.tensor([v], dtype=torch.float64) for v in (1.0, 0.5, 2.0, 0.4))
    precision = 1 / prior + 1 / noise
    x, x_variance = posterior(mean, prior, noisy, noise)
    assert x.item() == pytest.approx(((mean / prior + noisy / noise) / precision).item())
    assert x_variance.item() == pytest.approx((1 / precision).item())


def test_limits_no_prior_spread_gives_the_mean_and_no_noise_gives_the_sample():
    mean, noisy, nothing = torch.tensor([1.0]), torch.tensor([2.0]), torch.tensor([0.0])
    assert posterior(mean, nothing, noisy, torch.tensor(0.4))[0].item() == 1.0
    assert posterior(mean, torch.tensor([0.4]), noisy, nothing)[0].item() == 2.0
    assert posterior(mean, nothing, noisy, nothing)[0].item() == 1.0


def test_in_a_gap_the_mean_stands_alone_with_its_own_spread():
    x, x_variance = posterior(
        torch.tensor([1.0]), torch.tensor([0.5]), torch.tensor([float("nan")]), torch.tensor(0.4), robust=True
    )
    assert x.item() == 1.0
    assert x_variance.item() == pytest.approx(0.5)


def test_a_robust_posterior_follows_small_surprises_and_not_spikes():
    mean, prior, noise = torch.zeros(2), torch.full((2,), 0.3), torch.full((2,), 1.0)
    noisy = torch.tensor([0.5, 10.0])
    plain, _ = posterior(mean, prior, noisy, noise)
    robust, variance = posterior(mean, prior, noisy, noise, robust=True)
    assert robust[0] == plain[0]
    assert 0 < robust[1] < 0.1 * plain[1]
    assert variance[1] > variance[0]
