"""The main job: upload, train, watch, come back, stop, look at the result, take it away; and two people at once."""

import io
import re

import numpy as np
import pandas as pd
import pytest
from playwright.sync_api import expect

from denoise_core.config import RunConfig
from denoise_core.jobs.spec import AFTER_STOP_S
from denoise_core.training.events import EpochEnd
from tests.browser.helpers import chart, drawn, mark, points_beyond, says, start, upload, zoom


def with_series(page, pump):
    page.goto("/")
    upload(page, "pump.csv", pump)
    says(page, "pump.csv · pressure · 600 samples")
    drawn(page, "first-")


def stop(page):
    page.get_by_role("button", name="Stop and keep best").click()
    page.get_by_role("button", name="See the result").wait_for()


def test_upload_train_reload_stop_and_download(person, server, pump):
    page = person()
    with_series(page, pump)
    run = start(page, epochs=1500)
    points_beyond(page, "loss-", 3)

    mark(page, "loss-")
    zoom(page, "loss-", low=0.1, high=0.6)
    zoomed = chart(page, "loss-")
    points_beyond(page, "loss-", zoomed["points"] + 2)
    later = chart(page, "loss-")
    assert later["range"] == pytest.approx(zoomed["range"])
    assert later["mark"] == "same"

    page.reload()
    points_beyond(page, "loss-", later["points"] - 1)
    drawn(page, "preview-")
    assert f"run={run}" in page.url

    stop(page)
    assert server.store.run(run).state == "stopped"
    page.get_by_role("button", name="See the result").click()
    drawn(page, "result-")
    with page.expect_download() as arriving:
        page.get_by_role("button", name="Download the denoised file").click()
    assert arriving.value.suggested_filename == f"pump_denoised_{run[:8]}.csv"
    text = arriving.value.path().read_text()
    assert text.startswith("time (s);pressure (bar);pressure_denoised (bar)")
    table = pd.read_csv(io.StringIO(text), sep=";", decimal=",")
    blended = server.store.blend(run)  # what the page shows first: the network's result combined with other methods
    (*_, last) = [event for event in server.store.metrics(run)[0] if isinstance(event, EpochEnd)]
    assert (blended is None) == (last.elapsed_s > AFTER_STOP_S), "without the others only where the training was long"
    shown = server.store.estimate(run) if blended is None else blended.chosen
    np.testing.assert_allclose(table.iloc[:, 2], shown.values, atol=1e-6)
    with page.expect_download() as arriving:
        page.get_by_role("button", name="Settings").click()
    assert RunConfig.from_json(arriving.value.path().read_text()).training.epochs == 1500


def test_second_person_waits_is_told_the_place_and_may_look_but_not_stop(person, server, pump):
    first, second = person(), person()
    with_series(first, pump)
    mine = start(first, epochs=1500)
    points_beyond(first, "loss-", 1)

    with_series(second, pump)
    theirs = start(second, epochs=2)
    says(second, "Waiting: place 1 in the queue")
    expect(second.get_by_test_id("stPopover")).to_have_text(re.compile("1 run in progress"))

    looking = second.context.new_page()
    looking.goto(f"{server.url}/train?run={mine}")
    points_beyond(looking, "loss-", 1)
    expect(looking.get_by_role("button", name="Stop and keep best")).to_have_count(0)

    first.get_by_role("button", name="Cancel").click()
    says(first, "pump.csv: pressure was deleted")
    second.get_by_role("button", name="See the result").wait_for()
    assert server.store.run(theirs).state == "done"
    first.get_by_role("button", name="Restore this run").click()
    says(first, "Training on cpu")
    assert server.store.run(mine).state == "running"


def test_run_that_was_deleted_by_hand_is_told_in_words(person, server, pump):
    page = person()
    with_series(page, pump)
    run = start(page, epochs=2)
    page.get_by_role("button", name="See the result").wait_for()
    server.store.delete(run)
    page.reload()
    says(page, "no longer here")
    assert not page.get_by_role("button", name="See the result").is_visible()
