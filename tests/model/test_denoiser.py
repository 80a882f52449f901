"""A trained network denoises series of any length, without seams, and survives its own file."""

import json
from dataclasses import replace

import numpy as np
import pytest
from safetensors.torch import save_file

from denoise_core import DataError, RunConfig, Series, fit, load
from denoise_core.model import denoiser as room
from denoise_core.model.features import NetworkInput
from denoise_core.signals import add_noise, vibration

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def noisy():
    rng = np.random.default_rng(0)
    return Series.of(add_noise(vibration(9000, rng), snr=3, rng=rng))


@pytest.fixture(scope="module")
def trained(noisy):
    config = RunConfig().replace("model.hidden_size", 16).replace("training.epochs", 8).replace("training.device", "cpu")
    return fit(noisy, config)


def test_the_result_does_not_depend_on_where_the_windows_were_cut(trained, noisy, monkeypatch):
    usual = trained.denoise(noisy).values
    for core in (700, 1999):
        monkeypatch.setattr(room, "CORE", core)
        difference = np.abs(trained.denoise(noisy).values - usual).max()
        assert difference < 1e-4 * usual.std()


@pytest.mark.parametrize("n", [8, 127, 2047, 2048, 2049, 4099])
def test_any_length_is_denoised(trained, noisy, n):
    estimate = trained.denoise(Series.of(noisy.values[:n]))
    assert estimate.values.shape == estimate.sd.shape == (n,)
    assert np.isfinite(estimate.values).all()
    assert (estimate.sd >= 0).all()


def test_a_prediction_does_not_see_its_own_sample_and_sees_its_neighbours(trained, noisy):
    part = Series.of(noisy.values[:500])
    disturbed = replace(part, values=part.values + 10.0 * (np.arange(500) == 250))
    (channel,) = trained.channels.values()
    given = (
        NetworkInput.of(series, trained.config, scaler=channel.scaler, noise_sd=np.ones(500), channels=("value",))
        for series in (part, disturbed)
    )
    before, after = (trained.predict(one, slice(0, 500))[0] for one in given)
    assert before[250] == after[250]
    assert before[249] != after[249]


@pytest.mark.parametrize("where", [slice(0, 400), slice(1900, 2300), slice(5000, 5001), slice(8700, 9000), slice(0, 9000)])
def test_the_estimate_of_a_stretch_is_that_stretch_of_the_estimate(trained, noisy, where):
    (channel,) = trained.channels.values()
    given = NetworkInput.of(noisy, trained.config, scaler=channel.scaler, noise_sd=np.full(9000, 0.3), channels=("value",))
    whole, stretch = trained.estimate(given), trained.estimate(given, where)
    tolerance = {"rtol": 0, "atol": 1e-6 * whole.values.std()}
    np.testing.assert_allclose(stretch.values, whole.values[where], **tolerance)
    np.testing.assert_allclose(stretch.sd, whole.sd[where], **tolerance)


def test_a_model_file_gives_the_same_estimate_bit_for_bit(trained, noisy, tmp_path):
    trained.save(tmp_path / "pump.denoiser")
    again = load(tmp_path / "pump.denoiser")
    np.testing.assert_array_equal(again.denoise(noisy).values, trained.denoise(noisy).values)
    assert (again.config, again.best_epoch, again.history) == (trained.config, trained.best_epoch, trained.history)


def _rewrite(path, **changes):
    from safetensors import safe_open

    with safe_open(path, framework="pt") as file:
        metadata, tensors = file.metadata(), {k: file.get_tensor(k) for k in file.keys()}  # noqa: SIM118
    about = json.loads(metadata["about"])
    about["config"]["model"].update(changes.get("model", {}))
    metadata = {"format": changes.get("format", metadata["format"]), "about": json.dumps(about)}
    save_file(tensors, path, metadata=metadata)


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda p: p.write_bytes(p.read_bytes()[:2000]), "is incomplete: it ends [0-9,]+ bytes too early"),
        (lambda p: p.write_bytes(b"hello"), "is not a model file"),
        (lambda p: p.unlink(), "cannot be read as a model file"),
        (
            lambda p: _rewrite(p, format="denoise-model-0"),
            "has the format denoise-model-0, but this version reads denoise-model-2",
        ),
        (lambda p: _rewrite(p, model={"hidden_size": 12}), "do not fit together"),
        (lambda p: _rewrite(p, model={"hidden_size": 10**9}), "above 512"),
    ],
)
def test_a_spoilt_model_file_is_refused_in_words(trained, tmp_path, spoil, words):
    from denoise_core import DenoiseError

    path = tmp_path / "pump.denoiser"
    trained.save(path)
    spoil(path)
    with pytest.raises(DenoiseError, match=words):
        load(path)


def test_a_constant_series_is_refused(trained):
    with pytest.raises(DataError, match="nothing to denoise"):
        trained.denoise(Series.of(np.ones(50)))
