"""Try variations on the Train page, and a search as it runs and when it has ended; nothing is trained here."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace

import numpy as np
import pytest

from denoise_core.jobs import Studies
from denoise_core.jobs.storage.arrays import save_estimate
from denoise_core.jobs.storage.run_folder import RunFolder
from denoise_core.jobs.storage.study_folder import StudyFolder
from denoise_core.jobs.trial_runs import TrialRuns
from denoise_core.series import Estimate
from denoise_core.tuning.conclusion import conclude
from denoise_core.tuning.study import Study
from denoise_core.tuning.trials import DONE, TrialRecord
from tests.common import figure_of


@pytest.fixture
def studies(store):
    return Studies(store.home)


def train(app):
    app.run()
    app.session_state["variations"] = True
    return app.switch_page("pages/train.py").run()


def button(app, label):
    return next(one for one in app.button if one.label == label)


def text(app):
    return " ".join(one.value for one in (*app.caption, *app.success, *app.info, *app.markdown, *app.warning, *app.error))


def charts(app, key):
    return [one for one in app.get("bidi_component") if key in one.proto.id]


def end(studies, store, study_id, gains, *, state="done", running=()):
    """What a coordinator leaves behind after so many trials with these gains."""
    folder = StudyFolder(store.home / "studies" / study_id)
    spec = folder.spec()
    study = Study(spec.plan, samples=spec.samples)
    runs = TrialRuns(studies._home, folder, spec, folder.training_set())
    for gain in (0.0, *gains):
        trial = study.ask(0.0)
        record = TrialRecord(trial=trial, state=DONE, gain_db=gain, sd_db=0.1, seconds=4.0, valid_losses=(1.0, 0.8, 0.7))
        runs.submit(trial)
        finish(runs.folder(trial.number))
        study.tell(record)
        folder.append(record)
    checks = [
        TrialRecord(trial=replace(one.trial, number=90 + k, repeat=1), state=DONE, gain_db=one.gain_db, sd_db=0.05)
        for k, one in enumerate(study.finalists())
    ]
    for record in checks:
        study.tell(record)
        folder.append(record)
    best = study.best()
    folder.write_summary(
        {
            "phase": "ended",
            "share": 0.4,
            "running": list(running),
            "best": best.number,
            "importances": study.importances(),
            "conclusion": conclude(study, by_truth=False).to_json(),
        }
    )
    if state:
        folder.end(state, "")
    else:
        folder.write(replace(folder.status(), state="running", spent_s=65.0))


def finish(folder: RunFolder):
    series = folder.series()
    save_estimate(folder.result, Estimate(values=np.zeros(len(series)), method="lstm", sd=None))
    folder.model.write_bytes(b"model")
    folder.end("done", "")


@pytest.fixture
def searched(app):
    """A search that was begun on the Train page; its id."""
    train(app)
    button(app, "Start the search").click().run()
    assert not app.exception
    return app.query_params["study"]


def test_the_page_offers_three_presets_and_a_grid_and_starts_one_search(app, searched, studies, store):
    view = studies.study(searched)
    assert view.status.state == "queued"
    assert view.spec.plan.budget.minutes == 10.0
    assert set(view.spec.plan.space.dimensions) >= {"training.epochs", "training.learning_rate", "window.length"}
    assert view.spec.plan.suggested
    assert len(list((store.home / "studies").iterdir())) == 1
    assert "Starting the search" in app.progress[0].text


def test_a_grid_says_how_many_runs_it_makes_before_it_starts(app, studies):
    train(app)
    app.radio[-1].set_value("grid").run()
    what = next(one for one in app.multiselect if one.label == "Settings to vary")
    what.set_value(["window.length", "model.layers"]).run()
    assert not app.exception
    assert "9 runs, about" in text(app)
    button(app, "Start the search").click().run()
    plan = studies.study(app.query_params["study"]).spec.plan
    assert (plan.sampler, plan.space.points) == ("grid", 9)


def test_a_grid_that_is_too_large_or_empty_is_explained(app):
    train(app)
    app.radio[-1].set_value("grid").run()
    what = next(one for one in app.multiselect if one.label == "Settings to vary")
    what.set_value([]).run()
    assert "Name at least one setting" in text(app)
    assert "Start the search" not in [one.label for one in app.button]


def test_a_running_search_shows_how_far_it_is(app, searched, studies, store):
    trial = {"trial": {"number": 4, "params": {}, "repeat": 0}, "run": "r" * 24, "valid_losses": [1.0, 0.9]}
    end(studies, store, searched, [0.3, -0.2, 0.1], state="", running=[trial])
    app.run()
    assert not app.exception
    assert "3 trials so far, 1 under way, 1 min 05 s of 10 min 00 s" in app.progress[0].text
    assert "Too few trials to tell" in text(app)
    traces = {trace["name"]: trace for trace in figure_of(charts(app, "history")[0])["data"]}
    assert traces["Best so far"]["y"][-1] == 0.3
    button(app, "Stop and keep the best").click().run()
    assert StudyFolder(store.home / "studies" / searched).stop_request() == "keep"


def test_what_was_found_becomes_the_result_or_fills_the_form(app, searched, studies, store):
    end(studies, store, searched, [0.1, 0.8, 0.2])
    app.run()
    assert not app.exception
    assert "0.8 ± 0.1 dB less error than the suggested settings" in text(app)
    assert charts(app, "best-")
    labels = [one.label for one in app.button]
    assert "Make this the result" in labels
    found = studies.study(searched).config_of(2)
    button(app, "Use these settings").click().run()
    assert "study" not in app.query_params
    epochs = next(box for box in app.number_input if box.label.startswith("Epochs"))
    assert epochs.value == found.training.epochs


def test_a_search_that_found_nothing_says_to_keep_the_suggested_settings(app, searched, studies, store):
    end(studies, store, searched, [-0.1, -0.8])
    app.run()
    assert "None of 2 trials was better than the suggested settings. Keep them." in text(app)
    assert "Use these settings" not in [one.label for one in app.button]


def test_a_search_goes_on_when_it_is_asked_to(app, searched, studies, store):
    end(studies, store, searched, [0.1], state="stopped")
    app.run()
    button(app, "Search 5 minutes more").click().run()
    assert not app.exception
    assert studies.study(searched).status.state == "queued"


def test_a_deleted_search_leaves_the_form(app, searched, studies, store):
    end(studies, store, searched, [0.1])
    app.run()
    button(app, "Delete").click().run()
    assert not app.exception
    assert not list((store.home / "runs").iterdir())
    assert "Start training" in [one.label for one in app.button]


def test_a_trial_is_an_ordinary_result_that_leads_back_to_its_search(app, searched, studies, store):
    end(studies, store, searched, [0.1, 0.8])
    app.query_params["run"] = studies.study(searched).run_of(2)
    app.switch_page("pages/result.py").run()
    assert not app.exception
    assert "Back to the search" in [link.proto.label for link in app.get("page_link")]
    del app.query_params["run"]
    app.switch_page("pages/train.py").run()
    assert not app.exception
    assert charts(app, "history")


def test_compare_has_the_best_trials_in_a_group_of_their_own(app, searched, studies, store, monkeypatch):
    monkeypatch.setattr("pages.parts.versions._MOST_TRIALS", 2)
    end(studies, store, searched, [0.1, -0.3, 0.8])
    app.switch_page("pages/compare.py").run()
    assert not app.exception
    told = next(e for e in app.get("bidi_component") if e.proto.component_name == "denoise_results")
    rows = json.loads(gzip.decompress(told.proto.bytes))["rows"]
    numbers = {row["name"].partition(":")[0] for row in rows if row["group"] == "Search 1: the best 2 trials"}
    assert numbers == {"Trial 1", "Trial 3"}


def test_a_link_to_a_search_that_is_gone_says_so(app):
    app.query_params["study"] = "s" * 24
    app.switch_page("pages/train.py").run()
    assert not app.exception
    assert "no longer here" in text(app)


def test_the_list_of_runs_has_a_search_once_and_none_of_its_trials(app, searched, studies, store):
    end(studies, store, searched, [0.1, 0.2, 0.3])
    app.run()
    lines = [link.proto.label for link in app.get("page_link") if "Search" in link.proto.label]
    assert len(lines) == 1
    assert store.runs(app.session_state["denoise"].workspace) == []
