"""What one browser session remembers: the only module that touches ``st.session_state`` and the URL.

A page reload is a new session. What survives it is in the URL, see `links`, and in one cookie (the workspace, to which runs
belong).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from denoise_core.config import NoiseConfig, RunConfig
from denoise_core.figures import View
from denoise_core.jobs import Source, new_id
from pages.parts import links
from pages.parts.training_task import TrainingTask

_KEY, _OFFERS, _SHOWN = "denoise", "denoise_offers", "denoise_shown"
_PLACES = "denoise_places"
_COOKIE = "denoise_workspace"
_WORKSPACE = re.compile(r"[A-Za-z0-9_-]{16,64}")
_REFILLING = frozenset({"recipe", "noise", "snr"})


@dataclass(frozen=True, kw_only=True)
class Session(links.Linked):
    """Everything the pages remember between reruns, what a link carries included; always replaced as a whole.

    Parameters
    ----------
    workspace : str
        Unguessable; what this browser's runs belong to.
    config : RunConfig or None
        Settings that were loaded or edited; None for those suggested from the data.
    task : TrainingTask
        What a network is to be trained on.
    model : Source or None
        The uploaded model file that is to be used.
    edits : int
        Counts the times that all settings were filled in again, so that a form shows the new values.
    start_token : str
        Sent with the next start of a training, so that one press counts once, however often it arrives.
    unread : Source or None
        A file that cannot be read as it is, and is corrected on the bench; `fault` says why. It is stored when it can be read;
        until then its bytes are in `unread_data`.
    faults : tuple of str
        What went wrong with the last button press, in whole sentences; shown once.
    """

    workspace: str
    config: RunConfig | None = None
    task: TrainingTask = field(default_factory=TrainingTask)
    model: Source | None = None
    edits: int = 0
    start_token: str = field(default_factory=new_id)
    unread: Source | None = None
    unread_data: bytes | None = field(default=None, repr=False)
    fault: str = ""
    faults: tuple[str, ...] = ()


def begin() -> Session:
    """The session of this rerun; a link's run and series win over what was remembered."""
    session: Session | None = st.session_state.get(_KEY)
    if session is None:
        session = Session(workspace=_workspace(), **vars(links.read(st.query_params)))
    elif _went_back():
        session = _opened_before(session)
    query = st.query_params
    study = query.get("study")
    # A link to a search alone closes the run that is open.
    session = replace(session, run=query.get("run") or (None if study else session.run), study=study or session.study)
    _remember(session)
    return session


def current() -> Session:
    """The session as it is now, in the middle of a rerun or in a callback."""
    session: Session = st.session_state[_KEY]
    return session


def change(**changes: Any) -> None:
    """Replace parts of the session; the URL follows."""
    _remember(replace(current(), **changes))


def choose(source: Source) -> None:
    """Show another series, and forget what belonged to the one before."""
    _remember(_start_anew(links.Linked(source=source)))


def correct(source: Source, fault: str, data: bytes | None) -> None:
    """Put a file that cannot be read on the bench; the series on the other pages stays."""
    change(unread=source, unread_data=data, fault=fault, faults=(), edits=current().edits + 1)


def leave_bench() -> None:
    """Back to the series from before."""
    change(unread=None, unread_data=None, fault="", edits=current().edits + 1)


def state_noise(noise: NoiseConfig) -> None:
    """What a person says of the noise now; settings that were loaded or edited follow."""
    config = current().config
    change(noise=noise, config=None if config is None else replace(config, noise=noise))


def close_run() -> None:
    """No run is open any more; the next start is a new one."""
    change(run=None, start_token=new_id())


def close_study() -> None:
    """No search is open any more; the next start is a new one."""
    change(study=None, start_token=new_id())


def configure(config: RunConfig | None) -> None:
    """Fill the form with other settings and their learning goal; None for the suggested ones."""
    session = current()
    task = replace(session.task, goal="") if config else TrainingTask(columns=session.task.columns)
    change(config=config, task=task, edits=session.edits + 1)


def change_task(**changes: Any) -> None:
    """Replace parts of the `TrainingTask`; another recipe, or other noise, fills in all settings again.

    The form is then a new one each time: a widget that comes back shows its smallest value in Streamlit, whatever is remembered.
    """
    session = current()
    refills = not _REFILLING.isdisjoint(changes)
    config = None if "recipe" in changes else session.config
    change(task=replace(session.task, **changes), config=config, edits=session.edits + refills)


def retry(*faults: str) -> None:
    """Show these sentences, and empty what was just uploaded or typed."""
    change(faults=faults, edits=current().edits + 1)


def fail(*faults: str) -> None:
    """Show these sentences in the next rerun."""
    change(faults=faults)


def pop_faults() -> tuple[str, ...]:
    """What `fail` was given, once."""
    faults = current().faults
    if faults:
        change(faults=())
    return faults


def link(**query: str) -> dict[str, str]:
    """Query parameters of this session with some replaced: what a link to another page carries."""
    return links.write(current()) | query


def visit() -> str:
    """What tells this session from all others that are open now."""
    context = get_script_run_ctx()
    return "" if context is None else context.session_id


def shown(place: str) -> str:
    """The name of what is shown there, and nothing else with it; "" where that is not sure. See `freshness`."""
    return str(st.session_state.get(_SHOWN, {}).get(place, ""))


def show(place: str, name: str) -> None:
    """From now on `name` is what is shown there."""
    st.session_state.setdefault(_SHOWN, {})[place] = name


def place(of: str, name: str) -> int:
    """A number that is another one whenever `name` is another one than at the last call for `of`."""
    before, number = st.session_state.setdefault(_PLACES, {}).get(of, ("", 0))
    number += name != before
    st.session_state[_PLACES][of] = name, number
    return int(number)


def view(key: str) -> View | None:
    """The range that the chart `key` is zoomed to, or None where it shows everything."""
    view = st.session_state.get(key, {}).get("view")
    return (float(view[0]), float(view[1])) if view else None


def value(key: str) -> Any:
    """What the widget `key` holds; None before it was shown."""
    return st.session_state.get(key)


def edit(key: str) -> Any:
    """What a person put in place of the value that `offer` gave the widget `key`; None where they left it."""
    held = value(key)
    return None if held == st.session_state.get(_OFFERS, {}).get(key) else held


def put(key: str, value: Any) -> None:
    """Remember `value` under `key`: what the widget of that key shows, or something that the pages keep for themselves."""
    st.session_state[key] = value


def pop(key: str) -> Any:
    """What `put` was given, once."""
    return st.session_state.pop(key, None)


def parameters() -> dict[str, str]:
    """The URL's query parameters that are not the session's own."""
    return {name: text for name, text in st.query_params.items() if name not in links.PARAMETERS}


def show_parameters(query: Mapping[str, str]) -> None:
    """Put these parameters into the URL, in place of all that are not the session's own."""
    wanted = dict(query) | links.write(current())
    if wanted != st.query_params.to_dict():
        st.query_params.from_dict(wanted)


def offer(key: str, value: Any) -> None:
    """Put `value` into the widget `key`, unless a person has replaced the value offered before."""
    offers = st.session_state.setdefault(_OFFERS, {})
    held = st.session_state.get(key)
    if held is None or (value != offers.get(key) == held):
        st.session_state[key] = value
    offers[key] = value


def _remember(session: Session) -> None:
    st.session_state[_KEY] = session
    show_parameters(parameters())


def _start_anew(linked: links.Linked) -> Session:
    """Of all that was remembered, only what belongs to no series; the form shows new values."""
    session = current()
    return Session(workspace=session.workspace, model=session.model, edits=session.edits + 1, **vars(linked))


def _went_back() -> bool:
    """Whether the browser's Back or Forward brought this rerun; at all others the URL may be older than the session."""
    context = get_script_run_ctx()
    return context is not None and context.is_history_navigation


def _opened_before(session: Session) -> Session:
    """What the URL names, to which a person went back; the settings of the form stay where they are for the same series."""
    linked = links.read(st.query_params)
    if linked.source == session.source:
        return replace(session, run=linked.run, study=linked.study)
    return _start_anew(linked)


def _workspace() -> str:
    kept = str(st.context.cookies.get(_COOKIE, ""))
    return kept if _WORKSPACE.fullmatch(kept) else new_id()
