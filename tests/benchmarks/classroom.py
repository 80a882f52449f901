"""What a class waits for in a lesson: ``python -m tests.benchmarks.classroom [--quick] [--seats 30] [--moves 10]``.

Starts the app on a data folder of its own, on this machine alone, and prints each figure beside its bar:

- opening a lesson's link on a cold server, until its picture is drawn, against the same for the Signal page;
- one person's moves of a control, from the key press until the picture has changed;
- the same person's moves while `seats` - 1 others move controls as well. They speak the server's own protocol without a browser,
  since a class's browsers run on its own machines: each waits for its answer, looks at it for a second, and moves on.

--quick: 4 seats, 2 moves. It ends by itself after at most ten minutes.
"""

from __future__ import annotations

import argparse
import random
import shutil
import tempfile
import threading
import time
from pathlib import Path

import numpy as np
from playwright.sync_api import Page, expect, sync_playwright
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection, connect

from tests.benchmarks.page_times import report, served, timed

DRAWN = ".denoise-chart[data-draws]"
LOOKS_S, LONGEST_S = 1.0, 60.0
LINK = "lesson=4&epoch=20&patience=10&seed=1"
OTHER_SEED = 5
"""Of the order in which the others move."""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--seats", type=int, default=30)
    parser.add_argument("--moves", type=int, default=10)
    asked = parser.parse_args()
    seats, moves = (4, 2) if asked.quick else (min(asked.seats, 100), min(asked.moves, 30))
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        cold = {path: _cold_start(chromium.new_page(), path) for path in ("/", f"/learn?{LINK}")}
        signal, lesson = cold.values()
        print(f"first picture on a cold server: Signal page {signal:.2f} s, lesson {lesson:.2f} s")
        report("lesson later than the Signal page by", max(lesson - signal, 0.0), bar=0.5, unit="s")
        with tempfile.TemporaryDirectory() as folder, served(Path(folder)) as (url, _):
            page = chromium.new_page(viewport={"width": 1024, "height": 768})
            _open(page, f"{url}/learn?{LINK}")
            alone = [_move(page) for _ in range(2 * moves)][moves:]
            report("a move of one person, 95 % within", float(np.quantile(alone, 0.95)), bar=0.5, unit="s")
            others = [Seat(url, number) for number in range(seats - 1)]
            for seat in others:
                seat.start()
            for seat in others:
                seat.seated.wait(LONGEST_S)
            together = [_move(page) for _ in range(moves)]
            for seat in others:
                seat.leave()
            waits = [wait for seat in others for wait in seat.waits]
            report(f"the same with {seats} seats", float(np.quantile(together, 0.95)), bar=2.0, unit="s")
            report(f"answers to the others ({len(waits)} moves), 95 % within", float(np.quantile(waits, 0.95)), bar=2.0, unit="s")
        chromium.close()


def _cold_start(page: Page, path: str) -> float:
    """Seconds from the first visit of a new server until its first picture."""
    with tempfile.TemporaryDirectory() as folder, served(Path(folder)) as (url, _):
        seconds = timed(lambda: _open(page, f"{url}{path}"))
        page.close()
    return seconds


def _open(page: Page, url: str) -> None:
    page.set_default_timeout(120_000)
    page.goto(url)
    page.wait_for_selector(DRAWN)


def _move(page: Page) -> float:
    """Seconds from a key press on the first slider until the picture has been drawn again."""
    chart = page.locator(DRAWN).first
    slider = page.get_by_role("slider").first
    draws = chart.get_attribute("data-draws") or ""
    slider.focus()
    began = time.perf_counter()
    page.keyboard.press("ArrowRight")
    expect(chart).not_to_have_attribute("data-draws", draws, timeout=60_000)
    return time.perf_counter() - began


class Seat(threading.Thread):
    """One of the class, without a browser: opens the lesson, and then moves its controls until told to leave."""

    def __init__(self, url: str, number: int) -> None:
        super().__init__(daemon=True)
        self.waits: list[float] = []
        self.seated = threading.Event()
        self._address = url.replace("http", "ws", 1) + "/_stcore/stream"
        self._random = random.Random(OTHER_SEED + number)
        self._left = threading.Event()

    def run(self) -> None:
        with connect(self._address, max_size=None, subprotocols=["streamlit"]) as line:  # type: ignore[list-item]
            fragment, sliders = _ask(line, BackMsg())
            self.seated.set()
            while not self._left.is_set():
                began = time.perf_counter()
                _ask(line, self._moved(fragment, sliders))
                self.waits.append(time.perf_counter() - began)
                self._left.wait(LOOKS_S)

    def _moved(self, fragment: str, sliders: dict[str, list[str]]) -> BackMsg:
        """One slider somewhere else."""
        message = BackMsg()
        message.rerun_script.fragment_id = fragment
        for name, options in sliders.items():
            state = message.rerun_script.widget_states.widgets.add()
            state.id = name
            state.string_array_value.data.append(self._random.choice(options))
        return message

    def leave(self) -> None:
        self._left.set()
        self.join(timeout=LONGEST_S)


def _ask(line: ClientConnection, message: BackMsg) -> tuple[str, dict[str, list[str]]]:
    """Send a rerun and wait until the server has answered it: the fragment of the picture, and the sliders with their values."""
    message.rerun_script.page_name = "learn"
    message.rerun_script.query_string = LINK
    line.send(message.SerializeToString())
    fragment, sliders, picture = "", {}, False
    while True:
        answer = ForwardMsg.FromString(line.recv(timeout=LONGEST_S))  # type: ignore[arg-type]
        element = answer.delta.new_element
        if element.WhichOneof("type") == "slider":
            fragment, sliders[element.slider.id] = answer.delta.fragment_id, list(element.slider.options)
        picture |= element.bidi_component.component_name == "denoise_chart"
        if answer.WhichOneof("type") == "script_finished":
            if not picture:
                raise RuntimeError("the server answered without a picture")
            return fragment, sliders


if __name__ == "__main__":
    main()
