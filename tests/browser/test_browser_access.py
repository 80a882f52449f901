"""Every page, in both themes, passes axe-core's rules for WCAG 2.2, levels A and AA."""

from __future__ import annotations

from importlib.resources import files

import pytest
from playwright.sync_api import expect

from denoise_core.jobs import new_id
from tests.benchmarks.page_times import finished_run, recording
from tests.browser.helpers import drawn, press_at_rest, says

AXE = (files("axe_playwright_python") / "axe.min.js").read_text()
LOOK = """
async () => {
  const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
  const found = await axe.run(document, { runOnly: { type: "tag", values: tags }, resultTypes: ["violations"] })
  return found.violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => id + ": " + html.slice(0, 200)))
}
"""


def violations(page):
    """Each broken rule with the element that breaks it."""
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")
    page.wait_for_timeout(600)  # what was replaced fades out and in
    page.evaluate(AXE)
    return page.evaluate(LOOK)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_page_breaks_a_rule_of_wcag_2_2_aa(person, server, theme):
    owner = new_id()
    run = finished_run(server.store, recording(2_000), owner)
    page = person(color_scheme=theme)
    page.context.add_cookies([{"name": "denoise_workspace", "value": owner, "url": server.url}])

    page.goto("/")
    drawn(page, "first-")
    says(page, "Removed about")
    assert violations(page) == []

    page.get_by_role("link", name="Train").first.click()
    drawn(page, "windows")
    page.get_by_text("More settings").click()
    expect(page.get_by_text("Gradient clip")).to_be_visible()
    assert violations(page) == []

    page.get_by_role("link", name="Learn").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Learn")
    page.wait_for_selector(".denoise-chart[data-draws]")
    assert violations(page) == []

    page.goto(f"/result?run={run}")
    drawn(page, "result-")
    assert violations(page) == []

    page.goto(f"/compare?run={run}")
    drawn(page, "compare-")
    page.get_by_role("button", name="Compare the others with this one").click()
    says(page, "Residuals less that of")
    assert violations(page) == []

    page.goto(f"/train?run={run}")
    says(page, "See the result")
    assert violations(page) == []
    page.get_by_text("Settings of this run").click()
    page.get_by_test_id("stJson").get_by_text("reasons").wait_for()  # arrives late, and moves the button below it
    press_at_rest(page, "Delete this run")
    says(page, "was deleted. It can be restored")
    assert violations(page) == []
