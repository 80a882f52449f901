"""A file that cannot be read as it is: corrected on the bench, in both themes, and a pasted table."""

import pytest

from tests.browser.helpers import choose, drawn, says, upload

pytestmark = pytest.mark.browser

ODD = b"overload\n" + b"".join(b"OVL\n" if i % 3 else b"%d\n" % (i * i % 7) for i in range(90))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_file_of_overloads_is_read_after_one_correction(person, scheme):
    page = person(color_scheme=scheme)
    page.goto("/")
    drawn(page, "first")
    upload(page, "odd.csv", ODD)
    says(page, "has no column of numbers")
    says(page, "can be corrected here")
    choose(page, "overload", "Value")
    says(page, "odd.csv · overload · 90 samples")
    drawn(page, "first")
    page.reload()
    says(page, "odd.csv · overload · 90 samples")
    drawn(page, "first")
    assert page.get_by_text("can be corrected here").count() == 0
    assert "overload" in page.locator(".denoise-chart").first.get_attribute("aria-label")


def test_a_pasted_table_is_shown_and_found_again_among_the_recent_files(person):
    page = person()
    page.goto("/")
    drawn(page, "first")
    page.get_by_role("button", name="Paste numbers").click()
    page.get_by_role("textbox", name="Numbers or a table").fill(
        "t\tpressure (bar)\n" + "".join(f"{i}\t{i % 7},5\n" for i in range(40))
    )
    page.get_by_role("textbox", name="Numbers or a table").press("Tab")
    page.get_by_role("button", name="Use these numbers").click()
    says(page, "pasted.txt · pressure · 40 samples")
    page.goto("/")
    choose(page, "Recent files", "pasted.txt")
    says(page, "pasted.txt · pressure · 40 samples")
    drawn(page, "first")
    assert "pressure" in page.locator(".denoise-chart").first.get_attribute("aria-label")
