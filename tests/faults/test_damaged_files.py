"""Forty single damaged files: whoever looks finds what is left, or is told in words what is not."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from denoise_core.errors import DenoiseError
from denoise_core.jobs import Request, Source, Store
from denoise_core.jobs.scheduling.supervisor import Supervisor
from denoise_core.jobs.storage.home import Home
from denoise_core.jobs.storage.run_folder import RunFolder
from denoise_core.series import Series
from denoise_core.training.events import Ended
from tests.jobs.conftest import small, state_is, until

pytestmark = pytest.mark.slow

OF_A_RUN = ("spec.json", "state.json", "data.npz", "metrics.jsonl", "result.npz", "model.denoiser", "worker.json", "heartbeat")
OF_ALL = ("index.sqlite", "queue.json", "machine.json")
TOLD = ("spec.json", "state.json", "data.npz", "result.npz", "model.denoiser")
"""Of these files' damage somebody must be told; that of the others is healed."""
DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda _: b"",
    "cut": lambda raw: raw[: len(raw) // 2],
    "flipped": lambda raw: raw[: len(raw) // 3] + bytes([raw[len(raw) // 3] ^ 0x15] if raw else []) + raw[len(raw) // 3 + 1 :],
}
LOOKS: dict[str, Callable[[Store, str], object]] = {
    "run": Store.run,
    "metrics": Store.metrics,
    "series": Store.series,
    "estimate": Store.estimate,
    "model": Store.model_path,
}


@pytest.fixture
def finished(store: Store, submit: Callable[..., str], supervise: Callable[..., Supervisor]) -> str:
    """A run with a result."""
    run_id = submit(epochs=1)
    supervisor = supervise()
    until(state_is(store, run_id, "done"), beside=supervisor.tick)
    supervisor.tick()
    return run_id


@pytest.mark.parametrize("damage", [*DAMAGES, "deleted"])
def test_each_damaged_file_leaves_the_rest_and_is_told_in_words(
    finished: str,
    store: Store,
    home: Home,
    owner: str,
    damage: str,
) -> None:
    places = [home.runs / finished / name for name in OF_A_RUN] + [home.path / name for name in OF_ALL]
    unspoilt = {name: look(store, finished) for name, look in LOOKS.items()}
    for path in places:
        whole = path.read_bytes()
        _spoil(path, damage)
        for name, look in LOOKS.items():
            error = _error_of(look, store, finished)
            assert error is None or (path.name in TOLD and re.search(r"damaged|no longer here|no (result|model)", error)), (
                path,
                name,
            )
        if path.parent == home.path or (path.name == "state.json" and damage != "flipped"):
            assert store.run(finished).has_result
        assert len(store.runs(owner)) <= 1
        path.write_bytes(whole)
    assert store.run(finished) == unspoilt["run"]


@pytest.mark.parametrize("damage", [*DAMAGES, "deleted"])
def test_whatever_became_of_its_metrics_a_run_that_has_ended_says_how_in_the_last_of_its_events(
    finished: str, store: Store, home: Home, damage: str
) -> None:
    _spoil(home.runs / finished / "metrics.jsonl", damage)
    events, there = store.metrics(finished)
    assert events[-1] == Ended(state="done", reason="")
    assert [event for event in events if isinstance(event, Ended)] == events[-1:]
    assert store.metrics(finished, after=there)[1] == there


def test_metrics_of_a_run_with_a_state_of_unknown_parts_are_told_to_be_damaged(finished: str, store: Store, home: Home) -> None:
    state = home.runs / finished / "state.json"
    state.write_bytes(state.read_bytes().replace(b'"reason"', b'"reaso{"'))
    (home.runs / finished / "metrics.jsonl").write_bytes(b"")
    with pytest.raises(DenoiseError, match="damaged"):
        store.metrics(finished)


@pytest.mark.parametrize("damage", [*DAMAGES, "deleted"])
def test_with_any_file_of_the_house_damaged_the_next_run_is_trained_and_listed(
    store: Store,
    submit: Callable[..., str],
    supervise: Callable[..., Supervisor],
    home: Home,
    owner: str,
    damage: str,
) -> None:
    supervisor, first = supervise(), submit(epochs=1)
    until(state_is(store, first, "done"), beside=supervisor.tick)
    for name in OF_ALL:
        _spoil(home.path / name, damage)
    second = submit(epochs=1)
    until(state_is(store, second, "done"), beside=supervisor.tick)
    supervisor.tick()
    assert {run.id for run in store.runs(owner)} == {first, second}
    assert {run.id for run in Store(home.path).runs(owner)} == {first, second}


@pytest.mark.parametrize("damage", [*DAMAGES, "deleted"])
def test_a_damaged_upload_is_told_and_healed_by_uploading_it_again(store: Store, home: Home, damage: str) -> None:
    data = b"a;b\n1;2\n" * 100
    digest = store.put_input(data, "a.csv")
    for name in ("bytes", "name.json"):
        _spoil(home.inputs / digest / name, damage)
        if name == "bytes":
            with pytest.raises(DenoiseError, match="Upload it again"):
                store.input_path(digest)
        assert store.put_input(data, "a.csv") == digest
        assert store.input_path(digest).read_bytes() == data


def test_a_waiting_run_with_each_file_damaged_holds_up_no_other(
    store: Store,
    series: Series,
    owner: str,
    home: Home,
    supervise: Callable[..., Supervisor],
) -> None:
    source = Source(input=store.put_input(b"1\n2\n", "a.csv"))
    request, bad = Request.to_train(series, small(1)), []
    for name in ("spec.json", "state.json", "data.npz"):
        for damage in DAMAGES:
            bad.append(store.submit(request, owner=owner, title=f"{damage} {name}", source=source))
            _spoil(home.runs / bad[-1] / name, damage)
    good = store.submit(request, owner=owner, title="", source=source)
    supervisor = supervise(slots=("cpu:0", "cpu:1"))
    until(state_is(store, good, "done"), beside=supervisor.tick)
    until(lambda: all(_is_settled(store, run_id) for run_id in bad), beside=supervisor.tick)
    assert np.isfinite(store.estimate(good).values).all()
    assert store.run(good).state == "done"


def _error_of(look: Callable[[Store, str], object], store: Store, run_id: str) -> str | None:
    try:
        look(store, run_id)
    except DenoiseError as error:
        return str(error)
    return None


def _is_settled(store: Store, run_id: str) -> bool:
    """Ended with a reason, or told to be unreadable."""
    try:
        return RunFolder(store.home / "runs" / run_id).entry().ended
    except DenoiseError:
        return True


def _spoil(path: Path, damage: str) -> None:
    if damage == "deleted":
        path.unlink()
    else:
        path.write_bytes(DAMAGES[damage](path.read_bytes()))
