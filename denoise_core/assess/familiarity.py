"""Whether a series is like those that a trained network knows, in plain words. Imports no torch."""

from __future__ import annotations

from collections.abc import Iterator

from denoise_core.assess.formatting import format_value
from denoise_core.dataset.preprocessing import preprocess
from denoise_core.dsp.scaling import Scaler, fit_scaler
from denoise_core.model.header import ModelHeader, TrainedChannel
from denoise_core.series import Series

# In the network's own units, in which what it was trained on has a level of 0 and a spread of 1.
FARTHEST_LEVEL = {"standard": 1.5, "robust": 1.5, "minmax": 0.5}
LARGEST_RATIO = 3.0  # of spreads, and of noise levels relative to them
LARGEST_RATE_RATIO = 1.1


def differences(header: ModelHeader, series: Series, *, noise_sd: float) -> list[str]:
    """In what the series differs from what the model was trained on, a sentence each; empty where it is of the same kind.

    Parameters
    ----------
    noise_sd : float
        Noise level of the series, in its unit.
    """
    known = header.channel(series.name)
    return [*_on_level(header, known, series, noise_sd), *_on_unit(known, series), *_on_rate(known, series)]


def can_rescale(header: ModelHeader) -> bool:
    """Whether the model's scaling can be fitted anew; not where it scales nothing."""
    return header.config.scaling.kind != "none"


def fitted_scaling(header: ModelHeader, series: Series) -> Scaler:
    """The scaling that the model's settings give to this series."""
    return fit_scaler(preprocess(series, header.config).series.values, header.config.scaling.kind)


def _on_level(header: ModelHeader, known: TrainedChannel, series: Series, noise_sd: float) -> Iterator[str]:
    if not can_rescale(header):
        return
    own = fitted_scaling(header, series)
    level, spread = (own.offset - known.scaler.offset) / known.scaler.scale, own.scale / known.scaler.scale
    if abs(level) > FARTHEST_LEVEL[header.config.scaling.kind] or not 1.0 / LARGEST_RATIO < spread < LARGEST_RATIO:
        own_extent, usual = _extent(own, series.unit, header), _extent(known.scaler, known.unit, header)
        yield f"{series.name} lies {own_extent}, but the network was trained on values {usual}."
    elif known.noise_sd > 0 and noise_sd > LARGEST_RATIO * spread * known.noise_sd:
        ratio = noise_sd / spread / known.noise_sd
        yield f"The noise of {series.name}, compared with its spread, is {ratio:.2g} times as strong as in the training data."


def _extent(scaler: Scaler, unit: str, header: ModelHeader) -> str:
    if header.config.scaling.kind == "minmax":
        return f"from {format_value(scaler.offset, '')} to {format_value(scaler.offset + scaler.scale, unit)}"
    return f"around {format_value(scaler.offset, unit)} with a spread of {format_value(scaler.scale, unit)}"


def _on_unit(known: TrainedChannel, series: Series) -> Iterator[str]:
    if known.unit and series.unit and known.unit != series.unit:
        yield f"{series.name} is in {series.unit}, but the network was trained on values in {known.unit}."


def _on_rate(known: TrainedChannel, series: Series) -> Iterator[str]:
    rate = series.time.rate_hz
    if known.rate_hz and rate and not 1.0 / LARGEST_RATE_RATIO < rate / known.rate_hz < LARGEST_RATE_RATIO:
        yield f"{series.name} is sampled at {rate:.4g} Hz, but the network was trained at {known.rate_hz:.4g} Hz."
