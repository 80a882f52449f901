"""Nothing stale: in no frame that the browser paints is there anything of another recording than the one that the bar names."""

from __future__ import annotations

import re

import numpy as np
import pytest
from playwright.sync_api import expect

from tests.browser.helpers import choose, drawn, says, upload

# Each file has a column, a unit and a level of its own, by which its picture and its sentences are known.
FILES = {"alpha": "V", "beta": "Pa", "gamma": "kN"}
UNITS = {"pressure_steps.csv": "bar"} | {f"{name}.csv": unit for name, unit in FILES.items()}

WATCH = """
() => {
  const seen = (node) => node && node.checkVisibility({ visibilityProperty: true })
  const text = (node) => (seen(node) ? node.innerText : "")
  window.frames_seen = []
  const look = () => {
    const plot = document.querySelector("[class*='st-key-first-'] .denoise-plot")
    const words = [...document.querySelectorAll(".st-key-words [data-testid=stMarkdown]")]
    const frame = {
      bar: text(document.querySelector(".st-key-top")),
      axis: seen(plot) ? plot.layout?.yaxis?.title?.text ?? "" : "",
      lines: seen(plot) ? plot.data?.map((line) => line.name).join() ?? "" : "",
      words: words.map(text).join(" "),
    }
    const last = window.frames_seen.at(-1)
    if (JSON.stringify(frame) !== JSON.stringify(last)) window.frames_seen.push(frame)
    requestAnimationFrame(look)
  }
  look()
}
"""


def recording(name, *, rows, seed):
    seconds = np.arange(rows) / 100
    values = 10 * seed + np.sin(3 * seconds) + 0.2 * np.random.default_rng(seed).normal(size=rows)
    head = f"time (s),{name} ({FILES[name]})\n".encode()
    return head + b"".join(b"%.2f,%.4f\n" % pair for pair in zip(seconds, values, strict=True))


def file_named(frame):
    """The file that the bar names in this frame, or None."""
    return next(iter(re.findall(r"(\w+\.csv) ·", frame["bar"])), None)


def stale(frames):
    """Frames with something of another file than the one named."""
    bad = []
    for frame in frames:
        if (file := file_named(frame)) is None:
            continue
        units = [f"({UNITS[file]})" in frame["axis"]] if frame["axis"] else []
        removed = re.search(r"Removed about \S+ (\w+)", frame["words"])
        units += [removed[1] == UNITS[file]] if removed else []
        units += [file.startswith("pressure") or "Gain" not in frame["words"]]
        if not all(units):
            bad.append(frame)
    return bad


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_no_frame_shows_anything_of_another_file_than_the_one_named(person, seed):
    moments = np.random.default_rng(seed)
    page = person()
    page.goto("/")
    page.evaluate(WATCH)
    drawn(page, "first-")
    for name in moments.permutation(list(FILES)):
        upload(page, f"{name}.csv", recording(name, rows=int(moments.integers(500, 12_000)), seed=seed))
        page.wait_for_timeout(int(moments.integers(0, 1500)))
        if moments.random() < 0.5:
            choose(page, "Method", str(moments.choice(["Wavelet", "Median", "Low-pass"])))
            page.wait_for_timeout(int(moments.integers(0, 800)))
    last = f"{name}.csv"
    says(page, f"{last} · {name}")
    says(page, f"Removed about \\S+ {UNITS[last]}")
    for _ in range(2):
        page.go_back()
        page.wait_for_timeout(int(moments.integers(0, 800)))
    page.go_forward()
    says(page, "Removed about")
    frames = page.evaluate("() => window.frames_seen")
    assert {file_named(frame) for frame in frames} > {f"{name}.csv" for name in FILES}
    assert not (bad := stale(frames)), [frames[max(0, frames.index(bad[0]) - 3) : frames.index(bad[0]) + 4]]


def test_the_recording_is_drawn_before_it_is_denoised(person):
    page = person()
    page.goto("/")
    drawn(page, "first-")
    page.evaluate(WATCH)
    upload(page, "alpha.csv", recording("alpha", rows=20_000, seed=4))
    says(page, "Removed about \\S+ V")
    page.wait_for_function("() => document.querySelector('.denoise-plot').data.some((line) => line.name === 'Residual')")
    page.wait_for_timeout(100)  # so that the watch, which looks once a frame, has seen it
    lines = [frame["lines"] for frame in page.evaluate("() => window.frames_seen") if "(V)" in frame["axis"]]
    assert lines[0] == "Recorded"
    assert "Residual" in lines[-1]


def test_back_after_an_upload_shows_the_earlier_recording_again(person):
    page = person()
    page.goto("/")
    says(page, "pressure_steps.csv")
    for name in ("alpha", "beta"):
        upload(page, f"{name}.csv", recording(name, rows=500, seed=1))
        says(page, f"{name}.csv · {name}")
    page.go_back()
    says(page, "alpha.csv · alpha")
    axes = page.locator("[class*='st-key-first-'] .ytitle")
    expect(axes.filter(has_text="alpha (V)")).to_be_visible()
    expect(axes).to_have_count(1)
    page.go_back()
    says(page, "pressure_steps.csv")
    page.go_forward()
    page.go_forward()
    says(page, "beta.csv · beta")
