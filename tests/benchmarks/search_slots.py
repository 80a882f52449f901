"""How well a search uses the slots, and how long the Train page needs for a search of 500 trials.

    python -m tests.benchmarks.search_slots [--quick] [--trials 30] [--slots 2] [--samples 2048] [--refresh 500]

"idle" is the share of the slots' time, from the first start of a trial to the end of the last one that was not the last of its
slot, in which no process of a trial was there; "starting" the share in which a process was there that had not begun to train.
"refresh" is what the page does each second for a search of so many trials: read it, make its pictures, write them as JSON.
--quick: three trials of a small network, and 20.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import threading
import time
from itertools import pairwise
from pathlib import Path

import numpy as np

import denoise_core as dc
from denoise_core import figures
from denoise_core.config import RunConfig, settings
from denoise_core.jobs import Studies, new_id
from denoise_core.jobs.scheduling.supervisor import Supervisor
from denoise_core.jobs.storage.home import Home
from denoise_core.jobs.storage.run_folder import RunFolder
from denoise_core.jobs.storage.study_folder import StudyFolder
from denoise_core.signals import ecg_like
from denoise_core.tuning import PRESETS, Budget, Study, TrialRecord
from tests.common import small_config


def example(n: int) -> dc.Series:
    rng = np.random.default_rng(0)
    clean = ecg_like(n, rng)
    return dc.Series.of(clean + clean.std() / 3.0 * rng.standard_normal(n))


def slots(home: Home, series: dc.Series, config: RunConfig, *, trials: int, count: int) -> tuple[float, float]:
    """Shares of the slots' time: idle, and starting."""
    studies = Studies(home.path)
    names = [f"cpu:{i}" for i in range(count)]
    plan = PRESETS["quick"].plan(config, budget=Budget(trials=trials), repeats=0, pruner="none", sampler="random")
    study = studies.submit(series, plan, owner=new_id(), title="benchmark")
    halt = threading.Event()
    # Made in the thread that uses it: SQLite wants that.
    serving = threading.Thread(target=lambda: Supervisor(home, names).serve(halt))
    serving.start()
    while not studies.study(study).ended:
        time.sleep(0.2)
    halt.set()
    serving.join()
    return _shares([RunFolder(path) for path in home.runs.iterdir()])


def _shares(runs: list[RunFolder]) -> tuple[float, float]:
    by_slot: dict[str, list[tuple[float, float, float]]] = {}
    for run in runs:
        status, process = run.status(), run.worker()
        if process is not None and status.started is not None and status.ended is not None:
            by_slot.setdefault(process.slot, []).append((process.created, status.started, status.ended))
    idle = starting = whole = 0.0
    for times in by_slot.values():
        times.sort()
        whole += times[-1][2] - times[0][0]
        idle += sum(after[0] - before[2] for before, after in pairwise(times))
        starting += sum(started - created for created, started, _ in times)
    return idle / whole, starting / whole


def refresh_s(home: Home, series: dc.Series, config: RunConfig, *, trials: int) -> float:
    """Seconds for one refresh of the page of a search with so many trials; the records are made up."""
    plan = PRESETS["normal"].plan(config, budget=Budget(trials=trials), sampler="random", stall=trials, repeats=0)
    studies = Studies(home.path)
    study_id = studies.submit(series, plan, owner=new_id(), title="benchmark")
    folder, study, rng = StudyFolder(home.studies / study_id), Study(plan, samples=len(series)), np.random.default_rng(0)
    while trial := study.ask(0.0):
        losses = tuple(1.0 / epoch for epoch in range(1, 41))
        record = TrialRecord(trial=trial, state="done", gain_db=float(rng.normal()) if trial.number else 0.0, valid_losses=losses)
        study.tell(record)
        folder.append(record)
    folder.write_summary({"best": 1, "importances": study.importances()})
    began = time.perf_counter()
    view = studies.study(study_id)
    dots = [figures.Dot(number=one.number, gain_db=one.gain_db) for one in view.records]
    labels = {path: spec.metadata["label"] for path, spec, _ in settings(config)}
    axes = [
        figures.Axis(label=labels[path], values=tuple(one.trial.params[path] for one in view.searched))
        for path in plan.space.dimensions
    ]
    pictures = [
        figures.search_history(dots, start="Suggested settings"),
        figures.learning_curves([one.valid_losses for one in view.records], [], view.records[0].valid_losses),
        figures.settings_of_trials(axes, [one.gain_db or 0.0 for one in view.searched]),
        figures.importances(view.importances),
    ]
    json.dumps(pictures)
    return time.perf_counter() - began


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--trials", type=int, default=30)
    parser.add_argument("--slots", type=int, default=2)
    parser.add_argument("--samples", type=int, default=2048)
    parser.add_argument("--refresh", type=int, default=500)
    parser.add_argument("--quick", action="store_true")
    chosen = parser.parse_args()
    if chosen.quick:
        chosen.trials, chosen.samples, chosen.refresh = 3, 400, 20
    series = example(chosen.samples)
    config = small_config() if chosen.quick else dc.suggest(series).replace("training.device", "cpu")
    with tempfile.TemporaryDirectory() as folder:
        os.environ["DENOISE_HOME"] = folder
        home = Home.at(Path(folder))
        print(f"refresh of {chosen.refresh} trials: {refresh_s(home, series, config, trials=chosen.refresh):.3f} s", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        os.environ["DENOISE_HOME"] = folder
        idle, starting = slots(Home.at(Path(folder)), series, config, trials=chosen.trials, count=chosen.slots)
    print(f"{chosen.trials} trials on {chosen.slots} slots: idle {100.0 * idle:.1f} %, starting {100.0 * starting:.1f} %")


if __name__ == "__main__":
    main()
