"""Every page in Streamlit's own simulator, each test with a data folder of its own; nothing is trained here."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

import denoise_core as dc
from denoise_core.jobs import Request, Source, Store
from denoise_core.jobs.spec import Status
from denoise_core.jobs.storage import metrics
from denoise_core.jobs.storage.arrays import save_estimate
from denoise_core.jobs.storage.run_folder import RunFolder
from pages.parts import cached
from tests.jobs.events import epoch_end, started

ROOT = Path(__file__).parents[2]
WORKSPACE = "w" * 24


@pytest.fixture(autouse=True)
def store(tmp_path, monkeypatch):
    """An empty data folder with nobody who would start what is submitted."""
    monkeypatch.setenv("DENOISE_HOME", str(tmp_path))
    monkeypatch.setattr("pages.parts.cached.ensure_supervisor", lambda _: None)
    cached.store.clear()
    return Store(tmp_path)


@pytest.fixture
def app():
    """The app as a new browser finds it; call ``.run()``."""
    return AppTest.from_file(str(ROOT / "app.py"), default_timeout=30)


@pytest.fixture
def workspace():
    """Whose runs they are."""
    return WORKSPACE


@pytest.fixture
def pump():
    """A small file as an engineer uploads it: semicolons, decimal comma, two columns of which one is constant."""
    rng = np.random.default_rng(7)
    rows = [f"{i / 100:.2f};{np.sin(i / 9) + 0.2 * rng.normal():.4f};1".replace(".", ",") for i in range(600)]
    return "\n".join(["time (s);pressure (bar);state", *rows]).encode()


@pytest.fixture
def tank():
    """600 samples of four columns: two noisy ones, one with little noise, and what the first would be without noise."""
    rng, clean = np.random.default_rng(5), np.sin(np.arange(600) / 9)
    noisy = [clean + 0.2 * rng.normal(size=600), clean + 0.3 * rng.normal(size=600)]
    level = np.cos(np.arange(600) / 31) + 0.01 * rng.normal(size=600)
    table = np.column_stack([np.arange(600) / 100, *noisy, level, clean])
    rows = [f"{row[0]:.2f}," + ",".join(f"{value:.4f}" for value in row[1:]) for row in table]
    return "\n".join(["time (s),flow (l/s),pressure (bar),level (m),flow_true (l/s)", *rows]).encode()


@pytest.fixture
def submitted(store, pump):
    """A run that waits in the queue; its id."""
    source = Source(input=store.put_input(pump, "pump.csv"), file_name="pump.csv", column="pressure")
    series = dc.read(pump, name="pump.csv")["pressure"]
    return store.submit(Request.to_train(series, dc.suggest(series)), owner=WORKSPACE, title="pump.csv: pressure", source=source)


@pytest.fixture
def running(store, submitted):
    """A run with three epochs behind it; its id."""
    folder, series = RunFolder(store.home / "runs" / submitted), store.series(submitted)
    folder.write(Status(state="running", started=0.0))
    stretch = [float(v) for v in series.values[100:200]]
    metrics.append(folder.metrics, started(samples=600, epochs=40, noise_sd=0.2, preview_start=100, preview_noisy=stretch))
    for epoch, loss in enumerate((0.9, -0.2, -0.1), start=1):
        losses = {"train_loss": loss, "valid_loss": loss + 0.1, "best_epoch": min(epoch, 2), "eta_s": 30.0}
        metrics.append(folder.metrics, epoch_end(epoch=epoch, preview=stretch, **losses))
    return submitted


@pytest.fixture
def finished(store, running):
    """A run with a result; its id."""
    folder, series = RunFolder(store.home / "runs" / running), store.series(running)
    smooth = dc.denoise(series, method="savgol")
    save_estimate(folder.result, dc.Estimate(values=smooth.values, method="lstm", noise_sd=0.2))
    folder.model.write_bytes(b"model")
    folder.end("done", "")
    return running
