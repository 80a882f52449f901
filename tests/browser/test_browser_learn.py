"""The lessons as a class sees them: every picture, controls by keyboard, the link, large type, both themes."""

from __future__ import annotations

import re
from contextlib import suppress

from playwright.sync_api import TimeoutError, expect

from denoise_core.lessons import LESSONS
from tests.browser.helpers import choose, drawn, says

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


def each_lesson(page, query):
    """Open the first lesson with that link and go on to the others in turn."""
    open_lesson(page, query)
    for number, lesson in LESSONS.items():
        if number > 1:
            choose(page, "Lesson", f"{number}. {lesson.title}")
        expect(page.get_by_text(lesson.question)).to_be_visible()
        expect(page.locator(f"{PICTURE} .denoise-chart")).to_have_attribute(
            "aria-label", re.compile(f"^{re.escape(lesson.title)}")
        )
        expect(page).to_have_url(re.compile(f"lesson={number}&"))
        assert page.evaluate(SIDEWAYS) == 0
        yield lesson


def test_every_lesson_draws_its_picture_under_its_heading(person):
    page = person()
    for lesson in each_lesson(page, "lesson=1"):
        expect(page.get_by_role("heading", name=lesson.title)).to_be_visible()


def test_a_dark_classroom_reads_everything_on_a_small_projector(person):
    page = person(color_scheme="dark")
    page.set_viewport_size({"width": 1024, "height": 768})
    for lesson in each_lesson(page, "lesson=1&classroom=1"):
        for text_below in (SMALL_TEXT, SMALL_ON_CHART):
            with suppress(TimeoutError):  # the style may arrive after the picture
                page.wait_for_function(f"limit => ({text_below})(limit).length === 0", arg=LARGE_PX, timeout=10_000)
            assert page.evaluate(text_below, LARGE_PX) == [], lesson.title
        assert page.locator(".modebar-btn").count() == 0
        box = page.locator(f"{PICTURE} .denoise-plot").bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= 768, lesson.title


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


def test_how_it_works_is_one_screen_with_a_described_drawing(person):
    page = person()
    page.goto("/learn?lesson=0")
    drawing = page.get_by_role("img", name=re.compile("two-sided blind spot"))
    expect(drawing).to_be_visible()
    main = "document.querySelector('[data-testid=stMain]')"
    assert page.evaluate(f"{main}.scrollHeight - {main}.clientHeight") <= 0
