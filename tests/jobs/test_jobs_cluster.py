"""Runs on the machines of a Ray cluster: a real one, whose machines are groups of processes here."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from importlib.util import find_spec

import pytest

from denoise_core.errors import RunError
from denoise_core.jobs import Request, Store, Studies
from denoise_core.jobs.scheduling import absences, slots
from denoise_core.jobs.scheduling import supervisor as supervisor_module
from denoise_core.jobs.scheduling.supervisor import COMMAND, Supervisor
from denoise_core.jobs.storage import home as home_module
from denoise_core.jobs.storage.home import Home
from denoise_core.jobs.storage.run_folder import RunFolder
from denoise_core.series import Series
from denoise_core.tuning import PRESETS, Budget
from tests.jobs.conftest import FAKE, epochs_of, small, state_is, until, worker_of
from tests.jobs.ray_cluster import RayCluster, ray_cluster
from tests.jobs.test_jobs_training import epochs_told, losses, weights

Submit = Callable[..., str]
Supervise = Callable[..., Supervisor]
BOTH = ("cpu:ray-0", "cpu:ray-1")
real = pytest.mark.skipif(find_spec("ray") is None, reason="Ray is not installed: pip install 'denoise[cluster]'")


@pytest.fixture(scope="module")
def machines() -> Iterator[RayCluster]:
    with ray_cluster(nodes=2) as started:
        yield started


@pytest.fixture
def cluster(machines: RayCluster, monkeypatch: pytest.MonkeyPatch) -> RayCluster:
    """Two machines with a processor each, and nothing running on them."""
    for name, value in machines.environment.items():
        monkeypatch.setenv(name, value)
    while len(machines.nodes) < 3:
        machines.add_node()
    until(lambda: not machines.tasks())
    return machines


def test_slots_of_the_cluster_come_after_those_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(home_module, "find_spec", lambda _: object())
    monkeypatch.setattr("sys.platform", "linux")
    for name, value in {
        "CUDA_VISIBLE_DEVICES": "",
        "DENOISE_CPU_SLOTS": "1",
        "DENOISE_RAY_GPUS": "1",
        "DENOISE_RAY_CPUS": "2",
    }.items():
        monkeypatch.setenv(name, value)
    machine = slots.machine_slots()
    assert machine == ["cpu:0", "cuda:ray-0", "cpu:ray-0", "cpu:ray-1"]
    assert slots.pool("auto", machine) == "cuda"
    assert slots.free(machine, ["cpu:0"], slots.pool("cpu", machine)) == ["cpu:ray-0", "cpu:ray-1"]
    assert "CUDA_VISIBLE_DEVICES" not in slots.variables("cuda:ray-0")
    assert slots.variables("cpu:ray-0")["CUDA_VISIBLE_DEVICES"] == ""


def test_slots_of_a_cluster_without_ray_are_refused_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(home_module, "find_spec", lambda _: None)
    assert set(home_module.cluster_slots().values()) == {0}
    monkeypatch.setenv("DENOISE_RAY_CPUS", "2")
    with pytest.raises(RunError, match="Ray is not installed"):
        home_module.check_settings()


@pytest.mark.slow
def test_what_no_machine_takes_waits_and_goes_elsewhere_only_if_its_device_is_automatic(
    store: Store, series: Series, owner: str, supervise: Supervise, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor_module, "CLUSTER_COMMAND", (sys.executable, "-c", "raise SystemExit(4)"))
    supervisor = supervise(slots=("cuda:ray-0", "cpu:0"))
    gpu, any_device = (
        store.submit(Request.to_train(series, small(2).replace("training.device", device)), owner=owner, title="")
        for device in ("cuda", "auto")
    )
    until(state_is(store, any_device, "done"), beside=supervisor.tick)
    assert RunFolder(home.runs / any_device).worker().slot == "cpu:0"
    until(lambda: store.run(gpu).waits_for == "no machine of the cluster has taken the run for 1 minute", beside=supervisor.tick)
    assert (store.run(gpu).state, store.run(any_device).waits_for) == ("queued", "")
    assert RunFolder(home.runs / gpu).status().crashes == RunFolder(home.runs / any_device).status().crashes == 0


@real
@pytest.mark.slow
def test_what_a_run_waits_for_is_told_while_the_cluster_is_out_of_reach_and_no_longer(
    store: Store, series: Series, owner: str, supervise: Supervise, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RAY_ADDRESS", "127.0.0.1:9")  # the port of a service that nobody runs
    monkeypatch.setattr(absences, "REST_S", 0.0)
    supervisor = supervise(slots=("cuda:ray-0", "cpu:0"))
    run_id = store.submit(Request.to_train(series, small(2).replace("training.device", "cuda")), owner=owner, title="")
    until(lambda: store.run(run_id).waits_for, beside=supervisor.tick)
    assert store.run(run_id).waits_for == "the cluster has been out of reach for 1 minute"
    assert store.runs(owner)[0].waits_for == store.run(run_id).waits_for
    monkeypatch.setattr(supervisor_module, "CLUSTER_COMMAND", FAKE)
    until(state_is(store, run_id, "running"), beside=supervisor.tick)
    supervisor.tick()
    assert (store.run(run_id).waits_for, home.absences()) == ("", {})
    until(state_is(store, run_id, "done"), beside=supervisor.tick)


@real
@pytest.mark.slow
def test_a_run_whose_machine_dies_goes_on_on_another_and_ends_with_the_bits_of_one_here(
    cluster: RayCluster, supervise: Supervise, store: Store, series: Series, owner: str, home: Home
) -> None:
    config = small(80).replace("model.layers", 2).replace("model.dropout", 0.2)
    here = supervise(command=COMMAND)
    whole = store.submit(Request.to_train(series, config), owner=owner, title="")
    until(state_is(store, whole, "done"), seconds=60.0, beside=here.tick)
    broken = store.submit(Request.to_train(series, config), owner=owner, title="")
    there = supervise(slots=BOTH)
    until(lambda: epochs_told(store, broken, 1) >= 10, seconds=60.0, beside=there.tick)
    (task,) = cluster.tasks()
    cluster.kill(first := cluster.node_of(task))
    until(lambda: RunFolder(home.runs / broken).status().crashes == 1, beside=there.tick)
    assert "its machine, or its process there, was gone" in RunFolder(home.runs / broken).status().reason
    (task,) = until(cluster.tasks, seconds=60.0, beside=there.tick)
    assert cluster.node_of(task) != first
    until(state_is(store, broken, "done"), seconds=60.0, beside=there.tick)
    assert weights(store, whole) == weights(store, broken)
    assert store.estimate(whole).values.tobytes() == store.estimate(broken).values.tobytes()
    assert store.blend(whole).chosen.values.tobytes() == store.blend(broken).chosen.values.tobytes()
    assert losses(store, whole) == losses(store, broken)
    assert [epoch for epoch, *_ in losses(store, broken)] == list(range(1, 81))
    assert epochs_told(store, broken, 1) >= 10
    assert epochs_told(store, broken, 2) >= 10


@real
@pytest.mark.slow
@pytest.mark.usefixtures("cluster")
def test_a_new_supervisor_adopts_the_process_that_stands_for_the_task(
    supervise: Supervise, submit: Submit, store: Store, home: Home
) -> None:
    run_id, first = submit(epochs=150), supervise(slots=BOTH)
    until(lambda: store.run(run_id).epochs_done, seconds=60.0, beside=first.tick)
    before = worker_of(home, run_id).pid
    assert RunFolder(home.runs / run_id).worker().pid == before
    second = supervise(slots=BOTH)
    until(state_is(store, run_id, "done"), seconds=60.0, beside=second.tick)
    assert RunFolder(home.runs / run_id).worker().pid == before
    assert RunFolder(home.runs / run_id).status().crashes == 0
    assert epochs_told(store, run_id, 1) == 150


@real
@pytest.mark.slow
def test_where_the_process_that_stands_for_the_task_is_killed_the_task_ends_and_the_run_goes_on(
    cluster: RayCluster, supervise: Supervise, submit: Submit, store: Store, home: Home
) -> None:
    run_id, supervisor, seen = submit(epochs=150), supervise(slots=BOTH), []

    def look() -> None:
        supervisor.tick()
        seen.append(len(cluster.tasks()))

    until(lambda: epochs_told(store, run_id, 1) >= 10, seconds=60.0, beside=look)
    (task,) = cluster.tasks()
    worker_of(home, run_id).kill()
    until(lambda: not task.is_running(), seconds=10.0)
    until(state_is(store, run_id, "done"), seconds=60.0, beside=look)
    assert max(seen) == 1
    assert RunFolder(home.runs / run_id).status().crashes == 1
    assert epochs_of(store.metrics(run_id)[0]) == list(range(1, 151))
    assert epochs_told(store, run_id, 2) > 0


@real
@pytest.mark.slow
@pytest.mark.usefixtures("cluster")
def test_a_run_with_an_automatic_device_takes_a_gpu_of_the_cluster(
    supervise: Supervise, store: Store, series: Series, owner: str, home: Home
) -> None:
    run_id = store.submit(Request.to_train(series, small(2).replace("training.device", "auto")), owner=owner, title="")
    until(state_is(store, run_id, "done"), seconds=60.0, beside=supervise(slots=("cpu:0", "cuda:ray-1")).tick)
    assert RunFolder(home.runs / run_id).worker().slot == "cuda:ray-1"


@real
@pytest.mark.slow
@pytest.mark.parametrize(("wish", "state"), [(Store.stop, "stopped"), (Store.cancel, "cancelled")])
def test_stop_and_cancel_reach_the_other_machine(
    cluster: RayCluster, supervise: Supervise, submit: Submit, store: Store, wish: Callable[[Store, str], None], state: str
) -> None:
    run_id, supervisor = submit(epochs=2000), supervise(slots=BOTH)
    until(lambda: store.run(run_id).epochs_done >= 3, seconds=60.0, beside=supervisor.tick)
    wish(store, run_id)
    until(state_is(store, run_id, state), seconds=60.0, beside=supervisor.tick)
    assert store.run(run_id).has_result == (state == "stopped")
    until(lambda: not cluster.tasks(), seconds=10.0)


@real
@pytest.mark.slow
@pytest.mark.usefixtures("cluster")
def test_the_signal_of_a_system_that_shuts_down_keeps_the_best_epoch(
    supervise: Supervise, submit: Submit, store: Store, home: Home
) -> None:
    run_id, supervisor = submit(epochs=2000), supervise(slots=BOTH)
    until(lambda: store.run(run_id).epochs_done >= 3, seconds=60.0, beside=supervisor.tick)
    worker_of(home, run_id).terminate()
    until(state_is(store, run_id, "stopped"), seconds=60.0, beside=supervisor.tick)
    assert "The operating system stopped the training" in store.run(run_id).reason


@real
@pytest.mark.slow
@pytest.mark.usefixtures("cluster")
def test_a_search_and_a_model_that_is_applied_use_the_cluster(
    supervise: Supervise, store: Store, series: Series, owner: str, home: Home
) -> None:
    supervisor, studies = supervise(slots=BOTH), Studies(home.path)
    plan = PRESETS["quick"].plan(small(4), budget=Budget(trials=2), repeats=0, pruner="none", sampler="random")
    study_id = studies.submit(series, plan, owner=owner, title="pump")
    until(lambda: studies.study(study_id).ended, seconds=180.0, beside=supervisor.tick)
    view = studies.study(study_id)
    assert {record.state for record in view.records} == {"done"}
    trials = [RunFolder(home.runs / view.run_of(record.number)) for record in view.records]
    assert {trial.worker().slot for trial in trials} == set(BOTH)
    trained = view.run_of(view.records[0].number)
    model = store.put_input(store.model_path(trained).read_bytes(), "pump.denoiser")
    applied = store.submit(store.request_to_apply(series, model, name="pump.denoiser"), owner=owner, title="")
    until(state_is(store, applied, "done"), seconds=60.0, beside=supervisor.tick)
    assert store.estimate(applied).values.tobytes() == store.estimate(trained).values.tobytes()


@real
@pytest.mark.slow
@pytest.mark.parametrize("fault", ["no such slot", "wrong token"])
def test_a_cluster_that_cannot_be_used_leaves_the_run_in_the_queue(
    cluster: RayCluster,
    supervise: Supervise,
    submit: Submit,
    store: Store,
    home: Home,
    monkeypatch: pytest.MonkeyPatch,
    fault: str,
) -> None:
    if fault == "wrong token":
        monkeypatch.setenv("RAY_AUTH_TOKEN", "0" * 64)
    run_id, supervisor = submit(), supervise(slots=("cpu:ray-7" if fault == "no such slot" else "cpu:ray-0",))
    folder = RunFolder(home.runs / run_id)
    said = "cpu:ray-7 is not there: the cluster has 2 CPUs now" if fault == "no such slot" else "The cluster cannot be reached"
    until(lambda: folder.log.exists() and said in folder.log.read_text(), seconds=60.0, beside=supervisor.tick)
    until(lambda: not supervisor._workers, beside=supervisor.tick)
    assert (store.run(run_id).state, folder.status().crashes) == ("queued", 0)
    assert store.run(run_id).waits_for.startswith("the cluster has ")
    assert folder.worker() is None
    assert cluster.tasks() == []
