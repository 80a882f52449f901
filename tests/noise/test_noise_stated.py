"""What a person says of the noise is measured where they say, checked, and believed by every method."""

import numpy as np
import pytest
from scipy.signal import butter, lfilter

import denoise_core as dc
from denoise_core.config import NoiseConfig
from denoise_core.noise import describe, describe_series
from denoise_core.noise.dependence import grows_with_signal

N = 4000
COLOURS = {
    "white": lambda w: w,
    "AR(1)": lambda w: lfilter([0.6], [1.0, -0.8], w),
    "low-passed": lambda w: lfilter(*butter(4, 0.5), w),
}


def recording(colour, seed, quiet):
    """Noise alone over the first samples, then a signal too; and the sd of the noise."""
    noise = COLOURS[colour](np.random.default_rng(seed).standard_normal(4 * N))[-N:]
    signal = 20.0 * np.sin(np.arange(N) / 300.0) + 5.0 * np.sin(np.arange(N) / 5.0)
    signal[:quiet] = 0.0
    level = {"white": 1.0, "AR(1)": 1.0}.get(colour) or float(
        np.std(COLOURS[colour](np.random.default_rng(9).standard_normal(400_000)))
    )
    return signal + noise, level


@pytest.mark.parametrize("colour", sorted(COLOURS))
@pytest.mark.parametrize("quiet", [300, 1500])
def test_the_level_of_a_marked_stretch_is_right_within_its_error(colour, quiet):
    errors = []
    for seed in range(20):
        values, level = recording(colour, seed, quiet)
        noise = describe(values, only_noise=slice(0, quiet))
        errors.append(np.log(noise.sd / level) / noise.level_error)
        assert noise.source == "stretch"
        assert noise.levels is None
    assert np.sqrt(np.mean(np.square(errors))) < 1.5
    assert np.mean(np.abs(errors) < 1.645) > 0.75


def test_its_colour_is_that_of_the_stretch():
    assert describe(recording("white", 0, 2000)[0], only_noise=slice(0, 2000)).power is None
    assert describe(recording("AR(1)", 0, 2000)[0], only_noise=slice(0, 2000)).correlation == pytest.approx(0.8, abs=0.06)
    assert describe(recording("low-passed", 0, 2000)[0], only_noise=slice(0, 2000)).lag1 == pytest.approx(0.63, abs=0.06)


@pytest.mark.parametrize(
    ("part", "words"),
    [
        (lambda t, rng: 3.0 * np.sin(t / 5.0) + rng.standard_normal(len(t)), "it repeats itself"),
        (lambda t, rng: 20.0 * np.sin(t / 300.0) + rng.standard_normal(len(t)), "noise alone"),
        (lambda t, rng: 6.0 * (t > 1000) + rng.standard_normal(len(t)), "noise alone"),
    ],
)
def test_a_stretch_that_holds_signal_is_said_to(part, words):
    rng = np.random.default_rng(0)
    values = np.r_[part(np.arange(3000), rng), rng.standard_normal(3000)]
    doubt = describe(values, only_noise=slice(0, 3000)).doubt
    assert doubt.startswith("This stretch does not look like noise alone: ")
    assert words in doubt


@pytest.mark.parametrize("colour", sorted(COLOURS))
def test_a_stretch_of_noise_is_not_doubted(colour):
    doubts = [bool(describe(recording(colour, seed, 1000)[0], only_noise=slice(0, 1000)).doubt) for seed in range(20)]
    assert sum(doubts) <= 1


def test_stretch_and_level_follow_the_unit():
    values, _ = recording("low-passed", 0, 2000)
    one, other = (describe(v, only_noise=slice(0, 2000)) for v in (values, -40.0 * values + 1e4))
    assert other.sd == pytest.approx(40.0 * one.sd, rel=1e-6)
    np.testing.assert_allclose(other.power, one.power, rtol=1e-4)
    assert describe(values, level=1.5).sd == 1.5
    assert describe(values, only_noise=slice(0, 2000), level=1.5).sd == 1.5


def test_gaps_within_the_stretch_do_not_count():
    values, _ = recording("white", 0, 1000)
    values[100:400] = np.nan
    assert describe(values, only_noise=slice(0, 1000)).sd == pytest.approx(1.0, abs=0.1)


@pytest.mark.parametrize(
    ("stated", "words"),
    [
        (NoiseConfig(start=500.0, stop=600.0), "outside the recording"),
        (NoiseConfig(start=0.0, stop=0.1), "at least 32 are needed"),
        (NoiseConfig(level=1e300), "more than all of the recording varies"),
        (NoiseConfig(level=1e-300), "next to nothing"),
    ],
)
def test_what_cannot_be_right_is_refused_in_words(stated, words):
    series = dc.Series.of(recording("white", 0, 1000)[0], rate_hz=100.0)
    with pytest.raises(dc.DataError, match=words):
        describe_series(series, stated)
    with pytest.raises(dc.DataError, match=words):
        dc.denoise(series, method="wavelet", noise=stated)


def test_a_constant_stretch_and_an_empty_series_are_refused_too():
    values = np.r_[np.zeros(100), np.random.default_rng(0).standard_normal(500)]
    with pytest.raises(dc.DataError, match="does not vary"):
        describe(values, only_noise=slice(0, 100))
    for empty in (np.full(100, np.nan), np.r_[np.arange(9.0), np.full(400, np.nan)]):
        with pytest.raises(dc.DataError, match="at least 32"):
            describe(empty, only_noise=slice(0, 100))


def test_stretch_that_ends_before_it_starts_is_a_fault_of_the_settings():
    assert "exchange them" in dc.RunConfig(noise=NoiseConfig(start=2.0, stop=1.0)).problems()[0]


@pytest.mark.parametrize("method", ["instant", "wavelet", "savgol"])
def test_methods_believe_what_is_said(method):
    rng = np.random.default_rng(0)
    clean = 2.0 * np.sin(np.arange(3000) / 40.0)
    values = clean + COLOURS["low-passed"](rng.standard_normal(3000))
    series = dc.Series.of(values, rate_hz=100.0)
    weak, right = (dc.denoise(series, method=method, noise=NoiseConfig(level=level)) for level in (0.02, 0.7))
    assert (weak.noise_sd, right.noise_sd) == (0.02, 0.7)
    removed = [float(np.std(series.values - one.values)) for one in (weak, right)]
    assert removed[0] < 0.5 * removed[1]


def test_a_stated_level_is_that_before_prewhitening():
    from denoise_core.dataset.preprocessing import preprocess
    from denoise_core.model.features import noise_sd_along

    values = recording("AR(1)", 0, N)[0]
    config = dc.RunConfig().replace("input.whiten", 0.8).replace("noise.level", 1.0)
    preprocessed = preprocess(dc.Series.of(values), config).series
    assert np.mean(noise_sd_along(preprocessed, config)) == pytest.approx(0.6, rel=0.1)


def test_a_model_file_keeps_what_is_removed_and_forgets_what_was_said_of_one_recording(tmp_path):
    from tests.common import small_config

    series = dc.Series.of(recording("white", 0, 1000)[0][:600], rate_hz=100.0)
    config = small_config({"noise.remove_drift": True, "noise.start": 0.0, "noise.stop": 3.0})
    trained = dc.fit(series, config)
    trained.save(tmp_path / "a.denoiser")
    assert dc.load(tmp_path / "a.denoiser").config.noise == NoiseConfig(remove_drift=True)


def test_noise_that_grows_with_the_signal_is_told_from_noise_that_does_not():
    rng = np.random.default_rng(0)
    signal = 5.0 + 4.0 * np.sin(np.arange(5000) / 50.0)
    noise = rng.standard_normal(5000)
    assert grows_with_signal(np.sqrt(signal) * noise, signal)
    assert not any(grows_with_signal(rng.standard_normal(5000), signal) for _ in range(20))
    assert not grows_with_signal(noise[:100], signal[:100])
