"""The one table of methods: name -> how to get an `Estimate`. Importing it does not import torch."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from denoise_core import filters
from denoise_core.assess.risk import BLEND, BLEND_LABEL
from denoise_core.config import NoiseConfig, RunConfig, unknown
from denoise_core.dsp import gap_filling
from denoise_core.errors import SettingsError
from denoise_core.methods import automatic, quick
from denoise_core.methods.referee import Referee
from denoise_core.noise import separate
from denoise_core.series import Estimate, Series
from denoise_core.suggestions import suggest
from denoise_core.training.events import Event


@dataclass(frozen=True, kw_only=True)
class Method:
    """`denoise(series, **settings)` gives the estimate; `trains` says whether a network is trained on the series first."""

    label: str
    help: str
    denoise: Callable[..., Estimate]
    trains: bool = False


def _denoise_by_training(
    series: Series,
    *,
    stated: NoiseConfig,
    config: RunConfig | None = None,
    on_event: Callable[[Event], object] | None = None,
    **others: Any,
) -> Estimate:
    if others:
        raise SettingsError([unknown(name, ("config", "on_event"), what="setting of lstm") for name in others])
    from denoise_core.training import fit

    config = config or suggest(series, stated=stated)
    if stated != NoiseConfig():
        config = replace(config, noise=stated)
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
    quick.NONLOCAL: Method(
        label=quick.LABELS[quick.NONLOCAL],
        help="Denoises stretches that resemble each other together, as Instant finds them: for a pattern that recurs.",
        denoise=quick.function(quick.NONLOCAL),
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


def denoise(
    series: Series,
    *,
    method: str = BLEND,
    fill_gaps: bool | None = None,
    remove: Iterable[str] = (),
    noise: NoiseConfig | None = None,
    referee: Referee | None = None,
    **settings: Any,
) -> Estimate:
    """The noise-free series, as estimated by one method of `METHODS`.

    Parameters
    ----------
    fill_gaps : bool, optional
        Whether gaps are continued from the samples around them; by default only by methods that train a network.
    method
        By default "auto": Instant and some filters, combined by the error that each probably has on this series.
    remove : "hum", "drift" or both, optional
        What is removed before the method sees the series, where it is found. It is then part of the residual.
    noise : NoiseConfig, optional
        What is known about the noise: its level, or a stretch of the series that holds nothing else.
    referee : Referee, optional
        ``Referee.of(series, stated=noise)``: what it has computed already is not computed again.
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
        If the series has too few values, or all are equal, or the stretch or level of the noise cannot be right.
    """
    chosen = lookup(method)
    series.check_usable()
    stated = _state(noise or NoiseConfig(), remove)
    if chosen.trains:
        estimate = chosen.denoise(series, stated=stated, **settings)
        return estimate.with_gaps_of(series) if fill_gaps is False else estimate
    separated = separate(series, stated.removes) if referee is None else referee.separated
    known = None if referee is None or settings else referee.estimate(method)
    told = replace(stated, remove_hum=False, remove_drift=False)
    estimate = known or chosen.denoise(separated.series, stated=told, **settings)
    if fill_gaps is not None:
        fill = gap_filling.fill_gaps if fill_gaps else Estimate.with_gaps_of
        estimate = fill(estimate, separated.series)
    return separated.tell(estimate)


def _state(noise: NoiseConfig, remove: Iterable[str]) -> NoiseConfig:
    """`noise` with what is to be removed, checked."""
    wanted = (remove,) if isinstance(remove, str) else tuple(remove)
    if unknown_names := [name for name in wanted if name not in ("hum", "drift")]:
        raise SettingsError([f"{name!r} cannot be removed. Choose hum, drift, or both." for name in unknown_names])
    noise = replace(noise, **{f"remove_{name}": True for name in wanted})
    RunConfig(noise=noise).check()
    return noise
