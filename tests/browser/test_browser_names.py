"""Names from files and links are text: they fetch nothing, link nowhere, and are no formulas."""

from __future__ import annotations

from urllib.parse import quote

import numpy as np
import pytest
from playwright.sync_api import expect

from tests.browser.helpers import drawn, upload

HOSTILE = (
    "![x](http://picture.example/a.png) [l](http://link.example) <http://auto.example> www.bare.example "
    "$a^2$ :red[r] :smile: `c` **b**"
)


@pytest.fixture
def hostile():
    """A file whose two columns are named so that Markdown and plotly would make pictures and links of them."""
    names = [f"{HOSTILE} 1", '<a href="http://title.example">t</a>']
    rows = [f"{np.sin(i / 9):.4f};{np.cos(i / 9):.4f}" for i in range(400)]
    return "\n".join([";".join(names), *rows]).encode()


def check_no_fetch_and_no_link(page, requests):
    links = ", ".join(f"a[href^='http://{name}']" for name in ("link", "auto", "www.bare", "title"))
    assert page.locator(f"{links}, img[src*='picture.example'], .katex").count() == 0
    assert [url for url in requests if ".example" in url] == []


def shows_names_as_text(page, requests):
    text = page.locator("body").inner_text().replace("\u2060", "")
    assert ":smile:" in text
    assert "![x](http://picture.example/a.png)" in text
    assert ":red[r]" in text
    assert "$a^2$" in text
    check_no_fetch_and_no_link(page, requests)


def test_names_of_files_and_columns_are_text_on_every_page(person, hostile):
    page, requests = person(), []
    page.on("request", lambda request: requests.append(request.url))
    page.goto("/")
    drawn(page, "first")
    upload(page, f"{HOSTILE.replace('/', '')}.csv", hostile)
    expect(page.get_by_text("400 samples").first).to_be_visible()
    drawn(page, "first")
    shows_names_as_text(page, requests)
    page.get_by_role("link", name="Train").first.click()
    expect(page.get_by_role("button", name="Start training")).to_be_visible()
    shows_names_as_text(page, requests)


@pytest.mark.parametrize(
    "link", ["/?series=0&name={}&column={}", "/result?run={}", "/train?run={}", "/compare?versions={}&baseline={}"]
)
def test_names_in_links_are_text(person, link):
    page, requests = person(), []
    page.on("request", lambda request: requests.append(request.url.split("?")[0]))
    page.goto(link.replace("{}", quote(HOSTILE)))
    page.wait_for_selector("[data-testid=stAlert]")
    check_no_fetch_and_no_link(page, requests)
