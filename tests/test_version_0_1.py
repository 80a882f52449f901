"""What version 0.1 left behind opens unchanged: settings file, model file, and the folder of a finished run."""

from pathlib import Path
from shutil import copytree

import numpy as np
import pytest

import denoise_core as dc
from denoise_core.jobs import Store
from denoise_core.jobs.spec import Spec
from denoise_core.jobs.storage.recorder import load_checkpoint
from denoise_core.training import Trainer
from denoise_core.training.events import EpochEnd, Finished

KEPT = Path(__file__).parent / "data" / "version-0.1"
RUN = "gax5lono7jj3sklvf77jk3ct"
NOTE = "pressure: 0.3 of each sample's predecessor was taken off for the network, and put back into its result."


@pytest.fixture
def spec():
    return Spec.from_json((KEPT / "runs" / RUN / "spec.json").read_text())


@pytest.fixture
def store(tmp_path, monkeypatch):
    """A data folder as that version left it."""
    home = copytree(KEPT, tmp_path / "home")
    monkeypatch.setenv("DENOISE_HOME", str(home))
    return Store()


@pytest.fixture
def pressure():
    return dc.read(KEPT / "pump.csv")["pressure"]


def close(values, expected):
    np.testing.assert_allclose(values, expected, rtol=0, atol=1e-5 * np.std(expected))


def test_its_settings_file_gives_the_settings_of_its_run(spec):
    config = dc.RunConfig.from_json((KEPT / "settings.json").read_text())
    assert config == spec.config
    assert (config.window.length, config.model.baseline, config.input.whiten) == (80, "linear", 0.3)
    assert config.reasons["window.length"].startswith("A quarter of the 320 samples")


@pytest.mark.parametrize("path", [KEPT / "pump.denoiser", KEPT / "runs" / RUN / "model.denoiser"])
def test_its_model_file_denoises_as_it_did(path, pressure, store):
    trained, expected = dc.load(path), store.estimate(RUN)
    estimate = trained.denoise(pressure)
    close(estimate.values, expected.values)
    close(estimate.sd, expected.sd)
    assert estimate.noise_sd == pytest.approx(expected.noise_sd)
    assert (trained.best_epoch, len(trained.history), list(trained.channels)) == (3, 3, ["pressure"])


def test_its_run_is_listed_with_result_model_and_data(store, spec, pressure):
    (run,) = store.runs(spec.owner)
    assert (run.id, run.state, run.has_result, run.spec.title) == (RUN, "done", True, "pump.csv: pressure")
    assert (run.epochs_done, run.epochs, run.best_epoch) == (3, 3, 3)
    assert dc.load(store.model_path(RUN)).config == run.spec.config
    series = store.series(RUN)
    np.testing.assert_array_equal(series.values, pressure.values)
    np.testing.assert_allclose(series.time.values, pressure.time.values)
    (to_denoise,) = store.training_set(RUN).to_denoise
    assert (to_denoise.name, to_denoise.unit) == ("pressure", "bar")


def test_the_notes_of_its_result_are_shown(store):
    estimate = store.estimate(RUN)
    assert estimate.notes == (NOTE,)
    assert estimate.settings == {"best_epoch": 3}
    assert estimate.values.shape == estimate.sd.shape == (320,)


def test_a_training_goes_on_from_its_checkpoint_to_the_model_that_it_made(store, spec):
    trainer = Trainer(store.training_set(RUN), spec.config)
    checkpoint = load_checkpoint(KEPT / "runs" / RUN / "checkpoint.pt")
    assert checkpoint["epoch"] < spec.config.training.epochs
    trainer.restore(checkpoint)
    *events, finished = trainer.run()
    assert isinstance(finished, Finished)
    assert [e.epoch for e in events if isinstance(e, EpochEnd)] == [*range(checkpoint["epoch"] + 1, 4)]
    close(finished.trained.denoise(store.series(RUN)).values, store.estimate(RUN).values)
    assert trainer.state().keys() == checkpoint.keys() | {"average", "bfloat16", "epochs"}
