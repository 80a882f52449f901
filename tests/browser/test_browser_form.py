"""The Train page's form as a browser shows it: a widget may show something else than what the session remembers."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.helpers import choose


def test_going_back_to_a_recipe_shows_its_settings_again(person):
    page = person()
    page.goto("/train")
    epochs = page.get_by_label("Epochs", exact=True)
    expect(epochs).to_be_visible()
    suggested = epochs.input_value()
    assert int(suggested) > 1
    page.get_by_text("Training data:").click()
    choose(page, "Recipe", "Classic recipe")
    expect(epochs).to_have_count(1)
    # While the form is replaced there may be two; the new one comes first.
    window = page.get_by_role("spinbutton", name="Window length (samples)").first
    expect(window).to_have_value("20")
    expect(page.get_by_role("combobox", name="Recipe")).to_have_count(1)  # the one before goes when the rerun has ended
    choose(page, "Recipe", "Suggested")
    expect(epochs).to_have_count(1)
    expect(window).to_have_value("256")
    expect(epochs).to_have_value(suggested)
