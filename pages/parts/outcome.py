"""A finished run: what was removed, how strongly, and what was done to the data."""

from __future__ import annotations

import streamlit as st

from denoise_core import figures
from denoise_core.assess import Figure, Sentence, differences, on_gaps, on_training
from denoise_core.config.objectives import OBJECTIVES
from denoise_core.jobs import RunView
from denoise_core.jobs.differences import method_settings
from denoise_core.jobs.spec import APPLY, CANCELLED_REASON, COMPUTED
from denoise_core.methods import METHODS
from denoise_core.methods.as_code import as_code
from denoise_core.model import about
from pages.parts import analysis, chart, messages, places, state
from pages.parts.cached import INSTANT, store
from pages.parts.cached_runs import run_blend, run_estimate, run_noise, run_series
from pages.parts.history import history
from pages.parts.result_view import ResultView

AT_ONCE = 200_000
"""Up to so many samples, the Instant result is drawn without being asked for."""

_INSTANT = METHODS[INSTANT]


_NO_RESULT_YET = {
    "queued": "This run is waiting in the queue, so it has no result yet.",
    "running": "This run is still running, so it has no result yet.",
    "stopping": "This run is being stopped; its result appears in a moment.",
}


def why_no_result(run: RunView) -> str:
    """Why the run has no result, in one or two sentences."""
    if run.state == "cancelled":
        if run.reason not in ("", CANCELLED_REASON):
            return run.reason
        by = "You cancelled this run" if run.spec.owner == state.current().workspace else "This run was cancelled"
        return f"{by}, so it has no result."
    return _NO_RESULT_YET.get(run.state, f"This run failed, so it has no result. {run.reason}")


def controls(run: RunView) -> ResultView:
    """Which channel, how strongly, and whether gaps are filled."""
    source = state.current().source
    channel = source.column if source and source.column in run.spec.channels else run.spec.channels[0]
    if len(run.spec.channels) > 1:
        at, hint = run.spec.channels.index(channel), "The download contains all channels."
        channel = st.selectbox("Channel", run.spec.channels, index=at, key=f"channel-{run.id}", help=hint)
    i = run.spec.channels.index(channel)
    strength = _strength()
    with st.container(horizontal=True):
        fills = _fills(run, i, strength)
        band = _band(run, i, strength)
        compares = _compares(run, i)
        combines = _combines(run, i)
    return ResultView(run=run, i=i, strength=strength, fills=fills, band=band, compares=compares, combines=combines)


def _combines(run: RunView, i: int) -> bool:
    """Whether the network is combined with other methods; asked only where that is at hand."""
    found = run_blend(run.id, i)
    if found is None or found.combined is None:
        return False
    hint = "Weighs your network's result against other methods by the error that each probably has. Off: your network alone."
    return st.toggle("Combine methods", True, key="combine", help=hint)


def _fills(run: RunView, i: int, strength: float) -> bool:
    """Whether gaps are filled; asked only where there are any."""
    if run_estimate(run.id, i).leaves_gaps_of(run_series(run.id, i)):
        return True
    hint = "Continues the series over missing samples, where they are not too many in a row. Only at full strength, "
    hint += "as a gap has no recorded value to mix in."
    return st.toggle("Fill gaps", True, key="fill", help=hint, disabled=strength < 1)


def _band(run: RunView, i: int, strength: float) -> bool:
    """Whether the error band is drawn; asked only where the error is known, which is at full strength."""
    if strength < 1 or run_estimate(run.id, i).sd is None:
        return False
    hint = "Contains the true value with about 90 % probability. This is an estimate, not a measurement."
    return st.toggle("Error band", True, key="band", help=hint)


def _compares(run: RunView, i: int) -> bool:
    """Whether the Instant result is drawn as well; off at first where it takes longer than a moment."""
    if run.spec.method == INSTANT:
        return False
    at_once = len(run_series(run.id, i)) <= AT_ONCE
    return st.toggle(_INSTANT.label, at_once, key="instant", help=f"{_INSTANT.help} Drawn for comparison.")


def _strength() -> float:
    hint = "Below 100 %, part of what was removed is added back. Nothing is trained again."
    percent = st.slider("Strength", 0, 100, 100, 5, format="%d %%", key="strength", help=hint)
    return percent / 100


def teaching(run: RunView) -> None:
    """A note on a run that is there to show what does not work."""
    goal = OBJECTIVES[run.spec.config.objective.kind]
    if goal.teaching:
        st.info(f"{goal.help} It does not denoise.", icon=":material/school:")


def verdict(result: ResultView) -> None:
    """The sentences about what was removed, and about the training."""
    st.markdown(messages.plain(result.verdict.headline))
    past = history(result.run.id)
    past.read_on()
    messages.most_important([*_on_model(result), *result.verdict.sentences, *on_training(past.valid_loss)])
    places.chooser(result.verdict.places, result.series, chart_key=_chart_key(result))


def _on_model(result: ResultView) -> list[Sentence]:
    """In what the series differs from the training data of a network that was used as it was."""
    if result.run.spec.kind != APPLY:
        return []
    header = about(store().model_path(result.run.id))
    unlike = differences(header, result.series, noise_sd=run_noise(result.run.id, result.i).sd)
    return [Sentence(severity="warn", text=f"{fact} What was removed may be signal, not noise.") for fact in unlike]


def numbers(result: ResultView) -> None:
    """The three numbers, and beside the true gain that on the test samples."""
    found = list(result.verdict.figures)
    if (gain_db := result.gain_on_test_part) is not None:
        hint = "The true gain on the samples used neither for training nor to choose the best epoch."
        found.insert(1, Figure(label="Gain on test samples", value=gain_db, text=f"{gain_db:.1f} dB", help=hint))
    messages.numbers(found)


def picture(result: ResultView) -> None:
    """The recording with the result, and below it what was removed."""
    series, estimate, clean = result.series, result.estimate, result.truth
    beside = {} if result.instant is None else {_INSTANT.label: result.instant}
    found, key = result.verdict, _chart_key(result)
    chart.zoomable(
        lambda view: figures.overlay(
            series, estimate, truth=clean, beside=beside, band=result.band, places=found.places, view=view
        ),
        key=key,
        height=480,
        alt=found.alt,
        below=lambda view: analysis.tabs(series, estimate, key=key, view=view),
    )


def _chart_key(result: ResultView) -> str:
    return f"result-{result.run.id}-{result.i}"


def comparison(result: ResultView) -> None:
    """What the Instant method removed from the same series, where it is drawn."""
    if result.compares:
        found = result.verdict_of_instant
        gain = "" if found.gain_db is None else f" True gain {found.gain_db:.1f} dB."
        st.caption(f"{_INSTANT.label} (dashed), for comparison: {messages.plain(found.headline)}{gain}")


def changes(result: ResultView) -> None:
    """What was done to the data, where anything was."""
    said = list(run_estimate(result.run.id, result.i).notes)
    said += [sentence.text for sentence in on_gaps(result.series, result.estimate)]
    if result.noise_was_added:
        said.append("Noise was added to the recording for training; the recording itself is the true signal here.")
    if said:
        st.caption(messages.plain("Changes to the data: " + " ".join(said)))


def settings(result: ResultView) -> None:
    """The settings of the run, or of the method and how to have the same elsewhere."""
    spec = result.run.spec
    if spec.kind != COMPUTED:
        st.json(spec.config.to_json(), expanded=1)
        return
    words = method_settings(spec.method, result.whole_estimate.settings, rate_hz=result.series.time.rate_hz)
    st.markdown(messages.plain(f"{METHODS[spec.method].label}. {words}"))
    file_name, stated = spec.source.file_name, spec.config.noise
    st.code(as_code(result.whole_estimate, file_name=file_name, column=result.channel, stated=stated), language="python")
