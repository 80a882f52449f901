"""What a person waits for, measured in a real Chromium: ``python -m tests.benchmarks.page_times [--quick]``.

Starts the app on a data folder of its own and prints each figure beside its bar: first page on a cold server, what a reload
takes over the websocket, upload of 200,000 rows until it is drawn, of 1,000,000 until the recording and until the estimate is
drawn, a click on a finished run of 200,000 samples, and the memory of the web process.
--quick: 20,000 rows, one click, and neither 1,000,000 rows nor a wait for the end of the session.
"""

from __future__ import annotations

import argparse
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np
import psutil
from playwright.sync_api import Browser, Page, expect, sync_playwright

import denoise_core as dc
from denoise_core.jobs import Request, Source, Store, new_id
from denoise_core.jobs.storage.arrays import save_estimate
from denoise_core.jobs.storage.run_folder import RunFolder

ROOT = Path(__file__).parents[2]
DRAWN = ".denoise-chart[data-draws]"
MEGABYTE = 1e6
FORGOTTEN_S = 150
"""Streamlit keeps a session whose browser has gone for two minutes, in case it comes back."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true")
    quick = parser.parse_args().quick
    rows = 20_000 if quick else 200_000
    data, owner = recording(rows), new_id()
    with tempfile.TemporaryDirectory() as folder, served(Path(folder)) as (url, web), sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        at_start = web.memory_info().rss
        page = chromium.new_page(viewport={"width": 1366, "height": 768})
        page.set_default_timeout(120_000)
        report("first page drawn on a cold server", timed(lambda: open_page(page, url)), bar=2.5, unit="s")
        first = (web.memory_info().rss - at_start) / MEGABYTE
        report("websocket at a reload", reloaded(page), bar=0.4, unit="MB")
        report(f"{rows:,}-row CSV from upload to drawn", timed(lambda: upload(page, data, rows)), bar=3.0, unit="s")
        report("memory above start after that upload", (web.memory_info().rss - at_start) / MEGABYTE, bar=150, unit="MB")
        run = finished_run(Store(folder), data, owner)
        open_page(page, f"{url}/result?run={run}")
        clicks = [timed(lambda: click(page)) for _ in range(1 if quick else 5)]
        report(f"click on a {rows:,}-sample result, slowest of {len(clicks)}", max(clicks), bar=1.0, unit="s")
        page.close()
        if quick:
            return
        long_upload(chromium, url)
        wait_for_the_end_of_the_session(web, at_start)
        visit(chromium, url)
        report("memory above start when the session had ended", (web.memory_info().rss - at_start) / MEGABYTE, bar=150, unit="MB")
        print(f"  of which the first page alone, with its sample, had taken {first:.1f} MB")


def recording(rows: int) -> bytes:
    """So many samples at 1,000 per second as CSV."""
    seconds = np.arange(rows) / 1000
    values = np.sin(3 * seconds) + 0.3 * np.random.default_rng(8).normal(size=seconds.size)
    return b"time (s),speed (m/s)\n" + b"".join(b"%.3f,%.5f\n" % pair for pair in zip(seconds, values, strict=True))


@contextmanager
def served(home: Path):
    """The app on a free port; where it listens, and its process."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, "DENOISE_HOME": str(home)}, stdout=subprocess.DEVNULL)
    try:
        wait_for(f"http://127.0.0.1:{port}/_stcore/health")
        yield f"http://127.0.0.1:{port}", psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait(timeout=20)


def wait_for(url: str) -> None:
    for _ in range(240):
        with suppress(urllib.error.URLError), urllib.request.urlopen(url) as answer:
            if answer.read() == b"ok":
                return
        time.sleep(0.25)
    raise TimeoutError(f"{url} did not answer within a minute")


def finished_run(store: Store, data: bytes, owner: str) -> str:
    """A run whose result is that of a filter, as if it had been trained; made where no supervisor starts it, then moved in."""
    source = Source(input=store.put_input(data, "speed.csv"), file_name="speed.csv", column="speed")
    series = dc.read(data, name="speed.csv")["speed"]
    with tempfile.TemporaryDirectory(dir=store.home) as elsewhere:
        other = Store(elsewhere)
        other.put_input(data, "speed.csv")
        run = other.submit(Request.to_train(series, dc.suggest(series)), owner=owner, title="speed.csv: speed", source=source)
        folder = RunFolder(other.home / "runs" / run)
        smooth = dc.denoise(series, method="savgol").values
        save_estimate(folder.result, dc.Estimate(values=smooth, sd=np.full(len(series), 0.1), method="lstm", noise_sd=0.3))
        folder.model.write_bytes(b"none")
        folder.end("done", "")
        (store.home / "runs").mkdir(exist_ok=True)
        folder.path.rename(store.home / "runs" / run)
    return run


def open_page(page: Page, url: str) -> None:
    page.goto(url)
    page.wait_for_selector(DRAWN)


def upload(page: Page, data: bytes, rows: int) -> None:
    box = page.get_by_test_id("stFileUploaderDropzoneInput").first
    box.set_input_files({"name": "speed.csv", "mimeType": "text/csv", "buffer": data})
    expect(page.get_by_text(f"of {rows:,} points drawn")).to_be_visible(timeout=120_000)
    page.wait_for_selector(DRAWN)


def long_upload(chromium: Browser, url: str) -> None:
    """1,000,000 rows: the recording is there first, the estimate later."""
    page = chromium.new_page(viewport={"width": 1366, "height": 768})
    page.set_default_timeout(120_000)
    open_page(page, url)
    data, began = recording(1_000_000), time.perf_counter()
    upload(page, data, 1_000_000)
    report("1,000,000-row CSV from upload to recording drawn", time.perf_counter() - began, bar=4.0, unit="s")
    page.wait_for_function("() => document.querySelector('.denoise-plot').data?.some((line) => line.name === 'Residual')")
    report("1,000,000-row CSV from upload to estimate drawn", time.perf_counter() - began, bar=7.0, unit="s")
    page.close()


def reloaded(page: Page) -> float:
    """Megabytes that come over the websocket until the page is drawn again."""
    page.get_by_text("Removed about").wait_for()
    frames: list[int] = []
    page.on("websocket", lambda socket: socket.on("framereceived", lambda frame: frames.append(len(frame))))
    page.reload()
    page.wait_for_selector(DRAWN)
    page.get_by_text("Removed about").wait_for()
    return sum(frames) / MEGABYTE


def click(page: Page) -> None:
    """One step of the strength slider, until the chart shows it."""
    draws = page.locator(DRAWN).first.get_attribute("data-draws")
    page.get_by_role("slider").press("ArrowLeft")
    expect(page.locator(DRAWN).first).not_to_have_attribute("data-draws", draws or "", timeout=60_000)


def wait_for_the_end_of_the_session(web: psutil.Process, at_start: int) -> None:
    """Until Streamlit may forget it; now and then says how many megabytes above `at_start` are held."""
    began = time.monotonic()
    while (waited := time.monotonic() - began) < FORGOTTEN_S:
        print(f"  {waited:4.0f} s after the browser left: {(web.memory_info().rss - at_start) / MEGABYTE:6.1f} MB", flush=True)
        time.sleep(30)


def visit(chromium: Browser, url: str) -> None:
    """Look at the first page and leave: Streamlit lets forgotten sessions go when somebody else leaves."""
    page = chromium.new_page()
    open_page(page, url)
    page.close()
    time.sleep(3)


def timed(act) -> float:
    before = time.perf_counter()
    act()
    return time.perf_counter() - before


def report(what: str, value: float, *, bar: float, unit: str) -> None:
    print(f"{what:50} {value:8.2f} {unit:3} bar {bar:6.1f} {unit:3} {value / bar:6.0%} of the bar", flush=True)


if __name__ == "__main__":
    main()
