"""What being watched costs a training: ``python -m tests.benchmarks.watched [--quick]``.

The same training (2,048 samples, suggested settings, processor) runs in a worker three times alone and three times while a real
page shows it, in turn; compared are the worker's own targets per second.
--quick: once each, three epochs.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import tempfile
import time
from pathlib import Path

import numpy as np
import psutil
from playwright.sync_api import Page, sync_playwright

import denoise_core as dc
from denoise_core.jobs import Request, Store, ensure_supervisor, new_id
from denoise_core.training.events import EpochEnd
from tests.benchmarks.page_times import report, served

ROUNDS = 3
LONGEST_S = 180


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true")
    quick = parser.parse_args().quick
    with tempfile.TemporaryDirectory() as folder, served(Path(folder)) as (url, _), sync_playwright() as playwright:
        store, rates = Store(folder), {"alone": [], "watched": []}
        ensure_supervisor(store.home)
        chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = chromium.new_page(viewport={"width": 1366, "height": 768})
        try:
            for _ in range(1 if quick else ROUNDS):
                for who, watcher in (("alone", None), ("watched", page)):
                    rates[who].append(rate(store, url, watcher, quick=quick))
                    print(f"{who:8} {rates[who][-1]:10,.0f} targets per second", flush=True)
        finally:
            chromium.close()
            end_all_in(folder)
    slower = 1 - statistics.median(rates["watched"]) / statistics.median(rates["alone"])
    report("slow-down of a training that a page watches", 100 * slower, bar=3.0, unit="%")


def rate(store: Store, url: str, watcher: Page | None, *, quick: bool) -> float:
    """Median targets per second over the epochs of one run, which `watcher` shows from its first to its last."""
    series = noisy()
    config = dc.suggest(series).replace("training.device", "cpu").replace("training.patience", 2000)
    if quick:
        config = config.replace("training.epochs", 3)
    run = store.submit(Request.to_train(series, config), owner=new_id(), title="watched")
    if watcher:
        watcher.goto(f"{url}/train?run={run}")
    began = time.monotonic()
    while not store.run(run).ended:
        if time.monotonic() - began > LONGEST_S:
            raise TimeoutError(f"the training took more than {LONGEST_S} s")
        time.sleep(0.5)
    if watcher:
        watcher.get_by_role("button", name="See the result").wait_for()
        watcher.goto("about:blank")
    epochs = [event for event in store.metrics(run)[0] if isinstance(event, EpochEnd)]
    return statistics.median(epoch.targets_per_s for epoch in epochs)


def noisy() -> dc.Series:
    """2,048 samples of two rhythms with white noise."""
    seconds = np.arange(2048) / 100
    values = np.sin(3 * seconds) + np.sin(0.7 * seconds) + 0.4 * np.random.default_rng(5).normal(size=seconds.size)
    return dc.Series.of(values, rate_hz=100.0)


def end_all_in(folder: str) -> None:
    """End the supervisor and the workers of this data folder, and no others."""
    for process in psutil.process_iter(["cmdline"]):
        if any(folder in part for part in process.info["cmdline"] or []):
            process.kill()


if __name__ == "__main__":
    main()
