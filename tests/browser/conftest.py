"""The running app in a real Chromium: one server for all tests, with a data folder of its own."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import psutil
import pytest
from playwright.sync_api import expect, sync_playwright

from denoise_core.jobs import Store
from denoise_core.jobs.storage.catalogue import Catalogue
from denoise_core.jobs.storage.home import Home

ROOT = Path(__file__).parents[2]
VIEW = {"width": 1366, "height": 768}
PATIENCE_MS = 60_000
FLAGS = ["--no-sandbox", "--disable-background-networking"]


@dataclass(frozen=True)
class Server:
    """A running app: where it listens, what it keeps, and what it said."""

    url: str
    store: Store
    log: Path


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    """The app on a free port; it and all that it started end with the tests."""
    folder = tmp_path_factory.mktemp("app")
    home, log = folder / "home", folder / "log.txt"
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
    environment = {**os.environ, "DENOISE_HOME": str(home), "DENOISE_CPU_SLOTS": "1", "CUDA_VISIBLE_DEVICES": ""}
    with log.open("wb") as out:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=out, stderr=subprocess.STDOUT)
    try:
        _wait_for(f"http://127.0.0.1:{port}/_stcore/health", process)
        yield Server(f"http://127.0.0.1:{port}", Store(home), log)
    finally:
        process.terminate()
        process.wait(timeout=20)
        _end_all_in(home)


def system_chromium() -> str | None:
    """The Chromium or Chrome of the system, or None for Playwright's own; `make chromium` looks for the same names."""
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


@pytest.fixture(scope="session")
def chromium():
    """The system's Chromium where there is one, else Playwright's own."""
    with sync_playwright() as playwright:
        expect.set_options(timeout=PATIENCE_MS)
        browser = playwright.chromium.launch(executable_path=system_chromium(), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def person(chromium, server):
    """``person()`` is a page in a browser of its own (``person(color_scheme="dark")``).

    At the end of the test no page may have shown an exception or written an error to its console. What is still in training then
    is cancelled: the next test would wait for it, as there is one slot.
    """
    contexts, pages, faults = [], [], []

    def _arrive(**options):
        contexts.append(chromium.new_context(viewport=VIEW, base_url=server.url, accept_downloads=True, **options))
        page = contexts[-1].new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.on("pageerror", lambda error: faults.append(f"page error: {error}"))
        page.on("console", lambda message: faults.append(_told(message)) if message.type == "error" else None)
        pages.append(page)
        return page

    yield _arrive
    thrown = [text for page in pages for text in page.get_by_test_id("stException").all_inner_texts()]
    for context in contexts:
        context.close()
    for entry in Catalogue(Home(server.store.home)).active():
        server.store.cancel(entry.id)
    assert thrown == []
    assert [fault for fault in faults if fault] == []
    assert "Traceback" not in server.log.read_text()


@pytest.fixture
def pump():
    """600 samples at 100 per second as a German logger writes them, and the numbers in it."""
    values = np.round(np.sin(np.arange(600) / 9) + 0.2 * np.random.default_rng(7).normal(size=600), 4)
    rows = [f"{i / 100:.2f};{value:.4f}".replace(".", ",") for i, value in enumerate(values)]
    return "\n".join(["time (s);pressure (bar)", *rows]).encode()


@pytest.fixture
def long_recording():
    """200,000 samples, about 3 MB of CSV."""
    seconds = np.arange(200_000) / 1000
    values = np.sin(3 * seconds) + 0.3 * np.random.default_rng(8).normal(size=seconds.size)
    return b"time (s),speed (m/s)\n" + b"".join(b"%.3f,%.5f\n" % pair for pair in zip(seconds, values, strict=True))


def _told(message):
    """What a console error says; "" for the framework's own look-up of a page that is not at the root."""
    where = str(message.location.get("url", ""))
    return "" if "404" in message.text and "/_stcore/" in where else f"console: {message.text} ({where})"


def _wait_for(url, process):
    for _ in range(240):
        assert process.poll() is None, "the app ended at once"
        try:
            with urllib.request.urlopen(url) as answer:
                if answer.read() == b"ok":
                    return
        except urllib.error.URLError:
            time.sleep(0.25)
    raise AssertionError("the app did not start within a minute")


def _end_all_in(home):
    """End the supervisor and the workers of this data folder, and no others."""
    for process in psutil.process_iter(["cmdline"]):
        if any(str(home) in part for part in process.info["cmdline"] or []):
            process.kill()
