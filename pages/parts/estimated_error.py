"""How far the result may be off without anybody knowing the truth, and which methods it consists of."""

from __future__ import annotations

import streamlit as st

from denoise_core import figures
from denoise_core.assess.risk import table
from pages.parts import chart, messages
from pages.parts.result_view import ResultView


def sentence(result: ResultView) -> None:
    """How large the error probably is, and whether training gained anything; nothing where this was not found out."""
    messages.sentences(result.findings_on_error)


def show(result: ResultView) -> None:
    """The bar of weights and the table; nothing for a run of which this was not found out."""
    found = result.blend
    if found is None or found.combined is None:
        return
    if result.combines:
        st.caption("The result is combined of:")
        chart.draw(figures.shares(found.labelled_weights), key=f"shares-{result.run.id}-{result.i}", height=56, toolbar=False)
    with st.expander("Estimated error of each method", icon=":material/leaderboard:"):
        st.table(table(found, unit=result.series.unit, truth=result.truth))
        st.caption(
            "Root mean square distance from the true signal, estimated by denoising noisier copies of the recording. "
            "The true one lies in the range in about nine of ten cases."
        )
