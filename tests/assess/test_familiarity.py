"""Whether a series is like those that a network was trained on, told before it is used; and its scaling fitted anew."""

import numpy as np
import pytest

from denoise_core import RunConfig, Series
from denoise_core.assess import can_rescale, differences, fitted_scaling
from denoise_core.dsp.scaling import fit_scaler
from denoise_core.model import about
from denoise_core.model.rescaling import rescale_file
from tests.models import model_bytes

NOISE = 0.3


def outdoors(*, level=20.0, spread=2.0, unit="°C", rate_hz=1.0, noise=NOISE) -> Series:
    rng = np.random.default_rng(4)
    shape = np.sqrt(2.0) * np.sin(np.arange(2000) / 30.0)
    return Series.of(level + spread * shape + noise * rng.standard_normal(2000), name="T_out", unit=unit, rate_hz=rate_hz)


def model(kind: str = "standard", **more) -> bytes:
    config = RunConfig().replace("scaling.kind", kind)
    scaler = fit_scaler(outdoors().values, kind)
    channel = {"offset": scaler.offset, "scale": scaler.scale, "noise_sd": NOISE} | more
    return model_bytes("T_out", config=config, channels={"T_out": channel})


def said(data: bytes, series: Series, noise_sd: float = NOISE) -> str:
    return " ".join(differences(about(data), series, noise_sd=noise_sd))


@pytest.mark.parametrize("kind", ["standard", "minmax", "robust"])
def test_a_series_like_the_training_data_needs_no_word(kind):
    assert said(model(kind, unit="°C", rate_hz=1.0), outdoors(level=21.0, spread=1.5)) == ""


@pytest.mark.parametrize("kind", ["standard", "minmax", "robust"])
@pytest.mark.parametrize("change", [{"level": 5.0}, {"spread": 20.0}, {"spread": 0.3, "noise": 0.05}], ids=str)
def test_another_level_or_spread_is_told_with_both_figures(kind, change):
    words = said(model(kind), outdoors(**change))
    assert words.startswith("T_out lies ")
    assert "but the network was trained on values" in words


def test_the_level_of_the_new_series_and_of_the_old_are_named():
    assert "T_out lies around 5.1 °C" in said(model(unit="°C"), outdoors(level=5.0))
    assert "trained on values around 20 °C with a spread of 2 °C" in said(model(unit="°C"), outdoors(level=5.0))


def test_unit_rate_and_noise_are_compared_where_they_are_known():
    assert "is in K, but" in said(model(unit="°C"), outdoors(unit="K"))
    assert "10 Hz, but the network was trained at 1 Hz" in said(model(rate_hz=1.0), outdoors(rate_hz=10.0))
    assert "4 times as strong" in said(model(), outdoors(), noise_sd=4 * NOISE)
    assert said(model(), outdoors(unit="K", rate_hz=10.0)) == ""


def test_a_model_that_scales_nothing_cannot_be_rescaled():
    assert not can_rescale(about(model("none")))
    assert said(model("none"), outdoors(level=5.0)) == ""


@pytest.mark.parametrize("kind", ["standard", "minmax", "robust"])
def test_a_rescaled_file_knows_the_series_and_keeps_its_weights(kind):
    data, series = model(kind), outdoors(level=5.0, spread=0.1, noise=0.01)
    assert said(data, series)
    rescaled = rescale_file(data, {"T_out": fitted_scaling(about(data), series)})
    assert said(rescaled, series, noise_sd=0.01) == ""
    assert rescaled[-72:] == data[-72:]
    old, new = about(data).channel("T_out"), about(rescaled).channel("T_out")
    assert new.noise_sd / new.scaler.scale == pytest.approx(old.noise_sd / old.scaler.scale)
