"""The lessons as a class sees them: every picture, controls by keyboard, the link, large type, both themes."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from denoise_core.lessons import LESSONS
from tests.browser.helpers import drawn, says

PICTURE = "[class*='st-key-lesson-picture']"
LARGE_PX = 18
SMALL_TEXT = """limit => [...document.querySelectorAll("[data-testid=stMain] *")].filter(node => {
    const own = [...node.childNodes].some(child => child.nodeType === 3 && child.textContent.trim())
    const box = node.getBoundingClientRect()
    return own && box.width > 1 && box.height > 1 && !node.closest("svg, style, [data-testid=stIconMaterial]")
        && getComputedStyle(node).visibility === "visible" && parseFloat(getComputedStyle(node).fontSize) < limit
}).map(node => `${node.tagName} ${getComputedStyle(node).fontSize}: ${node.textContent.trim().slice(0, 40)}`)"""
SMALL_ON_CHART = """limit => [...document.querySelectorAll(".denoise-plot text")]
    .filter(node => node.textContent.trim() && parseFloat(getComputedStyle(node).fontSize) < limit)
    .map(node => node.textContent)"""
SIDEWAYS = (
    "document.querySelector('[data-testid=stMain]').scrollWidth - document.querySelector('[data-testid=stMain]').clientWidth"
)


def open_lesson(page, query):
    page.goto(f"/learn?{query}")
    drawn(page, "lesson-picture")


def draws(page):
    return page.get_attribute(f"{PICTURE} .denoise-chart", "data-draws")


def redrawn(page, before):
    expect(page.locator(f"{PICTURE} .denoise-chart")).not_to_have_attribute("data-draws", before)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_lesson_draws_its_picture_within_the_page_in_both_themes(person, scheme):
    page = person(color_scheme=scheme)
    open_lesson(page, "lesson=1")
    for number, lesson in LESSONS.items():
        if number > 1:
            page.get_by_role("combobox", name="Lesson").click()
            page.get_by_role("option", name=f"{number}. {lesson.title}").click()
        expect(page.get_by_role("heading", name=lesson.title)).to_be_visible()
        expect(page.locator(f"{PICTURE} .denoise-plot")).to_have_attribute(
            "aria-label", re.compile(f"^{re.escape(lesson.title)}")
        )
        expect(page).to_have_url(re.compile(f"lesson={number}&"))
        assert page.evaluate(SIDEWAYS) == 0


def test_controls_work_by_keyboard_and_the_link_follows(person):
    page = person()
    open_lesson(page, "lesson=4&epoch=30&patience=5&seed=2")
    slider = page.get_by_role("slider", name=re.compile("Epoch"))
    before = draws(page)
    slider.focus()
    page.keyboard.press("ArrowRight")
    redrawn(page, before)
    expect(page).to_have_url(re.compile("epoch=31"))
    before = draws(page)
    page.get_by_role("button", name=re.compile("New noise")).press("Enter")
    redrawn(page, before)
    expect(page).to_have_url(re.compile("seed=3"))
    page.reload()
    says(page, "Epoch 31: training loss")
    page.get_by_role("button", name="Reset").press("Enter")
    expect(page).to_have_url(re.compile("seed=3"))  # the link of this visit is the one it was reloaded with


def test_the_link_can_be_copied_and_opens_the_same(person):
    page = person(permissions=["clipboard-read", "clipboard-write"])
    open_lesson(page, "lesson=2&sides=both")
    page.get_by_role("button", name="Copy link").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    link = page.evaluate("navigator.clipboard.readText()")
    assert link.endswith("/learn?lesson=2&sides=both&zoom=beat&seed=1")
    other = person()
    other.goto(link)
    says(other, "Both sides: the output")


@pytest.mark.parametrize("number", LESSONS)
def test_a_classroom_reads_everything_on_a_small_projector(person, number):
    page = person()
    page.set_viewport_size({"width": 1024, "height": 768})
    open_lesson(page, f"lesson={number}&classroom=1")
    expect(page.get_by_text(LESSONS[number].question)).to_be_visible()
    assert page.evaluate(SMALL_TEXT, LARGE_PX) == []
    assert page.evaluate(SMALL_ON_CHART, LARGE_PX) == []
    assert page.locator(".modebar-btn").count() == 0
    assert page.evaluate(SIDEWAYS) == 0
    box = page.locator(f"{PICTURE} .denoise-plot").bounding_box()
    assert box is not None
    assert box["y"] + box["height"] <= 768


def test_how_it_works_is_one_screen_with_a_described_drawing(person):
    page = person()
    page.goto("/learn?lesson=0")
    drawing = page.get_by_role("img", name=re.compile("two-sided blind spot"))
    expect(drawing).to_be_visible()
    main = "document.querySelector('[data-testid=stMain]')"
    assert page.evaluate(f"{main}.scrollHeight - {main}.clientHeight") <= 0
