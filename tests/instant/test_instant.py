"""The instant denoiser: laws, lengths, gaps, bad input, and what it is worth on signals that it has not seen."""

import itertools
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

import denoise_core as dc
from denoise_core import noise, signals
from denoise_core.errors import DataError, SettingsError
from denoise_core.instant import denoiser, normalisation, session
from denoise_core.instant.conditioning import CONDITIONS
from denoise_core.instant.effort import EFFORTS
from denoise_core.instant.pretraining import synthetic
from denoise_core.instant.pretraining.network import INPUTS, MULTIPLE, UNet, warm_start
from denoise_core.noise.time_frequency import BINS
from denoise_core.series import Series
from tests.benchmarks import instruments, repeating
from tests.common import gain_db

FOLDER = Path(session.__file__).parent


def instantly(values, **others) -> dc.Estimate:
    return dc.denoise(Series.of(values), method="instant", **others)


def noisy_heartbeats(n: int, *, snr: float = 3.0, seed: int = 0):
    rng = np.random.default_rng(seed)
    clean = signals.ecg_like(n, rng)
    return clean, signals.add_noise(clean, snr=snr, rng=rng)


def test_the_exported_network_equals_the_torch_network():
    weights = session.WEIGHTS
    network = UNet()
    warm_start(network, load_file(weights.with_suffix(".safetensors")))
    rng = np.random.default_rng(0)
    for windows, length in ((1, 32), (3, 1056), (2, 1024)):
        inputs = np.stack([10 * rng.standard_normal((windows, length)), rng.random((windows, length)) < 0.9], axis=1)
        others = 0.3 * rng.standard_normal((windows, INPUTS - 2, length))
        inputs = np.concatenate([inputs, others], axis=1).astype(np.float32)
        conditions = 0.5 * rng.standard_normal((windows, CONDITIONS)).astype(np.float32)
        with torch.no_grad():
            expected = network(torch.from_numpy(inputs), torch.from_numpy(conditions)).numpy()
        np.testing.assert_allclose(session.run(inputs, conditions, weights), expected, atol=1e-5, rtol=1e-5)


def test_the_weights_are_small_enough_to_ship_and_the_grid_is_the_networks():
    assert sum(file.stat().st_size for file in FOLDER.glob("pretrained*")) <= 16 * 2**20
    assert session.MULTIPLE == MULTIPLE


@pytest.mark.parametrize(("factor", "offset"), [(1000.0, 0.0), (-1.0, 0.0), (0.37, -5.0), (-2e-9, 3e-8), (1e80, 0.0), (4.0, 1e6)])
def test_the_estimate_follows_scale_sign_and_offset(factor, offset):
    _, noisy = noisy_heartbeats(700)
    plain, moved = instantly(noisy), instantly(factor * noisy + offset)
    tolerance = abs(factor) * 1e-5 + 1e-9 * abs(offset)
    np.testing.assert_allclose(moved.values, factor * plain.values + offset, atol=tolerance, rtol=0)
    np.testing.assert_allclose(moved.sd, abs(factor) * plain.sd, rtol=1e-3)


def test_the_sampling_rate_does_not_matter():
    _, noisy = noisy_heartbeats(300)
    fast = dc.denoise(Series.of(noisy, rate_hz=1e6), method="instant")
    np.testing.assert_array_equal(fast.values, instantly(noisy).values)


@pytest.mark.parametrize("n", [8, 9, 100, 1023, 5000])
def test_every_length_gets_a_finite_estimate_with_its_sd(n):
    _, noisy = noisy_heartbeats(n)
    estimate = instantly(noisy)
    assert estimate.method == "instant"
    assert estimate.values.shape == estimate.sd.shape == (n,)
    assert np.isfinite(estimate.values).all()
    assert (estimate.sd > 0).all()
    assert estimate.noise_sd > 0


@pytest.mark.parametrize("quickly", [True, False])
@pytest.mark.parametrize("n", [2047, 2048, 2049, 2048 + 1536, 2048 + 1537])
def test_windows_are_joined_without_a_seam(n, quickly, monkeypatch):
    _, noisy = noisy_heartbeats(n)
    effort = EFFORTS[0] if quickly else EFFORTS[-1]
    monkeypatch.setattr(denoiser, "efforts", lambda _: itertools.repeat(effort))
    joined = instantly(noisy)
    monkeypatch.setattr(denoiser, "WINDOW", 8192)
    whole = instantly(noisy)
    # The centre of a window and its place on the network's grid differ from those of the whole, and so does what comes again.
    least, mean = (0.5, 0.05) if quickly else (1.5, 0.2)
    np.testing.assert_allclose(joined.values, whole.values, atol=least * whole.noise_sd)
    assert np.sqrt(np.mean((joined.values - whole.values) ** 2)) < mean * whole.noise_sd


@pytest.mark.parametrize("effort", EFFORTS[:-1])
def test_a_long_series_is_denoised_more_quickly_under_the_same_law_and_little_worse(effort, monkeypatch):
    clean, noisy = noisy_heartbeats(9000)
    careful = instantly(noisy)
    monkeypatch.setattr(denoiser, "efforts", lambda _: itertools.repeat(effort))
    quick, turned = instantly(noisy), instantly(5.0 - 3.0 * noisy)
    assert not np.array_equal(quick.values, careful.values)
    np.testing.assert_allclose(turned.values, 5.0 - 3.0 * quick.values, atol=1e-4)
    # The first weights gained 10.73 dB with care; what they left to the quick modes still holds.
    assert gain_db(noisy, quick.values, clean) > 10.73 - 1.53
    assert gain_db(noisy, quick.values, clean) > gain_db(noisy, careful.values, clean) - 1.75


@pytest.mark.parametrize("error", [0.6, 1.5])
def test_a_noise_level_stated_wrongly_is_corrected_by_more_than_half(error, monkeypatch):
    clean, noisy = noisy_heartbeats(4096)
    right = instantly(noisy)
    monkeypatch.setattr(normalisation, "local_noise_sd", lambda values, described: (error * described.along(len(values)), False))
    wrong = instantly(noisy)
    assert abs(np.log(wrong.noise_sd / right.noise_sd)) < 0.5 * abs(np.log(error))
    assert gain_db(noisy, wrong.values, clean) > gain_db(noisy, right.values, clean) - 1.5


def test_coloured_noise_is_removed_by_more_than_if_it_were_taken_as_white(monkeypatch):
    rng = np.random.default_rng(3)
    clean = signals.pressure_steps(4096, rng)
    noisy = clean + clean.std() / 3 * signals.ar1_noise(4096, rng, rho=0.8)
    estimate = instantly(noisy)
    assert 0.75 < np.mean(np.abs(estimate.values - clean) < 1.645 * estimate.sd) < 0.99
    described = noise.describe
    monkeypatch.setattr(normalisation.noise, "describe", lambda values: replace(described(values), power=None))
    assert gain_db(noisy, estimate.values, clean) > gain_db(noisy, instantly(noisy).values, clean) + 1.0


@pytest.mark.parametrize("cut", [0.1, 0.25])
def test_low_passed_noise_is_removed_and_the_band_covers_what_it_says(cut):
    rng = np.random.default_rng(3)
    clean = signals.pressure_steps(4096, rng)
    noisy = clean + clean.std() / 3 * instruments.band_limited(rng, 4, cut, 4096)
    estimate = instantly(noisy)
    assert gain_db(noisy, estimate.values, clean) > 6.0
    assert 0.8 < np.mean(np.abs(estimate.values - clean) < 1.645 * estimate.sd) < 0.99


@pytest.mark.parametrize("snr", [3, 10])
def test_chirps_over_the_whole_band_are_not_taken_for_noise(snr):
    clean, noisy = instruments.pair("crossing chirps", snr, "white", 5)
    assert gain_db(noisy, instantly(noisy).values, clean) > 3.0


@pytest.mark.parametrize("snr", [3, 10])
@pytest.mark.parametrize("kind", ["white", "drifting"])
def test_knocks_that_never_pause_come_back_unharmed(kind, snr):
    for seed in (50, 51):
        clean, noisy = instruments.pair("knocks", snr, kind, seed)
        assert gain_db(noisy, instantly(noisy).values, clean) > 0.0


def test_spikes_go_with_the_noise(monkeypatch):
    clean, noisy = noisy_heartbeats(4096)
    spiky = noisy + signals.spikes(4096, np.random.default_rng(1), share=0.02, size=10.0 * clean.std() / 3)
    gone = gain_db(spiky, instantly(spiky).values, clean)
    monkeypatch.setattr(normalisation, "_MANY_SPIKES", 1.1)
    assert gone > gain_db(spiky, instantly(spiky).values, clean) + 5.0


def test_gaps_stay_gaps_and_hardly_disturb_the_rest():
    clean, noisy = noisy_heartbeats(2048)
    gappy = noisy.copy()
    gappy[500:560] = np.nan
    gappy[np.random.default_rng(1).random(2048) < 0.05] = np.nan
    estimate, seen = instantly(gappy), ~np.isnan(gappy)
    np.testing.assert_array_equal(np.isnan(estimate.values), ~seen)
    np.testing.assert_array_equal(np.isnan(estimate.sd), ~seen)
    full = gain_db(noisy[seen], instantly(noisy).values[seen], clean[seen])
    assert gain_db(gappy[seen], estimate.values[seen], clean[seen]) > full - 1.5


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (np.full(50, 2.5), "2.5 at every sample"),
        (np.r_[np.full(40, np.nan), 1.0], "has 1 samples"),
        ([3.0], "has 1 samples"),
        (
            np.tile([-1.7e300, 1.7e300], 30),
            r"is -1\.7e\+300, which is too large to compute with",
        ),
        (np.full(9, np.nan), "no numbers at all"),
    ],
)
def test_what_cannot_be_denoised_is_refused_in_words(values, message):
    with pytest.raises(DataError, match=message):
        instantly(values)


RNG = np.random.default_rng(2)
ODD_SERIES = {
    "tiny": RNG.standard_normal(64) * 1e-95,
    "largest": RNG.choice([-9e99, 9e99], 64),
    "offset of 1e90": 1e90 + 1e76 * RNG.standard_normal(64),
    "one spike": np.r_[np.zeros(40), 1.0, np.zeros(23)],
    "two levels": np.repeat([0.0, 1.0], 32),
    "straight line": np.arange(64.0),
    "no noise": np.sin(np.arange(200) / 20),
    "counts": RNG.poisson(0.2, 300).astype(float),
    "spike of 1e9": np.where(np.arange(300) == 150, 1e9, RNG.standard_normal(300)),
    "every other missing": np.where(np.arange(100) % 2 == 0, RNG.standard_normal(100), np.nan),
}


@pytest.mark.parametrize("name", ODD_SERIES)
def test_odd_series_get_a_finite_estimate_within_their_range(name):
    values = ODD_SERIES[name]
    seen = ~np.isnan(values)
    estimate = instantly(values)
    assert np.isfinite(estimate.values[seen]).all()
    assert np.isfinite(estimate.sd[seen]).all()
    slack = 6 * (estimate.noise_sd or 0.0)
    assert estimate.values[seen].min() >= values[seen].min() - slack
    assert estimate.values[seen].max() <= values[seen].max() + slack


def test_noise_that_moves_a_hundredfold_within_few_samples_is_removed_as_well():
    rng = np.random.default_rng(0)
    clean, place = signals.blocks(2048), np.arange(2048) / 2048
    level = 0.02 + np.exp(-300 * (place - 0.2) ** 2) + np.exp(-900 * (place - 0.7) ** 2)
    noisy = clean + level * rng.standard_normal(2048)
    assert gain_db(noisy, instantly(noisy).values, clean) > 10.0


def test_it_has_no_settings():
    with pytest.raises(SettingsError, match=r"'window' is not a setting of instant: it has none\. Leave it out\."):
        instantly(noisy_heartbeats(100)[1], window=5)


def test_the_instant_method_imports_no_torch():
    program = (
        "import sys, numpy as np, denoise_core as dc\n"
        "dc.denoise(dc.Series.of(np.random.default_rng(0).standard_normal(500)), method='instant')\n"
        "sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


@pytest.mark.parametrize(("name", "least"), [("ecg_like", 9.0), ("vibration", 3.0), ("bumps", 9.0), ("blocks", 10.0)])
def test_it_removes_noise_from_signals_that_it_has_not_seen(name, least):
    rng = np.random.default_rng(4)
    clean = signals.SIGNALS[name](2048, rng)
    noisy = signals.add_noise(clean, snr=3.0, rng=rng)
    assert gain_db(noisy, instantly(noisy).values, clean) > least


@pytest.mark.parametrize("snr", [1.0, 3.0])
def test_its_band_covers_what_it_says_on_held_out_synthetic_signals(snr):
    rng = np.random.default_rng(2**31 + 7)
    clean = synthetic.clean_signals(rng, 24, 1024)
    noisy = clean + rng.standard_normal(clean.shape) / snr
    estimates = [instantly(row) for row in noisy]
    inside = [np.abs(e.values - truth) < 1.645 * e.sd for e, truth in zip(estimates, clean, strict=True)]
    assert 0.8 < np.mean(inside) < 0.97


def test_a_signal_that_was_taken_for_coloured_noise_is_noticed_by_its_period(monkeypatch):
    clean, noisy = repeating.pair("energy", 2048, 10.0, 1)
    described = noise.describe
    red = 1.0 / (1.0 + (np.arange(BINS) / 3.0) ** 2)
    wrong = {"power": red, "sd": 0.6 * float(clean.std())}
    monkeypatch.setattr(normalisation.noise, "describe", lambda values: replace(described(values), **wrong))
    noticed = gain_db(noisy, instantly(noisy).values, clean)
    monkeypatch.setattr(denoiser, "_fallbacks", lambda *_: ())
    assert noticed > gain_db(noisy, instantly(noisy).values, clean) + 3.0
    assert noticed > -0.1
