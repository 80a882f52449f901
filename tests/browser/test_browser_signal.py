"""What a person sees first, with their own file, with an awkward one, and in the dark."""

from playwright.sync_api import expect

from tests.browser.helpers import chart, drawn, points_beyond, says, upload, zoom

AWKWARD = {
    "empty.csv": (b"", "is empty"),
    "header.csv": (b"time,value\n", "holds only a header"),
    "one_row.csv": (b"a,b\n1,2\n", "only one row of numbers"),
    "text.csv": (b"a,b\n" + b"x,y\n" * 30, "has no column of numbers"),
    "constant.csv": (b"v\n" + b"5\n" * 40, "v is 5 at every sample"),
    "picture.csv": (bytes(range(256)) * 40, "control bytes"),
    "broken.xlsx": (b"PK\x03\x04 no workbook", "damaged workbook"),
    "objects.npy": (
        b"\x93NUMPY\x01\x00v\x00{'descr': '|O', 'fortran_order': False, 'shape': (3,), }" + b" " * 60 + b"\n",
        "damaged NumPy file",
    ),
}

ON_THE_BENCH = {"header.csv", "one_row.csv", "text.csv", "constant.csv"}
"""Those whose reading can be corrected; with the others, the earlier series stays on the page."""


def test_first_glance_shows_picture_verdict_and_main_button_without_scrolling(person):
    page = person()
    page.goto("/")
    drawn(page, "first-")
    says(page, "Removed about")
    expect(page.get_by_role("button", name="Train a network")).to_be_in_viewport()
    expect(page.locator("[class*='st-key-first-'] .denoise-plot")).to_be_in_viewport(ratio=0.95)


def test_dark_theme_draws_light_text_and_brighter_lines(person):
    page = person(color_scheme="dark")
    page.goto("/")
    drawn(page, "first-")
    shown = chart(page, "first-")
    assert "#56B4E9" in shown["colours"]
    assert shown["text"] == "#E6ECF2"


def test_zoom_into_a_long_recording_draws_what_was_left_out(person, long_recording):
    page = person()
    page.goto("/")
    drawn(page, "first-")
    upload(page, "long.csv", long_recording)
    says(page, "4,000 of 200,000 points drawn, extremes kept")
    drawn(page, "first-")
    zoom(page, "first-", low=0.50, high=0.51)
    expect(page.locator(".denoise-note").first).to_have_text("")
    low, high = chart(page, "first-")["range"]
    assert 1.5 < high - low < 2.5
    page.get_by_role("button", name="Show all").click()
    says(page, "4,000 of 200,000 points drawn, extremes kept")
    points_beyond(page, "first-", 3000)
    low, high = chart(page, "first-")["range"]
    assert high - low > 190


def test_awkward_files_get_a_sentence_and_the_earlier_series_stays(person, pump):
    page = person()
    page.goto("/")
    upload(page, "pump.csv", pump)
    says(page, "pump.csv · pressure · 600 samples")
    for name, (data, sentence) in AWKWARD.items():
        upload(page, name, data)
        expect(page.get_by_test_id("stAlertContentError")).to_contain_text(sentence)
        if name in ON_THE_BENCH:
            page.get_by_role("button", name="Back to the file before").click()
        says(page, "pump.csv · pressure · 600 samples")


def test_hand_made_links_show_a_page_that_works(person):
    page = person()
    for query in ("run=../../etc/passwd", "series=nonsense", "read={", "series=" + "0" * 64, "read=[1]&series=" + "0" * 64):
        page.goto(f"/?{query}")
        drawn(page, "first-")
        says(page, "pressure_steps.csv")
        assert page.get_by_role("button", name="Train a network").is_enabled()


def test_a_stretch_of_noise_is_marked_by_dragging_in_the_chart(person, pump):
    page = person()
    page.goto("/")
    drawn(page, "first-")
    upload(page, "pump.csv", pump)
    page.wait_for_function(
        "() => document.querySelector(\"[class*='st-key-first-'] .denoise-plot\")?._fullData?.some("
        "line => line.name === 'Residual' && line.x.length === 600)"
    )
    says(page, r"Train a network \(about")
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")
    zoom(page, "first-", low=0.2, high=0.6)
    page.wait_for_timeout(1500)  # the chart tells its range a moment later
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")
    assert chart(page, "first-")["range"][0] > 0.8
    page.get_by_text("See the noise, and correct it").click()
    drawn(page, "noise-spectrum")
    page.get_by_role("button", name="Use the zoomed stretch").first.click()
    says(page, "as measured in the marked stretch")
    expect(page.get_by_role("spinbutton", name="until (s)").first).not_to_have_value("0")
    start, stop = (
        float(page.get_by_role("spinbutton", name=name).first.input_value()) for name in ("Only noise from (s)", "until (s)")
    )
    assert 0.8 < start < 1.6
    assert 3.2 < stop < 4.0
