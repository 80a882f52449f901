"""What every page does before anything else, and what it says where no training can start."""

import pytest
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.forward_msg_cache import populate_hash_if_needed

from denoise_core.errors import RunError
from denoise_core.jobs.storage.home import Home
from pages.parts import cached
from pages.parts.messages import plain
from tests.jobs.conftest import by_another_version, index_all

PAGES = ("app.py", "pages/train.py", "pages/result.py", "pages/learn.py")


@pytest.fixture
def started(monkeypatch):
    """The data folders that a supervisor was asked for."""
    calls = []
    monkeypatch.setattr("pages.parts.cached.ensure_supervisor", calls.append)
    return calls


@pytest.mark.parametrize("page", PAGES)
def test_a_supervisor_is_started_even_by_a_page_that_fails(app, started, store, monkeypatch, page):
    def fail(_):
        raise ZeroDivisionError

    monkeypatch.setattr("pages.parts.runs.menu", fail)
    app.switch_page(page).run()
    assert app.exception
    assert started == [store.home]


@pytest.mark.parametrize("page", PAGES)
def test_a_run_of_another_version_kills_no_page_of_its_owner(app, store, finished, workspace, monkeypatch, page):
    monkeypatch.setattr("pages.parts.state._workspace", lambda: workspace)
    index_all(Home(store.home))
    by_another_version(Home(store.home), finished)
    app.switch_page(page).run()
    assert not app.exception


@pytest.mark.parametrize("page", PAGES)
def test_a_data_folder_that_cannot_be_made_is_all_that_a_page_tells(app, tmp_path, monkeypatch, page):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("DENOISE_HOME", str(tmp_path / "file" / "home"))
    cached.store.clear()
    app.switch_page(page).run()
    assert not app.exception
    assert ["cannot be made" in error.value for error in app.error] == [True]


@pytest.mark.parametrize("page", PAGES)
def test_every_page_says_when_no_training_can_start(app, monkeypatch, page):
    def refuse(_):
        raise RunError("DENOISE_CPU_SLOTS = 'two' is not a number.")

    monkeypatch.setattr("pages.parts.cached.ensure_supervisor", refuse)
    app.switch_page(page).run()
    assert not app.exception
    assert app.error[0].value == plain("No training can start. DENOISE_CPU_SLOTS = 'two' is not a number.")


def test_no_element_is_sent_as_a_reference_to_what_the_browser_may_have_forgotten():
    message = ForwardMsg()
    message.delta.new_element.markdown.body = "a" * 50_000_000
    populate_hash_if_needed(message)
    assert not message.metadata.cacheable
