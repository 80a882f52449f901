"""Real trainings in real worker processes: killed, stopped, told apart from uninterrupted ones."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

from denoise_core.config import RunConfig
from denoise_core.jobs import Request, Store, ensure_supervisor
from denoise_core.jobs.scheduling.supervisor import COMMAND, Supervisor
from denoise_core.jobs.storage.home import Home
from denoise_core.jobs.storage.recorder import load_checkpoint, save_checkpoint
from denoise_core.jobs.storage.run_folder import RunFolder
from denoise_core.model import load
from denoise_core.series import Series
from denoise_core.training.events import EpochEnd, Started
from tests.jobs.conftest import small, state_is, supervisors, until, workers

pytestmark = pytest.mark.slow

Supervise = Callable[..., Supervisor]


def test_a_run_killed_twice_ends_with_the_same_bits_as_an_uninterrupted_one(
    supervise: Supervise, store: Store, series: Series, owner: str, home: Home
) -> None:
    config = small(80).replace("model.layers", 2).replace("model.dropout", 0.2)
    supervisor = supervise(command=COMMAND)
    whole, broken = (store.submit(Request.to_train(series, config), owner=owner, title="") for _ in range(2))
    until(state_is(store, whole, "done"), beside=supervisor.tick)
    for crash in (1, 2):
        until(lambda crash=crash: epochs_told(store, broken, crash) >= 10, beside=supervisor.tick)
        (worker,) = workers(home)
        worker.kill()
        until(lambda crash=crash: RunFolder(home.runs / broken).status().crashes == crash, beside=supervisor.tick)
    until(state_is(store, broken, "done"), beside=supervisor.tick)
    assert weights(store, whole) == weights(store, broken)
    assert store.estimate(whole).values.tobytes() == store.estimate(broken).values.tobytes()
    assert store.blend(whole).chosen.values.tobytes() == store.blend(broken).chosen.values.tobytes()
    assert losses(store, whole) == losses(store, broken)
    assert all(epochs_told(store, broken, worker) >= 10 for worker in (1, 2, 3))
    assert [epoch for epoch, *_ in losses(store, broken)] == list(range(1, 81))


def test_a_network_for_two_series_is_applied_again_with_the_same_bits(
    supervise: Supervise, store: Store, series: Series, owner: str
) -> None:
    supervisor = supervise(command=COMMAND)
    pair = [series, Series(values=40.0 - 3.0 * series.values[::-1], time=series.time, name="pressure")]
    trained = store.submit(Request.to_train(pair, small(4)), owner=owner, title="")
    until(state_is(store, trained, "done"), beside=supervisor.tick)
    model = store.put_input(store.model_path(trained).read_bytes(), "pump.denoiser")
    assert store.model_header(model, name="pump.denoiser").channels == ("flow", "pressure")
    applied = store.submit(store.request_to_apply(pair[::-1], model, name="pump.denoiser"), owner=owner, title="")
    until(state_is(store, applied, "done"), beside=supervisor.tick)
    for i in (0, 1):
        again, first = store.estimate(applied, 1 - i), store.estimate(trained, i)
        assert again.values.tobytes() == first.values.tobytes()
        assert again.sd is not None
        assert first.sd is not None
        assert again.sd.tobytes() == first.sd.tobytes()
        assert abs(float(np.mean(first.values)) - float(np.mean(pair[i].values))) < float(np.std(pair[i].values))
    assert store.run(applied).spec.config == small(4)


def epochs_told(store: Store, run_id: str, worker: int) -> int:
    """How many epochs the first, second ... worker of a run has told of, none of which an earlier one had."""
    counts = [0]
    for event in store.metrics(run_id)[0]:
        if isinstance(event, Started):
            counts.append(0)
        elif isinstance(event, EpochEnd):
            counts[-1] += 1
    return counts[worker] if worker < len(counts) else 0


def weights(store: Store, run_id: str) -> dict[str, bytes]:
    network = load(store.model_path(run_id)).network
    return {name: tensor.numpy().tobytes() for name, tensor in network.state_dict().items()}


def losses(store: Store, run_id: str) -> list[tuple[int, float, float, int]]:
    epochs = [event for event in store.metrics(run_id)[0] if isinstance(event, EpochEnd)]
    return [(epoch.epoch, epoch.train_loss, epoch.valid_loss, epoch.best_epoch) for epoch in epochs]


def test_stop_keeps_the_best_epoch_of_a_real_training(home: Home, store: Store, series: Series, owner: str) -> None:
    run_id = store.submit(Request.to_train(series, small(2000)), owner=owner, title="")
    ensure_supervisor(home.path)
    until(lambda: store.run(run_id).epochs_done >= 3)
    store.stop(run_id)
    until(state_is(store, run_id, "stopped"))
    run, model, estimate = store.run(run_id), load(store.model_path(run_id)), store.estimate(run_id)
    assert run.epochs_done < 2000
    assert model.best_epoch == run.best_epoch == min(losses(store, run_id), key=lambda epoch: (epoch[2], -epoch[0]))[0]
    assert np.allclose(model.denoise(series).values, estimate.values, rtol=0, atol=1e-5)
    assert np.std(estimate.values - series.values) > 0
    supervisors(home)[0].terminate()


def test_a_training_that_cannot_work_fails_in_words(supervise: Supervise, store: Store, series: Series, owner: str) -> None:
    config: RunConfig = small(3).replace("training.device", "cuda")
    run_id = store.submit(Request.to_train(series, config), owner=owner, title="")
    until(state_is(store, run_id, "failed"), beside=supervise(command=COMMAND).tick)
    assert "this machine has no such device" in store.run(run_id).reason


@pytest.mark.parametrize("at", [0.2, 0.5, 0.9])
def test_one_flipped_bit_in_a_checkpoint_is_noticed(tmp_path: Path, at: float) -> None:
    path = tmp_path / "checkpoint.pt"
    save_checkpoint(path, {"epoch": 3, "network": {"weight": torch.arange(4000.0)}})
    raw = bytearray(path.read_bytes())
    assert load_checkpoint(path)["epoch"] == 3
    raw[int(at * len(raw))] ^= 1
    path.write_bytes(raw)
    with pytest.raises(zipfile.BadZipFile, match="damaged"):
        load_checkpoint(path)
