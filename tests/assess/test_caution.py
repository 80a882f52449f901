"""Cautions about a series before denoising and about a training after it."""

import numpy as np
import pytest

from denoise_core.assess import on_series, on_training
from denoise_core.series import Series, TimeAxis


def words(sentences) -> str:
    return " ".join(s.text for s in sentences)


def test_an_ordinary_series_needs_no_caution():
    assert on_series(Series.of(np.random.default_rng(0).standard_normal(1000), rate_hz=250.0)) == []


def test_uneven_sampling_is_told_with_its_share():
    times = np.arange(1000) * 0.5
    times[700:] += 0.2
    times[800::10] += 0.1
    series = Series(values=np.random.default_rng(0).standard_normal(1000), time=TimeAxis(values=times))
    assert "Samples are not evenly spaced: 4.1 % of the steps differ from 0.5 s." in words(on_series(series))


def test_clipping_is_told():
    values = np.random.default_rng(0).standard_normal(2000)
    assert "the recording may be clipped" in words(on_series(Series.of(np.clip(values, -1.5, 1.5))))
    assert "clipped" not in words(on_series(Series.of(values)))


@pytest.mark.parametrize(("n", "told"), [(299, True), (300, False)])
def test_too_little_data_is_told(n, told):
    assert ("Too little data for a network" in words(on_series(Series.of(np.random.default_rng(0).standard_normal(n))))) == told


@pytest.mark.parametrize(
    ("losses", "expected"),
    [
        ([1.0, 0.5, 0.2], "It was still improving at the last epoch: more epochs may help."),
        ([1.0, 0.0, -0.5, 0.1, 0.2, 0.1], "It began to learn the noise after epoch 3; the network from about then was kept."),
        ([1.0, 0.0, -0.5, -0.49, -0.48], ""),
        ([1.0, 0.0, -0.5, -0.9, -0.98, -0.99, -0.995, -1.0], ""),
        ([1.0], ""),
        ([], ""),
    ],
)
def test_the_loss_curve_is_put_into_words(losses, expected):
    assert words(on_training(losses)) == expected
