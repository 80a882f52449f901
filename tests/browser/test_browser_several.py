"""Several columns of one file with one network, and that network used again on another file."""

import io
import re

import numpy as np
import pandas as pd
import pytest
from playwright.sync_api import expect

from tests.browser.helpers import choose, drawn, points_beyond, says, start, upload


@pytest.fixture
def tank():
    """``tank(seed)``: 500 samples of two columns, the first with a gap."""

    def _tank(seed):
        values = np.sin(np.arange(500) / 9)[:, None] + 0.2 * np.random.default_rng(seed).normal(size=(500, 2))
        rows = [f"{i / 100:.2f},{'' if 40 <= i < 50 else f'{a:.4f}'},{b:.4f}" for i, (a, b) in enumerate(values)]
        return "\n".join(["time (s),flow (l/s),pressure (bar)", *rows]).encode()

    return _tank


def downloaded(page, button):
    with page.expect_download() as arriving:
        page.get_by_role("button", name=button).click()
    return arriving.value.path().read_bytes()


def see_the_result(page):
    page.get_by_role("button", name="See the result").click()
    drawn(page, "result-")


def test_two_columns_are_learnt_together_and_their_network_is_used_again(person, server, tank):
    page = person()
    page.goto("/")
    upload(page, "tank.csv", tank(1))
    says(page, "tank.csv · flow · 500 samples")
    page.get_by_role("link", name="Train").first.click()
    expect(page.get_by_role("button", name="Start training")).to_be_in_viewport()
    page.get_by_text(re.compile("Training data: flow")).click()
    choose(page, "Columns", "pressure")
    page.keyboard.press("Escape")
    says(page, "Training data: flow, pressure")
    run = start(page, epochs=4)

    points_beyond(page, "loss-", 1)
    page.reload()
    points_beyond(page, "loss-", 1)
    see_the_result(page)
    expect(page.get_by_text("Fill gaps")).to_be_visible()
    choose(page, "Channel", "pressure")
    says(page, "tank.csv · pressure")
    expect(page.get_by_text("Fill gaps")).to_have_count(0)
    table = pd.read_csv(io.BytesIO(downloaded(page, "Download the denoised file")))
    for i, name in enumerate(("flow_denoised (l/s)", "pressure_denoised (bar)")):
        np.testing.assert_allclose(table[name], server.store.blend(run, i).chosen.values, atol=1e-5)
    model = downloaded(page, "Model")

    page.goto("/")
    upload(page, "other.csv", tank(2))
    says(page, "other.csv · flow · 500 samples")
    page.get_by_role("link", name="Train").first.click()
    page.get_by_text("Use an existing network").click()
    box = page.get_by_test_id("stExpander").filter(has_text="Use an existing network")
    box.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(
        {"name": "tank.denoiser", "mimeType": "application/octet-stream", "buffer": model}
    )
    says(page, "LSTM, trained on flow, pressure")
    page.get_by_role("button", name="Denoise this file").click()
    says(page, "Denoising other.csv: flow, pressure with tank.denoiser")
    see_the_result(page)
    table = pd.read_csv(io.BytesIO(downloaded(page, "Download the denoised file")))
    assert list(table.columns[-2:]) == ["flow_denoised (l/s)", "pressure_denoised (bar)"]
    assert not table.iloc[:, -2:].isna().any(axis=None)
