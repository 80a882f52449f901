"""From the first picture to two results over each other: chosen, renamed, pinned, flipped, deleted, restored, linked."""

import re

from playwright.sync_api import expect

from tests.browser.helpers import drawn, says

ROWS = ".denoise-table tbody tr"


def visible(page):
    """The estimates that the chart shows, by name."""
    return page.evaluate(
        """() => { const plot = document.querySelector("[class*='st-key-compare-'] .denoise-plot")
                   return plot._fullData.filter((line) => line.visible === true).map((line) => line.name) }"""
    )


def test_methods_are_chosen_compared_and_linked(person):
    page = person()
    page.goto("/")
    drawn(page, "first-")
    says(page, "Removed about")
    page.get_by_text("All methods side by side").click()
    page.wait_for_function(f"() => document.querySelectorAll('{ROWS}').length === 15")
    drawn(page, "grid-")
    table = page.locator(".denoise-table").first
    for method in ("Savitzky-Golay", "Wavelet"):
        table.get_by_role("button", name=method, exact=True).click()
        says(page, f"{method} is the result now")
    page.get_by_role("link", name="Compare").first.click()
    drawn(page, "compare-")
    assert {"Savitzky-Golay", "Wavelet"} <= set(visible(page))

    page.get_by_role("button", name="Rename Wavelet").click()
    page.get_by_role("textbox", name="New name of Wavelet").fill("<b>mine</b>")
    page.keyboard.press("Enter")
    expect(page.locator(ROWS).filter(has_text="<b>mine</b>")).to_have_count(1)
    page.get_by_role("button", name=re.compile("Compare the others with this one: Sav")).click()
    says(page, "Residuals less that of Savitzky-Golay")
    page.get_by_text("Residuals less that of").click()
    expect(page.locator("[class*='st-key-compare-'] .y2title")).to_have_text("Difference (bar)")
    page.keyboard.press("f")
    one = visible(page)
    page.keyboard.press("f")
    other = visible(page)
    assert one != other
    assert len({"Savitzky-Golay", "&lt;b&gt;mine&lt;/b&gt;"} & set(one)) == 1
    page.get_by_role("button", name="Show all").click()
    assert len(visible(page)) > len(one)

    page.get_by_role("button", name="Delete: <b>mine</b>").click()
    expect(page.locator(ROWS)).to_have_count(1)
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(ROWS)).to_have_count(2)
    page.reload()
    expect(page.locator(ROWS)).to_have_count(2)

    somebody = person(color_scheme="dark")
    somebody.goto(page.url)
    drawn(somebody, "compare-")
    expect(somebody.locator(ROWS)).to_have_count(2)
    somebody.get_by_role("button", name="Delete: <b>mine</b>").click()
    says(somebody, "Only whoever made a result can rename or delete it")
    somebody.locator(".denoise-table").get_by_role("button", name="Savitzky-Golay", exact=True).click()
    somebody.wait_for_url(re.compile("/result"))
    drawn(somebody, "result-")
    says(somebody, "Estimated error of the result")
