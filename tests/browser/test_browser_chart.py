"""The chart's own program, called in the orders in which Streamlit calls it."""

import base64
from pathlib import Path

import pytest

from denoise_core.figures import DARK
from pages.parts import chart
from pages.parts.components import pack

PROGRAM = Path(chart.__file__).with_name("chart.js").read_text()
# Calls for one chart and the end of the older one, in a given order; what is drawn and taken away then, and what is written.
CALLS = """async ({ program, html, data, order, late }) => {
  const bytes = (name) => Uint8Array.from(atob(data[name]), (letter) => letter.charCodeAt(0))
  const pause = (ms) => new Promise((then) => setTimeout(then, ms))
  const done = []
  const react = async (node, traces) => { node.on = () => {}; done.push(traces[0].name) }
  const plotly = { react, purge: () => done.push("purged") }
  window.denoisePlotly = { promise: pause(late).then(() => plotly) }
  const page = document.createElement("div")
  page.innerHTML = html
  document.body.append(page)
  const { default: call } = await import(URL.createObjectURL(new Blob([program], { type: "text/javascript" })))
  const ends = {}
  for (const step of order) {
    if (step === "end") ends.older()
    else if (step === "wait") await pause(100)
    else ends[step] = call({ data: bytes(step), parentElement: page, setStateValue: () => {} })
  }
  await pause(300)
  const label = page.querySelector(".denoise-chart").getAttribute("aria-label")
  const drawn = done.splice(0)
  ends.newer()
  await pause(100)
  return [drawn.at(-1), label, done]
}"""


def packed(name: str) -> str:
    figure = {"data": [{"name": name}], "layout": {"meta": {"note": ""}, "xaxis": {}}}
    shown = {"height": 300, "zooms": False, "toolbar": True, "saves": True, "range": None}
    return base64.b64encode(pack({"figure": figure, "dark": DARK, "alt": name, **shown})).decode()


@pytest.mark.parametrize("late", [0, 200], ids=["plotly there", "plotly late"])
@pytest.mark.parametrize(
    "order", ["older newer end", "older end newer", "newer older end", "older newer wait end", "older wait newer end"]
)
def test_the_newer_data_are_drawn_and_stay_in_whatever_order_the_older_call_is_made_and_ended(chromium, order, late):
    page = chromium.new_page()
    data = {name: packed(name) for name in ("older", "newer")}
    given = {"program": PROGRAM, "html": chart._HTML, "data": data, "order": order.split(), "late": late}
    seen = page.evaluate(CALLS, given)
    page.close()
    assert seen == ["newer", "newer", ["purged"]]
