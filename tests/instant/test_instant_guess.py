"""A guess from elsewhere: weighed under the laws of the instant denoiser, and harmless where there is none."""

import numpy as np
import pytest

import denoise_core as dc
from denoise_core import instant, signals
from denoise_core.errors import DataError
from denoise_core.instant.guess import Guess, guess_rows
from denoise_core.series import Estimate, Series
from tests.common import gain_db


def case(n: int = 1500):
    rng = np.random.default_rng(3)
    clean = signals.ecg_like(n, rng)
    sd = clean.std() / 3
    noisy = clean + sd * rng.standard_normal(n)
    error = 0.3 * sd * rng.standard_normal(n)
    return clean, noisy, Estimate(values=clean + error, method="lstm", sd=np.full(n, 0.3 * sd))


def scaled(estimate: Estimate, factor: float, offset: float) -> Estimate:
    return Estimate(values=factor * estimate.values + offset, method="lstm", sd=abs(factor) * estimate.sd)


@pytest.mark.parametrize(("factor", "offset"), [(-1.0, 0.0), (1000.0, 3.0), (1e80, 0.0), (-2e-9, 3e-8)])
def test_the_estimate_follows_scale_sign_and_offset_of_both(factor, offset):
    _, noisy, guess = case()
    plain = instant.denoise(Series.of(noisy), guess=guess)
    moved = instant.denoise(Series.of(factor * noisy + offset), guess=scaled(guess, factor, offset))
    tolerance = abs(factor) * 1e-4 + 1e-9 * abs(offset)
    np.testing.assert_allclose(moved.values, factor * plain.values + offset, atol=tolerance, rtol=0)


def test_a_guess_of_gaps_alone_counts_as_the_series_itself():
    _, noisy, guess = case()
    none = Estimate(values=np.full(len(noisy), np.nan), method="lstm")
    rows = guess_rows(*Guess.of(none, Series.of(noisy)))
    np.testing.assert_array_equal(rows, 0.0)
    assert np.abs(guess_rows(*Guess.of(guess, Series.of(noisy)))).min() >= 0.0


def test_a_guess_without_an_error_is_taken_to_leave_half_of_what_it_removes():
    _, noisy, guess = case()
    bare = Guess.of(Estimate(values=guess.values, method="median"), Series.of(noisy))
    np.testing.assert_allclose(bare.sd, 0.5 * np.sqrt(np.mean((noisy - guess.values) ** 2)))


def test_a_guess_of_another_length_is_refused_in_words():
    _, noisy, guess = case()
    with pytest.raises(DataError, match=r"The guess has 1500 samples and .* 1400\. Make both of one series\."):
        instant.denoise(Series.of(noisy[:1400]), guess=guess)


def test_gaps_of_the_series_stay_gaps():
    _, noisy, guess = case()
    noisy[100:140] = np.nan
    estimate = instant.denoise(dc.Series.of(noisy), guess=guess)
    np.testing.assert_array_equal(np.isnan(estimate.values), np.isnan(noisy))


@pytest.mark.parametrize("kind", ["white", "smooth"])
def test_a_guess_is_weighed_against_what_the_network_sees(kind):
    clean, noisy, guess = case(4096)
    sd = clean.std() / 3
    error = np.random.default_rng(9).standard_normal(4096)
    if kind == "smooth":
        error = np.convolve(error, np.hanning(15), "same") / np.sqrt(np.sum(np.hanning(15) ** 2))
    guess = Estimate(values=clean + 0.3 * sd * error, method="lstm", sd=np.full(4096, 0.3 * sd))
    series = Series.of(noisy)
    alone, both = instant.denoise(series), instant.denoise(series, guess=guess)
    assert gain_db(noisy, both.values, clean) > gain_db(noisy, alone.values, clean) + 0.5
    assert gain_db(noisy, both.values, clean) > gain_db(noisy, guess.values, clean) + 0.5
