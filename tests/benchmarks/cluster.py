"""What a Ray cluster costs beside slots of this machine: the same eight trainings on each, two at a time.

    python -m tests.benchmarks.cluster [--quick] [--trainings 2] [--samples 4096] [--rounds 4]

Both sides have two slots: two processors here, and a cluster of two nodes with one processor each, which are processes on this
machine as well, so that the computing is the same. "efficiency" is the wall time here over the wall time there, from the first
look at the queue to the end of the last training; "added" is how much longer each training held its slot.
The sides take turns, since the load of other programs is never the same for ten minutes; `--trainings 8 --rounds 1` does not.
--quick: two trainings of a small network.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

import denoise_core as dc
from denoise_core.jobs import Request, Store, new_id
from denoise_core.jobs.scheduling.supervisor import Supervisor
from denoise_core.jobs.storage.home import Home
from denoise_core.signals import ecg_like
from tests.common import small_config
from tests.jobs.ray_cluster import ray_cluster

HERE, CLUSTER = ("cpu:0", "cpu:1"), ("cpu:ray-0", "cpu:ray-1")


def example(n: int) -> dc.Series:
    rng = np.random.default_rng(0)
    clean = ecg_like(n, rng)
    return dc.Series.of(clean + clean.std() / 3.0 * rng.standard_normal(n))


def wall_s(request: Request, slots: Sequence[str], *, trainings: int) -> float:
    """Seconds until so many trainings have ended on those slots."""
    with tempfile.TemporaryDirectory() as folder:
        home = Home.at(Path(folder))
        store, owner = Store(home.path), new_id()
        ids = [store.submit(request, owner=owner, title="benchmark") for _ in range(trainings)]
        supervisor, began = Supervisor(home, slots), time.perf_counter()
        while not all(store.run(run_id).ended for run_id in ids):
            supervisor.tick()
            time.sleep(0.2)
        seconds = time.perf_counter() - began
        states = {store.run(run_id).state for run_id in ids}
        if states != {"done"}:
            raise SystemExit(f"not all trainings were done: {states}")
        while supervisor._workers:
            supervisor.tick()
            time.sleep(0.2)
    return seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--trainings", type=int, default=2)
    parser.add_argument("--samples", type=int, default=4096)
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--quick", action="store_true")
    chosen = parser.parse_args()
    if chosen.quick:
        chosen.rounds, chosen.samples = 1, 400
    series = example(chosen.samples)
    config = small_config() if chosen.quick else dc.suggest(series).replace("training.device", "cpu")
    request = Request.to_train(series, config)
    here, there = [], []
    with ray_cluster(nodes=2) as cluster:
        os.environ.update(cluster.environment)
        for number in range(chosen.rounds):
            sides = [(here, HERE), (there, CLUSTER)]
            for seconds, slots in sides[:: (-1) ** number]:  # neither is always the first, on a machine that others use too
                seconds.append(wall_s(request, slots, trainings=chosen.trainings))
            added = (there[-1] - here[-1]) * len(HERE) / chosen.trainings
            print(
                f"{chosen.trainings} trainings of {chosen.samples} samples: here {here[-1]:.1f} s, cluster {there[-1]:.1f} s, "
                f"efficiency {100.0 * here[-1] / there[-1]:.1f} %, added {added:.1f} s",
                flush=True,
            )
    print(f"efficiency over all rounds {100.0 * sum(here) / sum(there):.1f} %")


if __name__ == "__main__":
    main()
