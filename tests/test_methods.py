"""The table of methods: one way to an estimate, and no torch until something is trained."""

import re
import subprocess
import sys

import numpy as np
import pytest

import denoise_core as dc
from denoise_core import filters, methods, signals
from denoise_core.errors import DataError, SettingsError
from denoise_core.series import Series
from tests.common import small_config


@pytest.fixture(scope="module")
def heartbeats() -> Series:
    rng = np.random.default_rng(0)
    return Series.of(signals.add_noise(signals.ecg_like(600, rng), snr=3.0, rng=rng), rate_hz=250.0)


def short_run() -> dc.RunConfig:
    return small_config({"training.epochs": 2, "training.steps_per_epoch": 2})


def test_every_filter_and_the_network_are_in_the_table():
    assert list(methods.METHODS) == ["auto", "lstm", "instant", "nonlocal", *filters.FILTERS]
    assert [name for name, method in methods.METHODS.items() if method.trains] == ["lstm"]
    assert len({method.label for method in methods.METHODS.values()}) == len(methods.METHODS)


@pytest.mark.parametrize("name", methods.METHODS)
def test_a_method_is_introduced_in_a_sentence(name):
    assert re.fullmatch(r"[A-Z][^.]{40,120}\.", methods.METHODS[name].help)


@pytest.mark.parametrize("name", filters.FILTERS)
def test_a_filter_by_its_name_is_that_filter(name, heartbeats):
    np.testing.assert_array_equal(dc.denoise(heartbeats, method=name).values, filters.apply(heartbeats, name).values)


def test_settings_reach_the_filter(heartbeats):
    estimate = dc.denoise(heartbeats, method="median", window=7)
    assert estimate.settings == {"window": 7}


def test_the_network_trains_with_the_given_settings_and_tells_each_event(heartbeats):
    events = []
    estimate = dc.denoise(heartbeats, method="lstm", config=short_run(), on_event=events.append)
    assert estimate.method == "lstm"
    assert estimate.values.shape == (600,)
    assert np.isfinite(estimate.values).all()
    assert [type(e).__name__ for e in events] == ["Started", *["StepEnd", "StepEnd", "EpochEnd"] * 2, "Finished"]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("wavlet", r"'wavlet' is not a method; did you mean 'wavelet'\? The methods are: auto, lstm, instant, nonlocal, "),
        ("spline", r"'spline' is not a method\. The methods are: auto, lstm, instant, "),
    ],
)
def test_an_unknown_method_lists_the_known_ones(heartbeats, name, message):
    with pytest.raises(SettingsError, match=message):
        dc.denoise(heartbeats, method=name)


def test_an_unknown_setting_of_the_network_is_refused(heartbeats):
    with pytest.raises(SettingsError, match=r"'confg' is not a setting of lstm; did you mean 'config'\?"):
        dc.denoise(heartbeats, method="lstm", confg=short_run())


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (np.full(50, 2.5), "2.5 at every sample"),
        (np.full(50, np.nan), "no numbers at all"),
        (np.arange(5.0), "at least 8 are needed"),
    ],
)
@pytest.mark.parametrize("name", ["auto", "lstm", "wavelet"])
def test_a_series_that_cannot_be_denoised_is_refused_by_every_method(values, message, name):
    with pytest.raises(DataError, match=message):
        dc.denoise(Series.of(values), method=name)


def test_filtering_and_judging_import_no_torch():
    program = (
        "import sys, numpy as np, denoise_core as dc\n"
        "from denoise_core import assess\n"
        "series = dc.Series.of(np.random.default_rng(0).standard_normal(500))\n"
        "assess.judge(series, dc.denoise(series))\n"
        "sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
