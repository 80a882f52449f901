"""The quick look: the series denoised at once by a method that needs no training, and what to think of the result."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from pathlib import PurePath
from typing import Any

import streamlit as st

import denoise_core as dc
from denoise_core import instant
from denoise_core.assess import Finding, on_gaps, on_series
from denoise_core.assess.formatting import plural
from denoise_core.assess.summary import Summary
from denoise_core.config import NoiseConfig
from denoise_core.errors import DenoiseError
from denoise_core.files import denoised_name, render
from denoise_core.jobs import Source
from denoise_core.methods import METHODS
from denoise_core.suggestions.cost import in_words
from pages.parts import filter_settings, messages, noise_panel, places, runs, state
from pages.parts.cached import (
    INSTANT,
    identity,
    noise_of,
    recording,
    series_of,
    store,
    suggest_settings,
    truth,
    verdict_of,
)
from pages.parts.first_come import FIRST_LOOKS
from pages.parts.quick_estimates import numbers_known, quick_estimate, quick_estimate_is_known, summary_is_known, summary_of

_PLACES = "places-of-the-look"


@dataclass(frozen=True, kw_only=True)
class Look:
    """What is looked at, and how.

    Parameters
    ----------
    fills : bool
        Whether gaps are filled.
    changes : mapping
        Settings of the method that a person put in place of the suggested ones.
    stated : NoiseConfig
        What was said of the noise.
    """

    source: Source
    method: str
    fills: bool
    changes: Mapping[str, Any] = field(default_factory=dict)
    stated: NoiseConfig = field(default_factory=NoiseConfig)

    @property
    def name(self) -> str:
        """The same for the same series looked at in the same way."""
        how = json.dumps([self.method, self.fills, dict(self.changes), asdict(self.stated)], sort_keys=True)
        return f"{identity(self.source)}-{hashlib.sha256(how.encode()).hexdigest()[:12]}"

    @property
    def is_made(self) -> bool:
        """Whether the estimate, or why there is none, is known already."""
        return quick_estimate_is_known(self.source, self.method, **self._how)

    @property
    def is_ready(self) -> bool:
        """Whether that holds for the suggested settings as well, which the form shows beside it."""
        return self.suggested.is_made and self.is_made

    @property
    def estimate(self) -> dc.Estimate:
        return quick_estimate(self.source, self.method, **self._how)

    @property
    def summary(self) -> Summary:
        """The numbers of the estimate; a DenoiseError where there is none."""
        return summary_of(self.source, self.method, **self._how)

    @property
    def numbers(self) -> Summary | None:
        """As much of `summary` as is known already: at first all but the estimated error."""
        return numbers_known(self.source, self.method, **self._how)

    @property
    def summary_is_known(self) -> bool:
        """Whether they, or why there are none, are known already."""
        return summary_is_known(self.source, self.method, **self._how)

    @property
    def _how(self) -> dict[str, Any]:
        return {"fills": self.fills, "changes": self.changes, "stated": self.stated}

    @property
    def suggested(self) -> Look:
        """With the settings that are suggested for the method."""
        return replace(self, changes={})


def choose(chosen: Source) -> Look:
    """The look that the widgets ask for: one of the methods that are not trained on the series."""
    simple = {name: method.label for name, method in METHODS.items() if not method.trains}
    state.offer("method", INSTANT)
    hint = "Methods that need no training. Their settings are derived from your data."
    method = st.selectbox("Method", list(simple), format_func=simple.__getitem__, key="method", help=hint)
    changes, stated = filter_settings.changes(chosen, method), noise_panel.stated(chosen)
    return Look(source=chosen, method=method, fills=_fills(chosen), changes=changes, stated=stated)


def estimate(look: Look, *, ready: bool) -> dc.Estimate | None:
    """The settings of the method, and the series denoised; None where it is not `ready`, and where it cannot be denoised."""
    try:
        if look.suggested.is_made:
            filter_settings.form(look.source, look.method, look.suggested.estimate.settings)
        return look.estimate if ready else None
    except DenoiseError as error:
        st.warning(messages.plain(str(error)), icon=":material/warning:")
        return None


def finish(look: Look) -> None:
    """Denoise the series while the page shows it as recorded, then show it again with the result.

    First looks wait for their turn, so that everybody's does not take as long as all together.
    """
    ahead = FIRST_LOOKS.ahead
    waits = f", {plural(ahead, 'recording')} ahead of yours" if ahead else ""
    with st.spinner(f"Denoising {plural(len(series_of(look.source)), 'sample')}{waits}…", show_time=True), FIRST_LOOKS.turn():
        for one in (look.suggested, look):
            with suppress(DenoiseError):  # said when the page is shown again
                one.estimate  # noqa: B018
    if look.is_ready:
        st.rerun()
    st.warning("This recording is too long to be denoised here. Use the command line.", icon=":material/warning:")


def _fills(chosen: Source) -> bool:
    """Whether gaps are filled; asked only where there are any."""
    if series_of(chosen).observed.all():
        return False
    hint = "Continues the series over missing samples, where they are not too many in a row. Off: they stay empty."
    return st.toggle("Fill gaps", key=f"fill-{identity(chosen)}", help=hint)


def verdict(look: Look, estimate: dc.Estimate, *, chart_key: str) -> tuple[Finding, ...]:
    """What was removed from the recorded samples, and what to know about the series; where the residual is not noise."""
    chosen = look.source
    series, noise = series_of(chosen), noise_of(chosen, stated=look.stated)
    found = verdict_of(look.name, series, estimate.with_gaps_of(series), truth(chosen), noise)
    messages.headline(found)
    places.chooser(found.places, series, chart_key=chart_key)
    if gaps := on_gaps(series, estimate):
        st.caption(messages.plain(" ".join(sentence.text for sentence in gaps)))
    messages.sentences(on_series(series))
    noise_panel.removal(chosen)
    return found.places


def known_places(look: Look) -> tuple[Finding, ...]:
    """What `verdict` gave for this look; none before, as it is found after the picture is drawn."""
    name, found = state.value(_PLACES) or ("", ())
    return found if name == look.name else ()


def show_places(look: Look, found: tuple[Finding, ...]) -> None:
    """Draw the picture again where they are news to it."""
    if found != known_places(look):
        state.put(_PLACES, (look.name, found))
        st.rerun()


def onward(look: Look) -> None:
    """The main button: to the training, a new one unless one is running; how long it takes is said when the look is done."""
    icon, label = ":material/model_training:", "Train a network" + (_duration(look.source) if look.is_made else "")
    if st.button(label, type="primary", icon=icon, width="stretch", key="train", on_click=runs.close_ended):
        st.switch_page("pages/train.py", query_params=state.link())


def _duration(chosen: Source) -> str:
    """How long the suggested training takes; empty where the series cannot be trained on, which the Train page explains."""
    try:
        return f" ({in_words(store().expected_seconds(suggest_settings(chosen, stated=state.current().noise)))})"
    except DenoiseError:
        return ""


def download(look: Look, estimate: dc.Estimate) -> None:
    """The result as a file, made when it is asked for."""
    chosen = look.source
    name = PurePath(denoised_name(chosen.file_name))
    st.download_button(
        "Download this result",
        data=partial(_file, chosen, estimate),
        file_name=f"{name.stem}_{look.method}_{identity(chosen)[:6]}{name.suffix}",
        icon=":material/download:",
        type="tertiary",
        on_click="ignore",
        key="save-first",
        help=messages.plain(f"Your file as uploaded, with the column {chosen.column}_denoised added."),
    )
    if look.method == INSTANT:
        _network()


def _network() -> None:
    """The network of the Instant method, to run elsewhere."""
    st.download_button(
        "Download the Instant network (ONNX)",
        data=instant.WEIGHTS.read_bytes,
        file_name="denoise-instant.onnx",
        mime="application/octet-stream",
        icon=":material/memory:",
        type="tertiary",
        on_click="ignore",
        key="save-network",
        help="The same network for every series. It runs on any device with ONNX Runtime; "
        "denoise_core/instant/README.md describes its inputs and outputs.",
    )


def _file(chosen: Source, estimate: dc.Estimate) -> bytes:
    return render(recording(chosen), {chosen.column: estimate}, like=store().input_path(chosen.input or ""))
