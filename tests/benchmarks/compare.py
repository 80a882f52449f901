"""Methods side by side and many results compared, in a real Chromium: ``python -m tests.benchmarks.compare [--quick]``.

Prints beside its bar: all methods on 20,000 samples, from the click until the first row and until the last; and with 200 results
of 200,000 samples the slowest click on the Compare page until chart and table show it.
--quick: 1,000 samples, and 4 results of 2,000.
"""

from __future__ import annotations

import argparse
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
from playwright.sync_api import Browser, Page, sync_playwright

import denoise_core as dc
from denoise_core.assess.summary import summarise
from denoise_core.jobs import Source, Store, new_id
from denoise_core.noise import describe_series
from tests.benchmarks.page_times import open_page, recording, report, served, timed
from tests.browser.conftest import FLAGS, VIEW, system_chromium

ROWS = ".denoise-table tbody tr"
SETTLED = "[data-testid=stApp][data-test-script-state=notRunning]"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true")
    quick = parser.parse_args().quick
    home = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)  # the supervisor may still be writing there
    with home as folder, served(Path(folder)) as (url, _), sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=system_chromium(), args=FLAGS)
        side_by_side(chromium, url, samples=1_000 if quick else 20_000)
        many_results(chromium, url, Store(folder), count=4 if quick else 200, samples=2_000 if quick else 200_000)


def side_by_side(chromium: Browser, url: str, *, samples: int) -> None:
    """From a finished Signal page, as a person has it."""
    page = visitor(chromium)
    open_page(page, url)
    box = page.get_by_test_id("stFileUploaderDropzoneInput").first
    box.set_input_files({"name": "speed.csv", "mimeType": "text/csv", "buffer": recording(samples)})
    page.get_by_text(f"{samples:,} samples").first.wait_for()
    page.wait_for_selector(SETTLED)
    page.get_by_text("Download this result").first.wait_for()
    methods = sum(not method.trains for method in dc.METHODS.values())

    def wait_for_rows(count: int) -> None:
        page.wait_for_function(f"() => document.querySelectorAll('{ROWS}').length >= {count}")

    page.get_by_text("All methods side by side").click()
    first = timed(lambda: wait_for_rows(1))
    report(f"all methods on {samples:,} samples: first row", first, bar=1.5, unit="s")
    report(f"all {methods} methods: last row", first + timed(lambda: wait_for_rows(methods)), bar=5.0, unit="s")
    page.close()


def many_results(chromium: Browser, url: str, store: Store, *, count: int, samples: int) -> None:
    """Ticks, a pin, the difference, a new name and a deletion among so many results."""
    source, owner = kept_results(store, count, samples)
    page = visitor(chromium, owner=owner)
    opened = timed(lambda: open_page(page, f"{url}/compare?series={source.input}&name=speed.csv&column=speed"))
    page.wait_for_selector(f"{ROWS} >> nth={count - 1}")
    report(f"Compare with {count} results of {samples:,}: opened", opened, bar=2.5, unit="s")
    ticks = page.get_by_role("checkbox", name="Draw")
    clicks = {
        "third drawn": lambda: ticks.nth(0).click(),
        "fourth drawn": lambda: ticks.nth(1).click(),
        "one pinned": lambda: page.get_by_role("button", name="Compare the others with this one").nth(1).click(),
        "difference": lambda: page.get_by_text("Residuals less that of").click(),
        "undrawn": lambda: ticks.nth(0).click(),
        "deleted": lambda: page.get_by_role("button", name="Delete").nth(2).click(),
        "restored": lambda: page.get_by_role("button", name="Undo").click(),
    }
    took = {name: timed(lambda click=click: settle(page, click)) for name, click in clicks.items()}
    slowest = max(took, key=lambda name: took[name])
    report(f"slowest click of {len(took)} ({slowest})", took[slowest], bar=1.5, unit="s")
    page.close()


def settle(page: Page, click) -> None:
    """Until chart or table have been drawn again and the page rests."""
    page.evaluate(f"() => {{ window.drawnBefore = {_DRAWN_SO_FAR} }}")
    click()
    page.wait_for_function(f"() => {_DRAWN_SO_FAR} !== window.drawnBefore")
    page.wait_for_selector(SETTLED)


_DRAWN_SO_FAR = """[...document.querySelectorAll('.denoise-chart, .denoise-table')]
    .map((one) => one.dataset.draws ?? one.dataset.fills).join()"""


def kept_results(store: Store, count: int, samples: int) -> tuple[Source, str]:
    """So many low-passes of one recording, each kept as a result; their source and owner."""
    data, owner = recording(samples), new_id()
    source = Source(input=store.put_input(data, "speed.csv", owner=owner), file_name="speed.csv", column="speed")
    series = dc.read(data, name="speed.csv")["speed"]
    first = dc.denoise(series, method="moving_average", window=11)
    numbers = summarise(series, first, noise=describe_series(series))
    for k in range(count):
        values = first.values + 0.01 * np.sin(np.arange(samples) * (k + 1) / 1000)
        estimate = replace(first, values=values, settings={"window": 2 * k + 3})
        summary = replace(numbers, settings=estimate.settings, error=1.0 / (k + 1), error_interval=(0.5 / (k + 1), 2.0 / (k + 1)))
        store.versions.keep(series, estimate, summary, owner=owner, title="speed.csv: speed", source=source, token=f"{k}")
    return source, owner


def visitor(chromium: Browser, *, owner: str = "") -> Page:
    """A browser of its own; with the cookie of that owner."""
    context = chromium.new_context(viewport=VIEW)
    if owner:
        context.add_cookies([{"name": "denoise_workspace", "value": owner, "domain": "127.0.0.1", "path": "/"}])
    page = context.new_page()
    page.set_default_timeout(120_000)
    return page


if __name__ == "__main__":
    main()
