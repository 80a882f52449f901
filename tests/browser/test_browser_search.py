"""A search in the running app: begun on the Train page, watched, found again after a reload, stopped, and used."""

import re

from playwright.sync_api import expect

from denoise_core.jobs import Studies
from tests.browser.helpers import drawn, says, upload


def test_search_watch_reload_stop_and_see_the_result(person, server, pump):
    page = person()
    page.goto("/")
    upload(page, "pump.csv", pump)
    says(page, "pump.csv · pressure · 600 samples")
    page.get_by_role("link", name="Train").first.click()
    page.get_by_text("Try variations").click()
    page.get_by_text("Grid of values").click()
    says(page, r"3 runs, about")
    page.get_by_role("button", name="Start the search").click()
    page.wait_for_url(re.compile("study="))
    study = re.search("study=([^&]+)", page.url)[1]
    drawn(page, f"curves-{study}")
    page.reload()
    page.get_by_text(re.compile("[1-3] trials? so far")).wait_for(timeout=180_000)  # two trainings, and the twins of both
    drawn(page, f"history-{study}")
    page.get_by_role("button", name="Stop and keep the best").click()
    says(page, "Stopped after")
    view = Studies(server.store.home).study(study)
    assert view.ended
    assert len(view.records) >= 2
    page.get_by_role("button", name=re.compile("result")).click()
    drawn(page, "result-")
    expect(page.get_by_role("button", name=re.compile("Download"))).to_be_visible()
    page.get_by_role("link", name="Compare").first.click()
    fold = page.get_by_role("button", name=re.compile(r"Search 1: the best"))
    trial = page.locator(".denoise-table").get_by_role("button", name=re.compile("^Trial 1:"))
    expect(fold).to_have_attribute("aria-expanded", "false")
    fold.click()
    expect(trial).to_be_visible()
    expect(fold).to_have_attribute("aria-expanded", "true")
