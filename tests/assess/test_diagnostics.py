"""What is said about a series before denoising and about a training after it."""

import numpy as np
import pytest
from scipy import signal

from denoise_core.assess import on_gaps, on_noise, on_series, on_training
from denoise_core.assess.formatting import format_percent
from denoise_core.errors import DataError
from denoise_core.noise import Noise, describe
from denoise_core.series import Series, TimeAxis
from denoise_core.signals import pressure_steps
from denoise_core.suggestions import suggest


def words(sentences) -> str:
    return " ".join(s.text for s in sentences)


def test_an_ordinary_series_needs_no_word():
    assert on_series(Series.of(np.random.default_rng(0).standard_normal(1000), rate_hz=250.0)) == []


def test_uneven_sampling_is_told_with_its_share():
    times = np.arange(1000) * 0.5
    times[700:] += 0.2
    times[800::10] += 0.1
    series = Series(values=np.random.default_rng(0).standard_normal(1000), time=TimeAxis(values=times))
    assert "Samples are not evenly spaced: 4.1 % of the steps differ from 0.5 s. The methods assume even" in words(
        on_series(series)
    )


def test_clipping_is_told():
    values = np.random.default_rng(0).standard_normal(2000)
    assert "the recording may be clipped" in words(on_series(Series.of(np.clip(values, -1.5, 1.5))))
    assert "clipped" not in words(on_series(Series.of(values)))


@pytest.mark.parametrize(
    ("n", "told"),
    [(10, "at least 32 are needed"), (31, "at least 32"), (32, "learns little from 32"), (299, "about 300"), (300, "")],
)
def test_too_little_data_for_a_network_is_told_with_the_numbers_that_hold_elsewhere(n, told):
    series = Series.of(np.random.default_rng(0).standard_normal(n), name="v")
    found = words(on_series(series))
    assert told in found if told else "network" not in found
    if n < 32:
        with pytest.raises(DataError, match="at least 32 are needed"):
            suggest(series)


@pytest.mark.parametrize(
    ("losses", "expected"),
    [
        ([1.0, 0.5, 0.2], "Training was still improving at the last epoch; more epochs may help."),
        ([1.0, 0.0, -0.5, 0.1, 0.2, 0.1], "Overfitting began around epoch 3; the weights from there were kept."),
        ([1.0, 0.0, -0.5, -0.49, -0.48], ""),
        ([1.0, 0.0, -0.5, -0.9, -0.98, -0.99, -0.995, -1.0], ""),
        ([1.0], ""),
        ([], ""),
    ],
)
def test_the_loss_curve_is_put_into_words(losses, expected):
    assert words(on_training(losses)) == expected


def noise(**changes) -> Noise:
    """Plain white noise of 0.15, with changes."""
    estimates = {"differences": 0.15, "wavelet": 0.15, "spectrum": 0.15}
    plain = {"sd": 0.15, "estimates": estimates, "agree": True, "correlation": 0.0, "gap": 1, "spikes": 0.0}
    return Noise(**plain | changes)


def test_plain_noise_is_told_by_its_level_alone():
    (only,) = on_noise(noise(), "bar")
    assert (only.severity, only.text) == ("good", "The noise level is about 0.15 bar.")
    assert words(on_noise(noise(sd=0.0), "bar")) == "No noise is visible in this series."


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        (
            {"agree": False, "estimates": {"differences": 1.2, "wavelet": 2.4, "spectrum": 1.9}},
            "The noise level is uncertain: 1.2 to 2.4 mV by three estimates.",
        ),
        ({"correlation": 0.42}, "The noise is autocorrelated (lag 1: 0.42)"),
        ({"spikes": 0.004}, "0.4 % of the samples are spikes"),
        ({"levels": np.array([0.1, 0.4, 0.2])}, "The noise level varies along the series: 0.1 to 0.4 mV."),
    ],
)
def test_what_is_not_usual_about_the_noise_is_noted(changes, told):
    found = on_noise(noise(**changes), "mV")
    assert told in words(sentence for sentence in found if sentence.severity == "note")


def test_a_few_spikes_that_change_no_setting_are_not_mentioned():
    assert "spikes" not in words(on_noise(noise(spikes=0.001), "mV"))


def test_missing_samples_are_counted_and_named_from_one():
    values = np.arange(50.0)
    values[[0, 4, 5, 6, 49]] = np.nan
    assert words(on_gaps(Series.of(values))) == "5 of 50 samples are missing: 1, 5–7, 50."
    values[10::4] = np.nan
    assert words(on_gaps(Series.of(values))).endswith("missing: 1, 5–7, 11, 15, 19, 23 and 7 more gaps.")
    assert on_gaps(Series.of(np.arange(9.0))) == []


def test_band_limited_noise_is_named_by_its_autocorrelation():
    rng = np.random.default_rng(1)
    clean = pressure_steps(4096, rng)
    filtered = signal.sosfilt(signal.butter(4, 0.5, output="sos"), rng.standard_normal(4596))[500:]
    described = describe(clean + clean.std() / 3 * filtered / filtered.std())
    lag1 = float(np.corrcoef(filtered[1:], filtered[:-1])[0, 1])
    assert described.lag1 == pytest.approx(lag1, abs=0.06)
    assert f"The noise is autocorrelated (lag 1: {described.lag1:.2f})" in words(on_noise(described, "bar"))
    assert described.sd == pytest.approx(clean.std() / 3, rel=0.15)


@pytest.mark.parametrize(
    ("share", "text"), [(0.0, "0 %"), (8.8e-8, "< 0.1 %"), (0.001, "0.1 %"), (0.0876, "8.8 %"), (0.164, "16 %"), (1.0, "100 %")]
)
def test_shares_are_written_with_two_figures_and_never_with_an_exponent(share, text):
    assert format_percent(share) == text
