"""The linear prediction is the least-squares one, and missing samples never let it look into the gap."""

import numpy as np
import pytest
import torch

from denoise_core.networks.linear import TAPS, LinearPredictor


def fit_and_predict(values, *, gap=1, observed=None, noise_variance=0.0):
    values = torch.as_tensor(values, dtype=torch.float32)
    observed = torch.ones_like(values, dtype=torch.bool) if observed is None else observed
    prediction = LinearPredictor(gap)
    prediction.fit(values, observed, values, observed, noise_variance=noise_variance)
    return prediction, prediction(values[None], observed[None])[0]


@pytest.mark.parametrize("gap", [1, 3])
def test_a_sum_of_sines_is_predicted_from_its_neighbours(gap):
    t = np.arange(1500)
    values = np.sin(t / 7) + 0.5 * np.sin(t / 3 + 1)
    inner = slice(TAPS + gap, -TAPS - gap)
    prediction, predicted = fit_and_predict(values, gap=gap)
    assert np.abs(predicted.numpy() - values)[inner].max() < 0.01
    assert prediction.residual_sd < 0.1


def test_of_an_autoregression_it_reaches_the_known_least_error():
    """For AR(1) with coefficient a the best two-sided prediction is a (y[t-1] + y[t+1]) / (1 + a^2), error 1 / (1 + a^2)."""
    a, rng = 0.8, np.random.default_rng(0)
    values = np.zeros(40_000)
    for t in range(1, len(values)):
        values[t] = a * values[t - 1] + rng.standard_normal()
    prediction, predicted = fit_and_predict(values)
    error = np.mean((predicted.numpy() - values)[TAPS + 1 : -TAPS - 1] ** 2)
    assert error == pytest.approx(1 / (1 + a**2), rel=0.03)
    assert prediction.taps[0] == pytest.approx(a / (1 + a**2), abs=0.02)
    assert prediction.taps[TAPS] == pytest.approx(a / (1 + a**2), abs=0.02)


def test_samples_beside_a_gap_in_the_data_are_bridged_by_what_lies_beyond_it():
    values = torch.full((1, 60), 5.0)
    observed = torch.ones(1, 60, dtype=torch.bool)
    observed[:, 20:30] = False
    prediction = LinearPredictor(1)
    prediction.taps.fill_(1 / (2 * TAPS))
    np.testing.assert_allclose(prediction(torch.where(observed, values, 0.0), observed).numpy(), 5.0, rtol=1e-6)
