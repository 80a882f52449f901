"""A run while it is running: its progress, its loss, a section of the series as it gets cleaner, and the buttons that end it.

It only reads what the worker wrote; the page that calls it reruns once when the run has ended.
"""

from __future__ import annotations

import numpy as np
import streamlit as st

from denoise_core import figures
from denoise_core.assess.formatting import plural
from denoise_core.config.objectives import OBJECTIVES
from denoise_core.errors import RunError
from denoise_core.jobs import RunView
from denoise_core.jobs.spec import APPLY, TRAIN
from denoise_core.methods import METHODS
from pages.parts import chart, runs, state
from pages.parts.cached import INSTANT, keep_alive, store
from pages.parts.cached_runs import instant_near, preview_series
from pages.parts.history import History, history
from pages.parts.messages import plain

_ENDED = {
    "stopping": "Stopping",
    "done": "Done",
    "stopped": "Stopped, best epoch kept",
    "failed": "Failed",
    "cancelled": "Cancelled",
}


def heading(run: RunView) -> str:
    """What this run does, and whether it is a teaching example."""
    if run.spec.kind == APPLY:
        return f"Denoising {run.spec.title} with {run.spec.model_name}"
    mark = "Teaching example: training" if OBJECTIVES[run.spec.config.objective.kind].teaching else "Training"
    return f"{mark} on {run.spec.title}"


def watch(run: RunView) -> None:
    """Everything about `run`, refreshed each second until it has ended."""
    st.fragment(_look, run_every=None if run.ended else 1.0)(run.id, was_running=not run.ended)


def _look(run_id: str, *, was_running: bool) -> None:
    past = history(run_id)
    try:
        run = store().run(run_id)
        past.read_on()
    except RunError:
        # It was deleted meanwhile: the page says so.
        st.rerun()
    if run.ended and was_running:
        st.rerun()
    keep_alive()
    _progress(run, past)
    if run.spec.kind == APPLY:
        return
    left, right = st.columns(2)
    with left:
        _loss(run, past)
        _error(run, past)
    with right:
        _preview(run, past)


def _progress(run: RunView, past: History) -> None:
    """One line of text, the bar, and the two buttons."""
    words, buttons = st.columns([3, 2], vertical_alignment="center")
    with words:
        st.progress(_share(run, past), text=plain(_words(run, past)))
    if run.ended or run.spec.owner != state.current().workspace:
        return
    with buttons, st.container(horizontal=True, horizontal_alignment="right"):
        stopping = run.state == "stopping"
        if run.spec.kind == TRAIN:
            _stop_button(run, stopping)
        st.button(
            "Cancel",
            key="cancel",
            type="tertiary",
            disabled=stopping,
            help="Ends the run and deletes it. For an hour, it can be restored and goes on from where it was.",
            on_click=runs.discard,
            args=(run.id,),
        )


def _stop_button(run: RunView, stopping: bool) -> None:
    st.button(
        "Stopping…" if stopping else "Stop and keep best",
        key="stop",
        type="primary",
        icon=":material/stop_circle:",
        disabled=stopping or run.epochs_done == 0,
        help="Ends the training now. The best epoch so far becomes the result.",
        on_click=runs.attempt,
        args=(store().stop, run.id),
    )


def _share(run: RunView, past: History) -> float:
    """How much of the work is done, 0 .. 1; a run that applies a network has no epochs to count."""
    epochs = _epochs(run, past)
    return min(1.0, run.epochs_done / epochs) if epochs else float(run.has_result)


def _epochs(run: RunView, past: History) -> int:
    """Those of a full run; with a time budget they are known when it has started."""
    return past.started.epochs if past.started else run.epochs


def _words(run: RunView, past: History) -> str:
    """Where the run is, in one line."""
    if run.state == "queued":
        if run.waits_for:
            return f"Waiting: {run.waits_for}. The run starts when that changes."
        ahead = (run.queue_place or 1) - 1
        return f"Waiting: place {ahead + 1} in the queue, " + (f"{plural(ahead, 'run')} ahead" if ahead else "starts next")
    if run.spec.kind == APPLY:
        return _words_of_applying(run)
    if run.state == "running" and past.started is None:
        return "Starting the training…"
    done = f"{run.epochs_done} of {plural(_epochs(run, past), 'epoch')} after {duration(run.elapsed_s)}"
    so_far = "" if run.ended else " so far"
    best = f", best{so_far}: epoch {run.best_epoch}" if run.best_epoch else ""
    if run.state == "running":
        device = past.started.device if past.started else ""
        left = f", about {duration(run.eta_s)} left" if run.eta_s is not None else ""
        return f"Training on {device}: {done}{best}{left}"
    return f"{_ENDED[run.state]}: {done}{best}"


def _words_of_applying(run: RunView) -> str:
    return "Denoising…" if run.state == "running" else f"{_ENDED[run.state]} after {duration(run.elapsed_s)}"


def _loss(run: RunView, past: History) -> None:
    st.markdown("**Prediction error** (lower is better)")
    if not past.train_loss:
        st.caption("The curves appear after the first epoch.")
        return
    best = run.best_epoch or 0
    room = None if run.ended else _epochs(run, past)
    figure = figures.loss(past.train_loss, past.valid_loss, best_epoch=best, epochs=room)
    chart.draw(figure, key=f"loss-{run.id}", height=220)


def _error(run: RunView, past: History) -> None:
    """What the network says of its own error, beside what the Instant method says of its: the line to beat."""
    if past.started is None or not any(np.isfinite(past.errors)):
        return
    st.markdown("**Estimated error** in the section shown (each method's own estimate)")
    instant = instant_near(run.id, past.started.preview_start, len(past.started.preview_noisy))
    beside = {} if instant is None or instant.stated_error is None else {METHODS[INSTANT].label: instant.stated_error}
    room = None if run.ended else _epochs(run, past)
    figure = figures.stated_error(past.errors, beside=beside, unit=preview_series(run.id).unit, epochs=room)
    chart.draw(figure, key=f"error-{run.id}", height=220)


def _preview(run: RunView, past: History) -> None:
    resampled = run.spec.config.input.uneven == "resample"
    st.markdown("**A section of your series**" + (", resampled evenly" if resampled else ""))
    if past.started is None:
        st.caption("It appears when the training has started.")
        return
    series, first = preview_series(run.id), past.started.preview_start
    noisy = _floats(past.started.preview_noisy)
    x = figures.axis_values(series.time)[first : first + len(noisy)]
    estimate = None if past.preview is None else _floats(past.preview)
    instant = instant_near(run.id, first, len(noisy))
    beside = {} if instant is None else {METHODS[INSTANT].label: instant.values}
    figure = figures.preview(x, noisy, estimate, time=series.time, name=series.name, unit=series.unit, beside=beside)
    chart.draw(figure, key=f"preview-{run.id}", height=460)


def _floats(values: list[float | None]) -> np.ndarray:
    return np.asarray(values, dtype=np.float64)


def duration(duration_s: float) -> str:
    """Such as "4 min 05 s"."""
    minutes, seconds = divmod(round(duration_s), 60)
    return f"{minutes} min {seconds:02d} s" if minutes else f"{seconds} s"
