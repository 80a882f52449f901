"""Values of any size that is accepted go through every method and its verdict without overflow; larger ones are refused."""

import json

import numpy as np
import pytest

import denoise_core as dc
from denoise_core import figures
from denoise_core.assess import judge, spectra
from denoise_core.errors import DataError
from denoise_core.noise import describe
from denoise_core.series import LARGEST

BASE = np.sin(np.arange(300) / 9) + 0.2 * np.random.default_rng(0).normal(size=300)
SIZES = {
    "all large": BASE * 1e99,
    "one large": np.r_[BASE, -LARGEST],
    "all small": BASE * 1e-99,
    "a step": np.r_[BASE, BASE * 1e99],
}


@pytest.mark.parametrize("method", [name for name, method in dc.METHODS.items() if not method.trains])
@pytest.mark.parametrize("values", SIZES.values(), ids=SIZES)
def test_every_method_and_its_verdict_take_values_of_any_size(method, values):
    series = dc.Series.of(values, rate_hz=10.0)
    estimate = dc.denoise(series, method=method)
    verdict, found = judge(series, estimate, noise=describe(series.values)), spectra(series, estimate)
    assert np.isfinite(estimate.values).all()
    assert np.isfinite([*found.raw, *found.denoised]).all()
    assert verdict.headline
    json.dumps(figures.overlay(series, estimate), allow_nan=False, default=str)


@pytest.mark.parametrize("value", [1e101, -1e305, np.inf])
def test_larger_values_are_refused_with_their_place(value):
    with pytest.raises(DataError, match=r"value is (1e\+101|-1e\+305|infinite).* at sample 301 .1 in all.. Replace such values"):
        dc.Series.of(np.r_[BASE, value])


@pytest.mark.parametrize("value", [1e101, -1e305, np.inf])
def test_in_a_file_they_are_missing_and_named(value):
    rows = "\n".join(f"{number:.6g}" for number in np.r_[BASE, value])
    read = dc.read(f"x\n{rows}\n".encode())
    assert np.flatnonzero(np.isnan(read["x"].values)).tolist() == [300]
    assert any("302" in note for note in read.notes), read.notes


def test_a_series_that_varies_too_little_to_compute_with_is_refused():
    with pytest.raises(DataError, match=r"too little to compute with. Use a smaller unit"):
        dc.Series.of(BASE * 1e-102).check_usable()
