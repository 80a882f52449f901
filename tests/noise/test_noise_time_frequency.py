"""The noise's spectrum from one record: its laws, and what it is worth on signals and noise that it was not trained on."""

import numpy as np
import pytest
import torch
from scipy.signal import lfilter

from denoise_core import signals
from denoise_core.instant.pretraining.spectrum_network import SpectrumNetwork
from denoise_core.noise import describe, spectrum_estimator
from denoise_core.noise.fusion import correlation_length, fuse
from denoise_core.noise.power_spectrum import autocovariance, mean_power, relative_power
from denoise_core.noise.spectrum_estimator import NoiseSpectrum, estimate_spectrum
from denoise_core.noise.time_frequency import BINS, CHANNELS, FRAME, features
from tests.benchmarks import instruments

FREQUENCY = np.arange(BINS) / FRAME


def white(n: int = 4096, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal(n)


def test_scale_sign_and_offset_move_the_reference_alone():
    values = np.cumsum(white()) + white(seed=1)
    plain, reference = features(values)
    moved, other = features(-300.0 * values + 1e4)
    np.testing.assert_allclose(moved, plain, atol=1e-6)
    assert other == pytest.approx(reference + 2.0 * np.log(300.0), abs=1e-6)


def test_white_noise_has_the_same_median_power_at_each_frequency():
    found, reference = features(white(200_000))
    assert found.shape == (CHANNELS, BINS)
    assert found[6, 3:-3].std() < 0.05
    assert reference == pytest.approx(np.log(np.log(2.0)), abs=0.05)


@pytest.mark.parametrize("n", [8, 127, 300])
def test_a_short_record_has_none(n):
    assert estimate_spectrum(white(n)) is None


def test_numpy_and_torch_say_the_same():
    network = SpectrumNetwork()
    network.load_state_dict({name: torch.from_numpy(value) for name, value in spectrum_estimator._weights().items()})
    rows = spectrum_estimator.network_inputs(features(np.cumsum(white()))[0], 4096)
    with torch.no_grad():
        bins, level = network(torch.from_numpy(rows)[None])
    ours = spectrum_estimator._forward(rows)
    np.testing.assert_allclose(ours[0], bins[0].numpy(), atol=1e-4)
    np.testing.assert_allclose(ours[1], level[0].numpy(), atol=1e-4)


def test_a_spectrum_has_the_variance_and_autocovariance_of_its_noise():
    power = 2.5 / np.abs(1.0 - 0.5 * np.exp(-2j * np.pi * FREQUENCY)) ** 2
    assert mean_power(power) == pytest.approx(2.5 / 0.75, rel=1e-3)
    np.testing.assert_allclose(autocovariance(power)[:6] / mean_power(power), 0.5 ** np.arange(6), atol=1e-3)
    assert mean_power(relative_power(power)) == pytest.approx(1.0)
    assert correlation_length(power) == 4


def test_an_ar1_fit_fills_in_what_the_record_does_not_tell_and_white_noise_stays_white():
    uncertain = NoiseSpectrum(power=np.ones(BINS), power_error=np.full(BINS, 5.0), sd=1.0, sd_error=5.0, white=0.0)
    fused = fuse(uncertain, 0.8, 2.0, differences=9.0, samples=2048, least=None)
    assert fused.sd == pytest.approx(2.0, rel=0.01)
    assert fused.power[1] > 20 * fused.power[-1]
    certain = NoiseSpectrum(power=np.ones(BINS), power_error=np.ones(BINS), sd=1.0, sd_error=0.1, white=0.9)
    assert fuse(certain, 0.8, 2.0, differences=9.0, samples=2048, least=None)[:3] == (1.0, 0.1, None)


def test_a_hardly_known_level_is_lowered_and_by_how_much_is_kept():
    spectrum = NoiseSpectrum(power=np.ones(BINS), power_error=np.ones(BINS), sd=1.0, sd_error=2.0, white=0.0)
    fused = fuse(spectrum, 0.0, 1.0, differences=9.0, samples=2048, least=None)
    assert fused.sd < 0.6
    assert fused.sd * np.exp(fused.lowered) == pytest.approx(1.0)


def test_white_noise_as_strong_as_its_differences_is_known_well():
    spectrum = NoiseSpectrum(power=np.ones(BINS), power_error=np.ones(BINS), sd=1.0, sd_error=0.5, white=0.9)
    assert fuse(spectrum, 0.0, 1.0, differences=1.0, samples=10_000, least=None).error == pytest.approx(0.05)
    assert fuse(spectrum, 0.0, 1.0, differences=1.35, samples=10_000, least=None).error == pytest.approx(0.3, abs=0.01)


def test_noise_is_no_stronger_than_differences_and_minimum_statistics_allow():
    spectrum = NoiseSpectrum(power=np.ones(BINS), power_error=np.ones(BINS), sd=1.0, sd_error=0.1, white=0.9)
    for samples, most in ((100, 0.55), (2500, 0.525)):
        assert fuse(spectrum, 0.0, 1.0, differences=0.5, samples=samples, least=None).sd == pytest.approx(most)
    assert fuse(spectrum, 0.0, 1.0, differences=9.0, samples=2048, least=0.04).sd < 0.4


@pytest.mark.parametrize("name", ["bumps", "blocks", "pressure_steps", "ecg_like"])
@pytest.mark.parametrize("snr", [3.0, 10.0])
def test_low_passed_noise_is_found_whatever_the_signal(name, snr):
    rng = np.random.default_rng(5)
    clean = signals.SIGNALS[name](4096, rng)
    sd = clean.std() / snr
    noise = describe(clean + sd * instruments.band_limited(rng, 4, 0.25, 4096))
    assert noise.sd == pytest.approx(sd, rel=0.2)
    assert noise.power is not None
    assert noise.power[5:20].mean() > 100 * noise.power[-8:].mean()
    assert noise.gap > 1


@pytest.mark.parametrize("name", ["crossing chirps"])
@pytest.mark.parametrize("snr", [3, 10])
def test_a_signal_over_the_whole_band_is_not_taken_for_noise(name, snr):
    errors = []
    for seed in range(4):
        clean, noisy = instruments.pair(name, snr, "white", seed)
        errors.append(np.log(describe(noisy).sd / (clean.std() / snr)))
    assert np.sqrt(np.mean(np.square(errors))) < 0.4
    assert max(errors) < 0.2


def test_noise_alone_is_described_by_its_colour():
    resonant = lfilter([1.0], [1.0, -1.0, 0.8], white(9000))[1000:]
    noise = describe(resonant)
    assert noise.sd == pytest.approx(resonant.std(), rel=0.1)
    true = 1.0 / np.abs(1.0 - np.exp(-2j * np.pi * FREQUENCY) + 0.8 * np.exp(-4j * np.pi * FREQUENCY)) ** 2
    apart = np.log(noise.power / relative_power(true))[2:-2]
    assert np.sqrt(np.mean(apart**2)) < 0.35
