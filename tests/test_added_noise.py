"""Known noise: as strong as it says, of the kind that it says, and the same each time."""

import numpy as np
import pytest

from denoise_core.errors import SettingsError
from denoise_core.series import Series
from denoise_core.signals import NOISE_KINDS, AddedNoise

N, RATE_HZ = 20_000, 1000.0


@pytest.fixture(scope="module")
def clean():
    values = np.sin(np.arange(N) / 70)
    values[500:520] = np.nan
    return Series.of(values, rate_hz=RATE_HZ, name="level")


def noise_in(clean, **settings):
    return AddedNoise(**settings).add_to(clean).values - clean.values


@pytest.mark.parametrize("kind", NOISE_KINDS)
@pytest.mark.parametrize("snr_db", [0.0, 20.0])
def test_the_noise_is_as_strong_as_stated_and_gaps_stay(clean, kind, snr_db):
    noise = noise_in(clean, kind=kind, snr_db=snr_db)
    np.testing.assert_array_equal(np.isnan(noise), np.isnan(clean.values))
    measured = 20 * np.log10(np.nanstd(clean.values) / np.sqrt(np.nanmean(noise**2)))
    assert measured == pytest.approx(snr_db, abs=1.5 if kind == "pink" else 0.3)  # pink: most of its power is in few waves


def power(noise, low_hz, high_hz):
    """Mean power density of the noise between two frequencies."""
    spectrum = np.abs(np.fft.rfft(np.nan_to_num(noise))) ** 2
    frequency = np.fft.rfftfreq(N, 1 / RATE_HZ)
    return float(np.mean(spectrum[(frequency >= low_hz) & (frequency < high_hz)]))


def test_each_kind_has_its_spectrum(clean):
    white, pink, ar1, band, hum, drift = (noise_in(clean, kind=kind) for kind in ("white", "pink", "ar1", "band", "hum", "drift"))
    assert power(white, 5, 10) == pytest.approx(power(white, 400, 500), rel=0.3)
    assert power(pink, 4, 6) / power(pink, 40, 60) == pytest.approx(10.0, rel=0.35)
    assert power(ar1, 1, 10) / power(ar1, 490, 500) == pytest.approx((1.8 / 0.2) ** 2, rel=0.35)
    assert power(band, 60, 140) > 1e3 * power(band, 160, 500)
    assert power(hum, 49.5, 50.5) > 1e3 * power(hum, 52, 98)
    assert power(drift, 0.01, 0.3) > 1e3 * power(drift, 1, 500)


def test_one_in_a_hundred_samples_is_a_spike(clean):
    noise = noise_in(clean, kind="spikes")
    assert np.count_nonzero(np.nan_to_num(noise)) == pytest.approx(N / 100, abs=5)


def test_the_same_seed_gives_the_same_noise_and_another_one_other(clean):
    first = noise_in(clean, kind="ar1", seed=3)
    np.testing.assert_array_equal(first, noise_in(clean, kind="ar1", seed=3))
    assert abs(np.nanmean(first * noise_in(clean, kind="ar1", seed=4))) < 0.1 * np.nanvar(first)


def test_all_faults_are_told_at_once():
    with pytest.raises(SettingsError) as caught:
        AddedNoise(kind="brown", snr_db=float("nan"), seed=-1)
    assert len(caught.value.problems) == 3
    with pytest.raises(SettingsError, match="no setting colour"):
        AddedNoise.from_json({"colour": "white"})


@pytest.mark.parametrize("raw", [{"kind": []}, {"kind": None}, {"snr_db": 10**400}, {"snr_db": float("inf")}, {"seed": 1.5}])
def test_what_no_form_can_give_is_refused_too(raw):
    with pytest.raises(SettingsError):
        AddedNoise.from_json(raw)


def test_what_was_added_survives_json():
    added = AddedNoise(kind="hum", snr_db=-3.5, seed=7)
    assert AddedNoise.from_json(added.to_json()) == added
