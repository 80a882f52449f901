"""The noise of the series on the Signal page: what it is, a picture of it, and what a person says of it instead."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import streamlit as st

import denoise_core as dc
from denoise_core import figures
from denoise_core.assess import noise_density, noise_in_words, on_disturbances, on_noise
from denoise_core.config import NoiseConfig
from denoise_core.errors import DenoiseError, SettingsError
from denoise_core.jobs import Source
from denoise_core.noise.drift import Drift
from denoise_core.noise.hum import Hum
from denoise_core.noise.stated import check_statement
from pages.parts import chart, state
from pages.parts.cached import disturbances_of, identity, noise_of, series_of, spectra_of
from pages.parts.messages import plain


def stated(chosen: Source) -> NoiseConfig:
    """What was said of the noise; forgotten, with a warning, where it cannot be right for this series."""
    said = state.current().noise
    try:
        check_statement(series_of(chosen), said)
    except DenoiseError as error:
        st.warning(plain(f"{error} The noise is estimated instead."), icon=":material/warning:")
        said = said.without_statement()
        state.state_noise(said)
    return said


def removal(chosen: Source) -> None:
    """A switch for the hum and one for the drift, each where there is some that is no doubt a disturbance, or was removed."""
    said = state.current().noise.removes
    for name, one in _found(chosen).items():
        if name in said or (one is not None and not one.doubt):
            _switch(chosen, name, one)


def panel(chosen: Source, estimate: dc.Estimate | None) -> None:
    """The noise in one line, and what opens to a picture of it and the fields that correct it."""
    series, said = series_of(chosen), state.current().noise
    noise = noise_of(chosen, stated=said)
    st.caption(plain(noise_in_words(noise, series, estimate)))
    box = st.expander("See the noise, and correct it", icon=":material/graphic_eq:", on_change="rerun", key="noise")
    if noise.doubt:
        st.warning(plain(noise.doubt), icon=":material/warning:")
    if not box.open:
        return
    with box:
        _doubtful(chosen)
        if estimate is not None:
            _picture(chosen, estimate)
        st.caption(plain(" ".join(sentence.text for sentence in on_noise(noise, series.unit))))
        _fields(chosen, said)


def marked() -> figures.View | None:
    """The stretch to shade in the chart."""
    return state.current().noise.stretch


def _found(chosen: Source) -> dict[str, Hum | Drift | None]:
    found = disturbances_of(chosen)
    return {"hum": found.hum, "drift": found.drift}


def _doubtful(chosen: Source) -> None:
    """Switches for what may be the signal itself, with the reason."""
    for name, one in _found(chosen).items():
        if one is not None and one.doubt and name not in state.current().noise.removes:
            _switch(chosen, name, one)


def _switch(chosen: Source, name: str, one: Hum | Drift | None) -> None:
    """What was found and how large it is is the label."""
    key = f"remove-{name}-{identity(chosen)}"
    state.offer(key, name in state.current().noise.removes)
    found = on_disturbances(disturbances_of(chosen), series_of(chosen).unit)
    label = found.get(name, f"No {name} was found in this series.")
    st.toggle(plain(label.partition("?")[0] + "?" * (one is not None)), key=key, on_change=_set_removal, args=(name, key))
    if one is not None and one.doubt:
        st.caption(plain(one.doubt))


def _set_removal(name: str, key: str) -> None:
    state.state_noise(replace(state.current().noise, **{f"remove_{name}": bool(state.value(key))}))


def _picture(chosen: Source, estimate: dc.Estimate) -> None:
    """Spectra of the recording, of the noise as it is described, and of the denoised series."""
    series, said = series_of(chosen), state.current().noise
    seen = estimate.seen_of(series)
    found = spectra_of(f"{identity(chosen)}-{estimate.method}-{sorted(estimate.settings.items())}-{said}", seen, estimate)
    noise = noise_density(noise_of(chosen, stated=said), found.frequency, step=series.time.step)
    densities = {"recorded": found.raw, "denoised": found.denoised, "noise (estimated)": noise}
    figure = figures.spectrum(found.frequency, densities, unit=found.frequency_unit, density_unit=found.density_unit)
    chart.draw(figure, key=f"noise-spectrum-{identity(chosen)}", height=300)


def _fields(chosen: Source, said: NoiseConfig) -> None:
    """Where there is only noise, or how strong it is; and the way back."""
    series = series_of(chosen)
    st.markdown("**Correct it**: mark a stretch that holds only noise, or state its level.")
    unit = f" ({series.time.unit})"
    cells = st.columns([1, 1, 1], vertical_alignment="bottom")
    _number(cells[0], "start", f"Only noise from{unit}", said, chosen)
    _number(cells[1], "stop", f"until{unit}", said, chosen)
    hint = "Zoom into the chart above by dragging over the stretch, then press this button."
    cells[2].button("Use the zoomed stretch", key="use-zoom", help=hint, on_click=_use_zoom, args=(chosen,), width="stretch")
    cells = st.columns([1, 1, 1], vertical_alignment="bottom")
    _number(cells[0], "level", f"Noise level ({series.unit})" if series.unit else "Noise level", said, chosen)
    untouched = said == said.without_statement()
    cells[2].button("Estimate it again", key="forget-noise", on_click=_forget, disabled=untouched, width="stretch")


def _number(cell: Any, name: str, label: str, said: NoiseConfig, chosen: Source) -> None:
    key = f"noise-{name}-{identity(chosen)}"
    state.offer(key, float(getattr(said, name)))
    hint = {"level": "Standard deviation of the noise. 0: estimated."}.get(name, "From and until the same: no stretch is marked.")
    cell.number_input(label, key=key, format="%.6g", help=hint, on_change=_set_fields, args=(chosen,))


def _set_fields(chosen: Source) -> None:
    start, stop, level = (float(state.value(f"noise-{name}-{identity(chosen)}") or 0.0) for name in ("start", "stop", "level"))
    if start <= stop:  # else the other end is still to be set
        _try(chosen, replace(state.current().noise, start=start, stop=stop, level=level))


def _use_zoom(chosen: Source) -> None:
    view = state.view(f"first-{identity(chosen)}")
    if view is None:
        state.fail("Nothing is zoomed: drag over the stretch in the chart first, then press the button.")
        return
    start, stop = figures.time_values(series_of(chosen).time, view)
    _try(chosen, replace(state.current().noise, start=start, stop=stop))


def _forget() -> None:
    state.state_noise(state.current().noise.without_statement())


def _try(chosen: Source, noise: NoiseConfig) -> None:
    """Take it over if it can be right for the series; else say why not."""
    try:
        dc.RunConfig(noise=noise).check()
        check_statement(series_of(chosen), noise)
        noise_of(chosen, stated=noise)
    except SettingsError as error:
        state.fail(*error.problems)
    except DenoiseError as error:
        state.fail(str(error))
    else:
        state.state_noise(noise)
