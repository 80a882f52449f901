"""The chart's own program, called in the orders in which Streamlit calls it."""

import base64
from pathlib import Path

import pytest

from denoise_core.figures import DARK
from pages.parts import chart
from pages.parts.components import pack

PROGRAM = Path(chart.__file__).with_name("chart.js").read_text()
# Two calls for one chart, and the end of the first of them before or after the second has begun; what is drawn then.
CALLS = """async ({ program, html, data, late, count }) => {
  const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0))
  const done = []
  const react = async (node) => { node.on = () => {}; done.push("drawn") }
  window.denoisePlotly = { promise: Promise.resolve({ react, purge: () => done.push("purged") }) }
  const page = document.createElement("div")
  page.innerHTML = html
  document.body.append(page)
  const { default: call } = await import(URL.createObjectURL(new Blob([program], { type: "text/javascript" })))
  const one = () => call({ data: bytes, parentElement: page, setStateValue: () => {} })
  const end = one()
  if (!late) end()
  const last = one()
  if (late) end()
  const settled = async (count) => {
    for (let wait = 0; done.length < count && wait < 100; wait++) await new Promise((then) => setTimeout(then, 20))
    return done.splice(0)
  }
  const before = await settled(count)
  last()
  return [before, await settled(1), page.querySelector(".denoise-chart").dataset.draws]
}"""


@pytest.mark.parametrize(("late", "before"), [(True, ["drawn", "drawn"]), (False, ["drawn", "purged", "drawn"])])
def test_a_chart_is_drawn_though_the_call_that_newer_data_overtook_ends_after_theirs(chromium, late, before):
    layout = {"meta": {"note": ""}, "xaxis": {}}
    figure = {"data": [], "layout": layout}
    data = {
        "figure": figure,
        "dark": DARK,
        "height": 300,
        "zooms": False,
        "toolbar": True,
        "saves": True,
        "alt": "a",
        "range": None,
    }
    page = chromium.new_page()
    given = {
        "program": PROGRAM,
        "html": chart._HTML,
        "data": base64.b64encode(pack(data)).decode(),
        "late": late,
        "count": len(before),
    }
    seen = page.evaluate(CALLS, given)
    page.close()
    assert seen == [before, ["purged"], "2"]
