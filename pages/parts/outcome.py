"""A finished run: what was removed, how strongly, and what was done to the data. Knows nothing of training and of files."""

from __future__ import annotations

import streamlit as st

from denoise_core import figures
from denoise_core.assess import Figure, on_gaps, on_training
from denoise_core.config.objectives import OBJECTIVES
from denoise_core.jobs import RunView
from denoise_core.methods import METHODS
from pages.parts import chart, messages
from pages.parts.cached import INSTANT, run_estimate, run_series, spectra_of
from pages.parts.history import history
from pages.parts.result_view import ResultView

AT_ONCE = 200_000
"""Samples up to which the instant method is drawn without being asked for."""

_INSTANT = METHODS[INSTANT]


def controls(run: RunView) -> ResultView:
    """Which channel, how strongly, and whether gaps are filled."""
    channel = run.channels[0]
    if len(run.channels) > 1:
        channel = st.selectbox("Channel", run.channels, key=f"channel-{run.id}", help="The download holds all of them.")
    i = run.channels.index(channel)
    strength = _strength()
    with st.container(horizontal=True):
        fills = _fills(run, i, strength)
        band = _band(run, i, strength)
        compares = _compares(run, i)
    return ResultView(run=run, i=i, strength=strength, fills=fills, band=band, compares=compares)


def _fills(run: RunView, i: int, strength: float) -> bool:
    """Whether gaps are filled; asked where there are any."""
    if run_series(run.id, i).observed.all():
        return True
    hint = "What the network predicts where samples are missing. Only at full strength: a gap holds nothing to put back."
    return st.toggle("Fill gaps", True, key="fill", help=hint, disabled=strength < 1)


def _band(run: RunView, i: int, strength: float) -> bool:
    """Whether the error band is drawn; asked where the error is known, which is at full strength."""
    if strength < 1 or run_estimate(run.id, i).sd is None:
        return False
    hint = "Where the clean value lies with about 90 % probability. The network's own estimate, not a measurement."
    return st.toggle("Error band", True, key="band", help=hint)


def _compares(run: RunView, i: int) -> bool:
    """Whether the instant method's result is drawn as well; asked for where it takes longer than a moment."""
    at_once = len(run_series(run.id, i)) <= AT_ONCE
    return st.toggle(_INSTANT.label, at_once, key="instant", help=f"{_INSTANT.help} Drawn beside the result, to compare.")


def _strength() -> float:
    hint = "Puts part of what was removed back. Nothing is trained again."
    percent = st.slider("Strength", 0, 100, 100, 5, format="%d %%", key="strength", help=hint)
    return percent / 100


def teaching(run: RunView) -> None:
    """The mark of a run that is there to show what does not work."""
    goal = OBJECTIVES[run.config.objective.kind]
    if goal.teaching:
        st.info(f"{goal.help} It does not denoise.", icon=":material/school:")


def verdict(shown: ResultView) -> None:
    """The sentences about what was removed, and about the training."""
    st.markdown(shown.verdict.headline)
    past = history(shown.run.id)
    past.read_on()
    messages.most_important([*shown.verdict.sentences, *on_training(past.column("valid_loss"))])


def numbers(shown: ResultView) -> None:
    """The three numbers, and beside the true gain that on the test part."""
    found = list(shown.verdict.figures)
    if (gain_db := shown.gain_on_test_part) is not None:
        hint = "The true gain on the samples that were neither learnt from nor used to choose the best epoch."
        found.insert(1, Figure(label="Gain on the test part", value=gain_db, text=f"{gain_db:.1f} dB", help=hint))
    messages.numbers(found)


def picture(shown: ResultView) -> None:
    """The recording with the result on top, and below what was removed."""
    series, estimate, clean = shown.series, shown.estimate, shown.truth
    beside = {} if shown.instant is None else {_INSTANT.label: shown.instant}
    chart.zoomable(
        lambda view: figures.overlay(series, estimate, truth=clean, beside=beside, band=shown.band, view=view),
        key=f"result-{shown.run.id}-{shown.i}",
        height=480,
        alt=shown.verdict.alt,
    )


def comparison(shown: ResultView) -> None:
    """What the instant method removed from the same series, where it is drawn."""
    if shown.compares:
        found = shown.verdict_of_instant
        gain = "" if found.gain_db is None else f" True gain {found.gain_db:.1f} dB."
        st.caption(f"{_INSTANT.label}, dashed, for comparison: {found.headline}{gain}")


def changes(shown: ResultView) -> None:
    """What was done to the data, where anything was."""
    said = list(run_estimate(shown.run.id, shown.i).settings.get("changes", ()))
    if gaps := on_gaps(shown.series):
        filled = "They hold the network's prediction." if shown.fills and shown.strength == 1 else "They stay empty."
        said += [*(sentence.text for sentence in gaps), filled]
    if shown.noise_was_added:
        said.append("Noise was added to the recording to learn from; the recording itself is the truth here.")
    if said:
        st.caption("What was done to the data: " + " ".join(said))


def spectrum(shown: ResultView) -> None:
    """Power by frequency, before and after."""
    found = spectra_of(shown.name, shown.series, shown.estimate)
    densities = {"recorded": found.raw, "denoised": found.denoised, "removed": found.residual}
    figure = figures.spectrum(found.frequency, densities, unit=found.frequency_unit)
    chart.draw(figure, key=f"spectrum-{shown.run.id}-{shown.i}", height=360)
