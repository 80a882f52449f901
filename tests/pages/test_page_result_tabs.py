"""Below a result: tabs that follow the zoom, and the places where the residual is not noise."""

import numpy as np
import pytest

import denoise_core as dc
from denoise_core.files import from_pasted
from denoise_core.jobs import Request, Source
from denoise_core.jobs.storage.arrays import save_estimate
from denoise_core.jobs.storage.run_folder import RunFolder
from tests.common import figure_of
from tests.pages.test_page_result import result

N = 3000


@pytest.fixture
def cut(store):
    """A run whose result has lost a third of the height of its impacts; its id."""
    rng, impacts = np.random.default_rng(0), np.zeros(N)
    for start in range(60, N - 60, 130):
        impacts[start : start + 50] = np.exp(-np.arange(50) / 12) * np.sin(np.arange(50) * 0.6)
    noisy = impacts + 0.05 * rng.standard_normal(N)
    data = from_pasted("\n".join(["time (s)\tforce (N)", *(f"{i / 500:.3f}\t{value:.5f}" for i, value in enumerate(noisy))]))
    series = dc.read(data, name="hammer.txt")["force"]
    source = Source(input=store.put_input(data, "hammer.txt"), file_name="hammer.txt", column="force")
    run = store.submit(Request.to_train(series, dc.suggest(series)), owner="w" * 24, title="force", source=source)
    folder = RunFolder(store.home / "runs" / run)
    save_estimate(folder.result, dc.Estimate(values=0.67 * impacts, method="lstm", noise_sd=0.05))
    folder.end("done", "")
    return run


def charts(app):
    return [figure_of(one) for one in app.get("bidi_component") if one.proto.component_name == "denoise_chart"]


def captions(app):
    return " ".join(one.value for one in app.caption)


def test_the_strip_and_the_list_lead_to_where_the_impacts_were_cut(app, cut):
    result(app, cut)
    assert not app.exception
    assert any("similar events" in box.value for box in app.warning)
    main = charts(app)[0]
    assert "Signal in the residual" in [trace["name"] for trace in main["data"]]
    places = next(one for one in app.selectbox if one.label == "Go to where the residual is not noise")
    assert "of their height is in the residual" in places.options[0]
    places.set_value(0).run()
    assert not app.exception
    low, high = app.session_state[f"result-{cut}-0-range"]["view"]
    assert 0.0 <= low < high <= (N - 1) / 500


def test_measurements_are_of_all_and_then_of_the_zoomed_stretch(app, cut):
    result(app, cut)
    assert "Of the whole record (3,000 samples, one every 2 ms)." in captions(app)
    assert [*app.table[0].value.columns][-4:] == ["Mean", "RMS", "Peak", "Peak to peak"]
    app.session_state[f"result-{cut}-0"] = {"view": [1.0, 2.0]}
    app.run()
    assert not app.exception
    assert "of 3,000 samples" in captions(app)


@pytest.mark.parametrize(
    ("tab", "words"),
    [
        ("Residual checks", "autocorrelations"),
        ("Spectrum", "Power spectral density"),
        ("Spectrogram", "on one scale"),
        ("Gain and coherence", "coherence, by frequency"),
    ],
)
def test_each_tab_draws_its_chart(app, cut, tab, words):
    app.session_state[f"tabs-result-{cut}-0"] = tab
    result(app, cut)
    assert not app.exception
    assert words in charts(app)[1]["layout"]["meta"]["alt"]
