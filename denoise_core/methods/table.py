"""The one table of methods: name -> how to get an `Estimate`. Importing it does not import torch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from denoise_core import filters
from denoise_core.assess.risk import BLEND, BLEND_LABEL
from denoise_core.config import RunConfig, unknown
from denoise_core.dsp import gap_filling
from denoise_core.errors import SettingsError
from denoise_core.methods import automatic, quick
from denoise_core.series import Estimate, Series
from denoise_core.training.events import Event


@dataclass(frozen=True, kw_only=True)
class Method:
    """`denoise(series, **settings)` gives the estimate; `trains` says whether a network is trained on the series first."""

    label: str
    help: str
    denoise: Callable[..., Estimate]
    trains: bool = False


def _denoise_by_training(
    series: Series, *, config: RunConfig | None = None, on_event: Callable[[Event], object] | None = None, **others: Any
) -> Estimate:
    if others:
        raise SettingsError([unknown(name, ("config", "on_event"), what="setting of lstm") for name in others])
    from denoise_core.training import fit

    return fit(series, config, on_event=on_event).denoise(series)


METHODS: dict[str, Method] = {
    BLEND: Method(
        label=BLEND_LABEL,
        help="Combines Instant with filters, and on request a trained network, by the error that each probably has here.",
        denoise=automatic.denoise,
    ),
    "lstm": Method(
        label="Two-sided LSTM",
        help="Trains a network on this series to predict each sample from those before and after it; noise cannot be predicted.",
        denoise=_denoise_by_training,
        trains=True,
    ),
    "instant": Method(
        label="Instant",
        help="A network pretrained on synthetic signals: no settings, no waiting, and it reports its uncertainty.",
        denoise=quick.function(quick.INSTANT),
    ),
    **{
        name: Method(label=chosen.label, help=chosen.help, denoise=quick.function(name))
        for name, chosen in filters.FILTERS.items()
    },
}


def lookup(name: str) -> Method:
    """The method of that name, or SettingsError with the known names."""
    if name not in METHODS:
        raise SettingsError([f"{unknown(name, METHODS, what='method')} The methods are: {', '.join(METHODS)}."])
    return METHODS[name]


def denoise(series: Series, *, method: str = BLEND, fill_gaps: bool | None = None, **settings: Any) -> Estimate:
    """The noise-free series, as estimated by one method of `METHODS`.

    Parameters
    ----------
    fill_gaps : bool, optional
        Whether gaps are continued from the samples around them; by default only by methods that train a network.
    method
        By default "auto": Instant and some filters, combined by the error that each probably has on this series.
    settings
        Those of the filter (`filters.FILTERS[method].settings`), each suggested from the data where it is not given.
        For "auto": `train`, whether a network is trained and judged too; then also those of "lstm".
        For "lstm": `config`, a RunConfig (default: `suggest(series)`), and `on_event`, called with each training event.

    Returns
    -------
    Estimate
        ``len(values) == len(series)``; NaN in gaps that are not filled, or are too long to bridge.

    Raises
    ------
    SettingsError
        If the method or a setting is unknown or out of range.
    DataError
        If the series has too few values, or all are equal.
    """
    chosen = lookup(method)
    series.check_usable()
    estimate = chosen.denoise(series, **settings)
    if fill_gaps is False:
        return estimate.with_gaps_of(series)
    return gap_filling.fill_gaps(estimate, series) if fill_gaps and not chosen.trains else estimate
