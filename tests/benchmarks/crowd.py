"""Many people at once: ``python -m tests.benchmarks.crowd [--people 20] [--rows 20000] [--quick]``.

Each opens the app, uploads a file of their own, waits for the first result, chooses another method, and goes to the Train page
and back: over the app's own websocket, without browsers, which would take all of this machine. A click lasts until the page has
come to rest. The memory of the web process is told before, at its highest, and when Streamlit has forgotten those who left.
Everything stays on 127.0.0.1, and ends after ten minutes.
--quick: 2 people with 300 rows each, and no wait until they are forgotten.
"""

from __future__ import annotations

import argparse
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import numpy as np
import psutil
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect

from tests.benchmarks.page_times import FORGOTTEN_S, MEGABYTE, served

LONGEST_S = 600.0


class Visitor:
    """One person at the app: what is on the page now, and what a browser would send."""

    def __init__(self, url: str, query: str = "") -> None:
        self.url, self.query, self.page, self.session = url, query, "", ""
        self.elements: dict[tuple[int, ...], Any] = {}
        self.states: dict[str, Any] = {}
        place = urlsplit(url).netloc
        self._socket = connect(f"ws://{place}/_stcore/stream", origin=url, subprotocols=["streamlit"], max_size=None, legacy=True)
        self.rerun()

    def close(self) -> None:
        self._socket.close()

    def rerun(self) -> None:
        """Have the page run with all widgets as they are, and take in everything until it has ended."""
        message = BackMsg()
        message.rerun_script.query_string, message.rerun_script.page_name = self.query, self.page
        for state in self.states.values():
            message.rerun_script.widget_states.widgets.append(state)
        self._socket.send(message.SerializeToString())
        self._take_in()

    def _take_in(self) -> None:
        """Until a run of the page has ended that does not ask for another."""
        end = time.monotonic() + LONGEST_S
        while time.monotonic() < end:
            message = self._receive(end)
            kind = message.WhichOneof("type")
            if kind == "new_session":
                self.session = message.new_session.initialize.session_id or self.session
                self.elements.clear()
            elif kind == "delta":
                self.elements[tuple(message.metadata.delta_path)] = message.delta
            elif kind == "page_info_changed":
                self.query = message.page_info_changed.query_string
            elif kind == "script_finished" and message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY:
                return
        raise TimeoutError("the page did not come to rest")

    def _receive(self, end: float) -> ForwardMsg:
        message = ForwardMsg()
        message.ParseFromString(self._socket.recv(timeout=max(0.1, end - time.monotonic())))
        return message

    def element(self, kind: str, label: str = "") -> Any:
        """The first element of a kind on the page, of those with that label."""
        found = [d.new_element for _, d in sorted(self.elements.items()) if d.new_element.WhichOneof("type") == kind]
        return next(element for one in found if (element := getattr(one, kind)).label.startswith(label))

    def choose(self, box: str, option: str) -> None:
        """Pick an option of a select box."""
        state = BackMsg().rerun_script.widget_states.widgets.add()
        state.id, state.string_value = self.element("selectbox", box).id, option
        self.states[state.id] = state
        self.rerun()

    def open(self, page: str) -> None:
        """Go to another page; "" is the Signal page."""
        self.page = page
        self.rerun()

    def words(self) -> str:
        """All text and alerts of the page."""
        found = []
        for _, delta in sorted(self.elements.items()):
            element = delta.new_element
            kind = element.WhichOneof("type")
            if kind in ("markdown", "alert"):
                found.append(getattr(element, kind).body)
        return "\n".join(found)

    def upload(self, name: str, data: bytes) -> None:
        """As a browser does: ask where to, send the bytes there, and say so."""
        ask = BackMsg()
        ask.file_urls_request.request_id, ask.file_urls_request.session_id = "1", self.session
        ask.file_urls_request.file_names.append(name)
        self._socket.send(ask.SerializeToString())
        end = time.monotonic() + LONGEST_S
        while (message := self._receive(end)).WhichOneof("type") != "file_urls_response":
            pass
        urls = message.file_urls_response.file_urls[0]
        edge = "crowd-boundary"
        head = f'--{edge}\r\nContent-Disposition: form-data; name="{name}"; filename="{name}"\r\nContent-Type: text/csv\r\n\r\n'
        body = head.encode() + data + f"\r\n--{edge}--\r\n".encode()
        headers = {"Content-Type": f"multipart/form-data; boundary={edge}", "Origin": self.url, **self._xsrf()}
        with urlopen(Request(self.url + urls.upload_url, body, headers, method="PUT"), timeout=LONGEST_S):
            pass
        state = BackMsg().rerun_script.widget_states.widgets.add()
        state.id = self.element("file_uploader").id
        info = state.file_uploader_state_value.uploaded_file_info.add()
        info.file_id, info.name, info.size = urls.file_id, name, len(data)
        info.file_urls.CopyFrom(urls)
        self.states = {state.id: state}
        self.rerun()
        self.states.clear()

    def _xsrf(self) -> dict[str, str]:
        """The cookie that the app gives to every browser, and the same once more, which another website could not send."""
        with urlopen(self.url + "/_stcore/health", timeout=60) as answer:
            cookies = [value for name, value in answer.getheaders() if name.lower() == "set-cookie" and "xsrf" in value]
        if not cookies:
            return {}
        name, _, value = cookies[0].split(";")[0].partition("=")
        return {"Cookie": f"{name}={value}", "X-Xsrftoken": value}


@dataclass
class Times:
    """Seconds that each person waited for, by what."""

    of: dict[str, list[float]] = field(default_factory=dict)
    guard: threading.Lock = field(default_factory=threading.Lock)

    def take(self, what: str, began: float) -> None:
        with self.guard:
            self.of.setdefault(what, []).append(time.monotonic() - began)


def recording(rows: int, seed: int) -> bytes:
    """So many samples, other ones for each person."""
    rng = np.random.default_rng(seed)
    values = np.sin(np.arange(rows) / rng.uniform(5, 50)) + 0.3 * rng.normal(size=rows)
    return b"time (s),speed (m/s)\n" + b"".join(b"%.3f,%.5f\n" % (k / 1000, value) for k, value in enumerate(values))


def visit(url: str, rows: int, seed: int, times: Times, start: threading.Barrier) -> None:
    data = recording(rows, seed)
    start.wait()
    began = time.monotonic()
    person = Visitor(url)
    times.take("first page", began)
    assert "Removed about" in person.words(), person.words()
    began = time.monotonic()
    person.upload(f"own-{seed}.csv", data)
    times.take("upload to result", began)
    assert "Removed about" in person.words(), person.words()
    clicks: list[tuple[Callable[[], None], str]] = [
        (lambda: person.choose("Method", "Wavelet"), "Removed about"),
        (lambda: person.open("train"), "**Training**"),
        (lambda: person.open(""), "Removed about"),
    ]
    for click, then in clicks:
        began = time.monotonic()
        click()
        times.take("a click", began)
        assert then in person.words(), person.words()
    person.close()


@contextmanager
def highest_memory(process: psutil.Process) -> Iterator[list[int]]:
    """The most bytes that the process held meanwhile, as the one item of the list."""
    most, done = [0], threading.Event()

    def watch() -> None:
        while not done.wait(0.05):
            most[0] = max(most[0], process.memory_info().rss)

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield most
    finally:
        done.set()
        thread.join()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=20, choices=range(1, 101), metavar="1..100")
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--quick", action="store_true")
    chosen = parser.parse_args()
    people, rows = (2, 300) if chosen.quick else (chosen.people, chosen.rows)
    times, start = Times(), threading.Barrier(people)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder, served(Path(folder)) as (url, web):
        Visitor(url).close()  # the server has imported everything
        began, before, at_first = time.monotonic(), sum(web.cpu_times()[:4]), web.memory_info().rss
        with highest_memory(web) as highest, ThreadPoolExecutor(people) as crowd:
            for person in [crowd.submit(visit, url, rows, seed, times, start) for seed in range(people)]:
                person.result()
        used = sum(web.cpu_times()[:4]) - before
        print(f"{people} people, {rows:,} rows each: all served after {time.monotonic() - began:.1f} s, processor {used:.1f} s")
        for what, waited in times.of.items():
            half, most = np.percentile(waited, [50, 95])
            print(f"  {what:18} half of them within {half:6.2f} s, 95 % within {most:6.2f} s")
        time.sleep(0.0 if chosen.quick else FORGOTTEN_S)
        Visitor(url).close()  # Streamlit lets forgotten sessions go when somebody else leaves
        time.sleep(3.0)
        memory = [f"{size / MEGABYTE:.0f} MB" for size in (at_first, highest[0], web.memory_info().rss)]
        print("  memory of the web process {} before, {} at most, {} afterwards".format(*memory))


if __name__ == "__main__":
    main()
