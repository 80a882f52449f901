"""How a person uses the app, in Playwright's words."""

from __future__ import annotations

import re
from contextlib import suppress

from playwright.sync_api import Page, TimeoutError, expect


def upload(page: Page, name: str, data: bytes) -> None:
    """Give a file to the Signal page, which offers a new place for the next one when it has dealt with this one."""
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")
    box = page.wait_for_selector("[data-testid=stFileUploaderDropzoneInput]:not([data-given])", state="attached")
    box.evaluate("place => { place.dataset.given = 'yes' }")
    box.set_input_files({"name": name, "mimeType": "application/octet-stream", "buffer": data})


def choose(page: Page, box: str, option: str) -> None:
    """Pick an option of a select box; once more where a rerun of the page has closed the list again."""
    item = page.get_by_role("option", name=option)
    for _ in range(5):
        page.get_by_role("combobox", name=box).click()
        with suppress(TimeoutError):
            item.click(timeout=3000)
            return
        page.keyboard.press("Escape")
    raise AssertionError(f"{box} never offered {option}.")


def drawn(page: Page, key: str) -> None:
    """Wait until the chart whose key begins so is drawn."""
    page.wait_for_selector(f"[class*='st-key-{key}'] .denoise-chart[data-draws]")


def chart(page: Page, key: str) -> dict:
    """What that chart shows: x range, number of points of its first line, whether it is the node that was marked."""
    return page.eval_on_selector(
        f"[class*='st-key-{key}'] .denoise-plot",
        """node => ({
            range: node.layout.xaxis.range,
            points: node._fullData[0].x.length,
            colours: node._fullData.map(line => line.line?.color ?? null),
            text: node.layout.font.color,
            mark: node.dataset.mark ?? null,
        })""",
    )


def mark(page: Page, key: str) -> None:
    """Mark the chart's node, so that a rebuilt one is told from the same one."""
    page.eval_on_selector(f"[class*='st-key-{key}'] .denoise-plot", "node => { node.dataset.mark = 'same' }")


def zoom(page: Page, key: str, *, low: float, high: float) -> None:
    """Drag over a share of the chart's width."""
    box = page.locator(f"[class*='st-key-{key}'] .nsewdrag").first.bounding_box()
    assert box is not None
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + low * box["width"], middle)
    page.mouse.down()
    page.mouse.move(box["x"] + high * box["width"], middle, steps=5)
    page.mouse.up()


def points_beyond(page: Page, key: str, count: int) -> None:
    """Wait until that chart's first line has more than `count` points."""
    selector = f"[class*='st-key-{key}'] .denoise-plot"
    page.wait_for_function(
        "([selector, count]) => document.querySelector(selector)?._fullData?.[0]?.x.length > count", arg=[selector, count]
    )


def start(page: Page, *, epochs: int) -> str:
    """Start a training on the series of the page and wait until its link is there; the run's id."""
    page.get_by_role("link", name="Train").first.click()
    box = page.get_by_label("Epochs", exact=True)
    box.fill(str(epochs))
    box.press("Tab")
    page.get_by_role("button", name="Start training").click()
    page.wait_for_url(re.compile("run="))
    return re.search("run=([^&]+)", page.url)[1]  # type: ignore[index]


def press_at_rest(page: Page, button: str) -> None:
    """Press a button once it has not moved for half a second: between press and release a button that moves is missed."""
    found = page.get_by_role("button", name=button)
    places = [found.bounding_box()]
    while len(places) < 6 or any(place != places[-1] for place in places[-6:]):
        page.wait_for_timeout(100)
        places.append(found.bounding_box())
    found.click()


def says(page: Page, text: str) -> None:
    """Wait until that text is on the page."""
    expect(page.get_by_text(re.compile(text)).first).to_be_visible()
