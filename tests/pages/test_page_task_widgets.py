"""What a network learns from, on the Train page: recipes, goals, columns, clean values, further files."""

import re

import numpy as np
import pytest

import denoise_core as dc
from denoise_core.signals import COLOURS
from denoise_core.suggestions import RECIPES, for_channels
from pages.parts import task_widgets


def labelled(boxes, label):
    return next(box for box in boxes if box.label.startswith(label))


def words(app):
    shown = [*app.error, *app.warning, *app.info, *app.markdown, *app.caption]
    return re.sub(r"\\(?=\W)|\u2060", "", "\n".join(str(element.value) for element in shown))  # names are escaped as Markdown


def train(app, name, data):
    """The Train page for an uploaded file."""
    app.run()
    app.file_uploader[0].upload(name, data)
    app.run()
    return app.switch_page("pages/train.py").run()


def start(app):
    return labelled(app.button, "Start training").click().run()


def choose(app, label, value):
    labelled(app.selectbox, label).select(value).run()
    assert not app.exception


def columns(app, *names):
    app.multiselect[0].set_value(list(names)).run()
    assert not app.exception


def submitted(store, app):
    return store.training_set(app.query_params["run"])


def runs(store):
    return [store.run(folder.name) for folder in (store.home / "runs").iterdir()]


def told(app):
    """The line that says what is learnt from."""
    return labelled(app.expander, "Training data").label


def test_line_says_what_is_learnt_from(app, tank):
    train(app, "tank.csv", tank)
    assert told(app) == "Training data: flow · predict each sample from its neighbours"
    columns(app, "flow", "pressure")
    choose(app, "Recipe", "gru")
    assert told(app) == "Training data: flow, pressure · predict each sample from its neighbours · GRU"


def test_recipe_fills_the_form_again(app, tank):
    train(app, "tank.csv", tank)
    assert labelled(app.selectbox, "Network").value == "lstm"
    for name, recipe in RECIPES.items():
        choose(app, "Recipe", name)
        filled = recipe.fill(flow(tank))
        assert labelled(app.selectbox, "Network").value == filled.model.backbone
        assert labelled(app.number_input, "Window length").value == filled.window.length
        assert labelled(app.selectbox, "Learning goal").value == filled.objective.kind


def flow(tank):
    return dc.read(tank, name="tank.csv")["flow"]


def test_settings_are_called_as_a_person_reads_them_and_stand_in_groups(app, tank):
    train(app, "tank.csv", tank)
    assert "Robust (median, IQR)" in labelled(app.selectbox, "Scaling").options
    headings = [line.value for line in labelled(app.expander, "More settings").markdown]
    assert headings == [
        f"**{group}**"
        for group in ("Noise", "Preprocessing", "Network", "Learning goal and loss", "Validation and test", "Training")
    ]


def test_what_the_noise_is_stands_above_the_form(app, tank):
    train(app, "tank.csv", tank)
    assert "The noise level is about" in words(app)


def test_columns_share_one_network(app, store, tank):
    train(app, "tank.csv", tank)
    columns(app, "flow", "pressure")
    start(app)
    assert [series.name for series in submitted(store, app).noisy] == ["flow", "pressure"]
    spec = runs(store)[0].spec
    assert (spec.channels, spec.title, spec.source.column) == (("flow", "pressure"), "tank.csv: flow, pressure", "flow")


def test_columns_get_a_network_each_with_the_settings_of_their_own(app, store, tank):
    train(app, "tank.csv", tank)
    columns(app, "pressure", "level")
    app.radio[0].set_value(False).run()
    suggested = labelled(app.selectbox, "Residual learning").value
    labelled(app.number_input, "Epochs").set_value(3)
    start(app)
    assert not app.exception
    started = {run.spec.channels: run for run in runs(store)}
    assert set(started) == {("pressure",), ("level",)}
    assert {run.spec.config.training.epochs for run in started.values()} == {3}
    assert {run.spec.source.column for run in started.values()} == {"pressure", "level"}
    kinds = {names: run.spec.config.model.baseline for names, run in started.items()}
    assert (suggested, kinds) == ("none", {("pressure",): "none", ("level",): "linear"})
    assert "2 trainings were started" in app.toast[0].value


def test_nothing_starts_if_one_of_the_columns_cannot_be_used(app, store, pump):
    train(app, "pump.csv", pump)
    columns(app, "pressure", "state")
    app.radio[0].set_value(False).run()
    start(app)
    assert "state is 1 at every sample" in app.error[0].value
    assert runs(store) == []


def test_another_first_column_fills_the_form_with_its_own_settings(app, tank):
    train(app, "tank.csv", tank)
    assert labelled(app.selectbox, "Residual learning").value == "none"
    columns(app, "level")
    assert labelled(app.selectbox, "Residual learning").value == "linear"


def test_a_new_suggestion_is_shown_in_the_form(app, tank):
    train(app, "tank.csv", tank)
    alone = labelled(app.number_input, "Epochs").value
    columns(app, "flow", "pressure")
    assert labelled(app.number_input, "Epochs").value == for_channels(dc.suggest(flow(tank)), 2).training.epochs > alone
    assert "2 channels need more training" in words(app)
    columns(app, "flow")
    assert labelled(app.number_input, "Epochs").value == alone


def test_what_a_person_put_in_stays_when_the_suggestion_changes(app, store, tank):
    train(app, "tank.csv", tank)
    labelled(app.number_input, "Epochs").set_value(3)
    labelled(app.number_input, "Blind spot").set_value(64)
    labelled(app.number_input, "Window length").set_value(100)
    start(app)  # A form tells what was typed into it when it is sent; this gap is too wide, so nothing starts.
    columns(app, "flow", "pressure")
    assert labelled(app.number_input, "Epochs").value == 3
    assert "need more training" not in words(app)
    labelled(app.number_input, "Blind spot").set_value(1)
    start(app)
    (run,) = runs(store)
    assert (run.spec.config.training.epochs, run.spec.channels) == (3, ("flow", "pressure"))


def test_setting_changed_by_hand_loses_its_reason(app, store, tank):
    train(app, "tank.csv", tank)
    labelled(app.number_input, "Epochs").set_value(3)
    start(app)
    reasons = store.run(app.query_params["run"]).spec.config.reasons
    assert "training.epochs" not in reasons
    assert "window.length" in reasons


def test_clean_column_is_found_by_its_name(app, store, tank):
    train(app, "tank.csv", tank)
    choose(app, "Learning goal", "supervised")
    assert labelled(app.selectbox, "Clean version of flow").value == "flow_true"
    start(app)
    data = submitted(store, app)
    assert store.run(app.query_params["run"]).spec.config.objective.kind == "supervised"
    np.testing.assert_allclose(data.clean[0], np.sin(np.arange(600) / 9), atol=1e-4)


def test_missing_clean_column_is_told_at_once_and_nothing_starts(app, store, tank):
    train(app, "tank.csv", tank)
    columns(app, "flow", "pressure")
    choose(app, "Learning goal", "supervised")
    assert "needs a clean column" in app.warning[0].value
    start(app)
    assert "needs a clean column" in app.error[0].value
    assert runs(store) == []
    choose(app, "Clean version of pressure", "level")
    assert len(app.warning) == 0


def test_noise_is_added_to_a_clean_recording(app, store, tank):
    train(app, "tank.csv", tank)
    columns(app, "level")
    choose(app, "Learning goal", "supervised")
    app.radio[0].set_value(True).run()
    choose(app, "Added noise", "coloured")
    labelled(app.number_input, "Signal-to-noise ratio").set_value(2.0).run()
    start(app)
    assert not app.exception
    data = submitted(store, app)
    assert (len(data.noisy), data.n_to_denoise) == (8, 1)
    added = data.noisy[0].values - data.clean[0]
    assert np.std(data.clean[0]) / np.std(added) == pytest.approx(2.0, rel=0.3)


def test_colours_of_added_noise_are_those_of_the_core():
    assert set(task_widgets.COLOURS) == set(COLOURS)


def test_repeats_that_show_different_things_are_told(app, tank):
    train(app, "tank.csv", tank)
    columns(app, "flow", "level")
    choose(app, "Learning goal", "repeats")
    assert "level does not resemble flow" in app.warning[0].value


def test_settings_that_do_not_go_with_the_goal_are_told_in_the_words_of_the_form(app, store, tank):
    train(app, "tank.csv", tank)
    choose(app, "Recipe", "classic")
    choose(app, "Learning goal", "blind_spot")
    assert 'Network = "Classic LSTM" only predicts the next sample' in app.warning[0].value
    assert 'set Learning goal to "Predict each sample from the past"' in app.warning[0].value
    start(app)
    assert runs(store) == []


def test_suggested_start_is_put_right_for_a_goal_that_sees_the_past_without_worker(app, tank):
    train(app, "tank.csv", tank)
    columns(app, "level")
    choose(app, "Learning goal", "next_step")
    assert len(app.warning) == 0


def test_further_files_only_teach(app, store, tank):
    train(app, "tank.csv", tank)
    labelled(app.file_uploader, "More files").upload("other.csv", tank.replace(b"0", b"1"))
    app.run()
    assert "1 more file" in told(app)
    start(app)
    data = submitted(store, app)
    assert (len(data.noisy), len(data.to_denoise)) == (2, 1)


def test_further_file_without_the_column_is_told_and_left_out(app, tank):
    train(app, "tank.csv", tank)
    labelled(app.file_uploader, "More files").upload("other.csv", b"a,b\n" + b"1,2\n3,5\n" * 20)
    app.run()
    assert "other.csv has no column 'flow'" in app.error[0].value
    assert "more file" not in told(app)


def test_teaching_example_is_marked_wherever_it_is_chosen_or_runs(app, tank):
    train(app, "tank.csv", tank)
    choose(app, "Learning goal", "reconstruct")
    assert "teaching example" in told(app)
    assert "Teaching example: copy the input" in labelled(app.selectbox, "Learning goal").options
    start(app)
    assert app.subheader[0].value == "Teaching example: training on tank.csv: flow"


def test_what_is_learnt_from_is_kept_while_one_looks_at_another_page(app, tank):
    train(app, "tank.csv", tank)
    columns(app, "flow", "pressure")
    app.switch_page("app.py").run()
    app.switch_page("pages/train.py").run()
    assert "flow, pressure" in told(app)


def test_another_file_is_learnt_from_anew(app, tank, pump):
    train(app, "tank.csv", tank)
    choose(app, "Learning goal", "next_step")
    app.switch_page("app.py").run()
    app.file_uploader[0].upload("pump.csv", pump)
    app.run()
    app.switch_page("pages/train.py").run()
    assert told(app) == "Training data: pressure · predict each sample from its neighbours"
