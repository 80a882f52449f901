"""A network trained before, used again on the Train page."""

import pytest

from denoise_core.jobs.spec import Status
from denoise_core.jobs.storage.run_folder import RunFolder
from denoise_core.model import about
from tests.models import model_bytes
from tests.pages.test_page_task_widgets import columns, labelled, runs, train, words


def take(app, data, name="old.denoiser"):
    labelled(app.file_uploader, "Model file").upload(name, data)
    app.run()
    assert not app.exception


def button(app):
    return labelled(app.button, "Denoise this file")


def test_model_says_what_it_is_and_denoises_the_columns_it_knows(app, store, tank):
    train(app, "tank.csv", tank)
    take(app, model_bytes("pressure", "level"))
    assert "**old.denoiser**: LSTM, trained on pressure, level. Learning goal: predict each sample from its neighbours." in words(
        app
    )
    button(app).click().run()
    assert not app.exception
    (run,) = runs(store)
    assert (run.spec.kind, run.spec.channels, run.spec.model_name) == ("apply", ("pressure", "level"), "old.denoiser")
    assert app.subheader[0].value == "Denoising tank.csv: pressure, level with old.denoiser"
    assert "place 1 in the queue" in app.progress[0].text


def test_model_of_one_channel_denoises_the_chosen_column_whatever_its_name(app, store, tank):
    train(app, "tank.csv", tank)
    take(app, model_bytes("elsewhere"))
    button(app).click().run()
    assert runs(store)[0].spec.channels == ("flow",)


def test_model_that_does_not_fit_the_columns_says_why(app, tank):
    train(app, "tank.csv", tank)
    columns(app, "flow", "level")
    take(app, model_bytes("pressure", "level"))
    assert "was trained on the channels pressure, level, but not on flow" in app.warning[0].value
    assert button(app).disabled


def test_file_that_is_no_model_is_told_in_words(app, tank):
    train(app, "tank.csv", tank)
    take(app, b"a;b\n1;2\n", name="table.csv")
    assert "table.csv is not a model file" in app.error[0].value


def test_model_can_be_used_on_a_series_too_short_to_train_on(app, store):
    train(app, "short.csv", b"v\n" + b"".join(b"%d\n" % (i % 5) for i in range(20)))
    take(app, model_bytes("v"))
    button(app).click().run()
    assert runs(store)[0].spec.channels == ("v",)


@pytest.mark.parametrize(("state", "text"), [("running", "Denoising…"), ("done", "Done after"), ("failed", "Failed after")])
def test_run_that_applies_a_model_is_watched_without_epochs(app, store, tank, state, text):
    train(app, "tank.csv", tank)
    take(app, model_bytes("flow"))
    button(app).click().run()
    RunFolder(store.home / "runs" / app.query_params["run"]).write(Status(state=state, started=1.0, ended=9.0))
    app.run()
    assert not app.exception
    assert app.progress[0].text.startswith(text)
    assert "Stop and keep best" not in [one.label for one in app.button]


def far_away(**more):
    return model_bytes("flow", channels={"flow": {"offset": 90.0, "scale": 2.0, "noise_sd": 0.25} | more})


def test_a_series_unlike_the_training_data_is_told_before_and_rescaled_unless_declined(app, store, tank):
    train(app, "tank.csv", tank)
    take(app, far_away())
    assert "flow lies around" in app.warning[0].value
    assert "may remove signal as if it were noise" in app.warning[0].value
    button(app).click().run()
    assert not app.exception
    (run,) = runs(store)
    assert run.spec.model_name == "old.denoiser (rescaled)"
    kept = about(RunFolder(store.home / "runs" / run.id).model).channel("flow")
    assert abs(kept.scaler.offset) < 1.0


def test_the_network_is_used_as_trained_where_rescaling_is_declined(app, store, tank):
    train(app, "tank.csv", tank)
    take(app, far_away())
    labelled(app.toggle, "Rescale").set_value(False).run()
    button(app).click().run()
    assert runs(store)[0].spec.model_name == "old.denoiser"


def test_what_is_told_of_the_fit_belongs_to_the_chosen_column(app, tank):
    train(app, "tank.csv", tank)
    take(app, model_bytes("level", channels={"level": {"offset": 0.0, "scale": 0.7, "noise_sd": 0.2}}))
    assert not app.warning
