"""What can be looked at below a result: measurements, checks of the residual, spectra and gain, of the stretch zoomed to."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import streamlit as st

import denoise_core as dc
from denoise_core import figures
from denoise_core.assess import (
    check_residual,
    measurements,
    spectra,
    spectrograms,
    stretch_in_words,
    transfer,
)
from denoise_core.figures import View
from pages.parts import chart, messages


def tabs(series: dc.Series, estimate: dc.Estimate, *, key: str, view: View | None) -> None:
    """One tab for each; only the open one is computed."""
    part = figures.window(figures.axis_values(series.time), view)
    for tab, draw in zip(st.tabs(list(_TABS), key=f"tabs-{key}", on_change="rerun"), _TABS.values(), strict=True):
        if tab.open:
            with tab, messages.report_errors():
                st.caption(messages.plain(f"Of {stretch_in_words(series, part)}. It follows the zoom of the chart above."))
                draw(series.part(part), estimate.part(part), key)


def _measurements(series: dc.Series, estimate: dc.Estimate, key: str) -> None:
    del key
    st.table(measurements(series, estimate))


def _checks(series: dc.Series, estimate: dc.Estimate, key: str) -> None:
    checks = check_residual(estimate.seen_of(series).values - estimate.values)
    chart.draw(figures.residual_checks(checks, unit=series.unit), key=f"checks-{key}", height=300)


def _spectrum(series: dc.Series, estimate: dc.Estimate, key: str) -> None:
    found = spectra(series, estimate)
    densities = {"recorded": found.raw, "denoised": found.denoised, "residual": found.residual}
    figure = figures.spectrum(found.frequency, densities, unit=found.frequency_unit, density_unit=found.density_unit)
    chart.draw(figure, key=f"spectrum-{key}", height=360)


def _spectrogram(series: dc.Series, estimate: dc.Estimate, key: str) -> None:
    chart.draw(figures.spectrogram(series, spectrograms(series, estimate)), key=f"spectrogram-{key}", height=560)


def _transfer(series: dc.Series, estimate: dc.Estimate, key: str) -> None:
    chart.draw(figures.transfer_chart(transfer(series, estimate), time=series.time), key=f"transfer-{key}", height=420)


_TABS: Mapping[str, Callable[[dc.Series, dc.Estimate, str], None]] = {
    "Measurements": _measurements,
    "Residual checks": _checks,
    "Spectrum": _spectrum,
    "Spectrogram": _spectrogram,
    "Gain and coherence": _transfer,
}
