"""Several methods combined by their estimated errors, and these errors. Imports torch only to train."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from denoise_core.assess.risk import ADDED, RECORDING, Blended, Candidate, Draws, Judged, blend, by_method, by_twin
from denoise_core.config import NoiseConfig, RunConfig, unknown
from denoise_core.dataset.training_set import TrainingSet
from denoise_core.errors import DataError, DenoiseError, SettingsError
from denoise_core.methods import quick
from denoise_core.noise import describe, describe_series
from denoise_core.noise.stated import NO_STATEMENT
from denoise_core.series import Estimate, Series
from denoise_core.suggestions import suggest
from denoise_core.training.events import Event

COMBINED = (quick.INSTANT, "wavelet", "savgol", "lowpass", RECORDING)
"""The methods that are combined; the first is the reference. One that refuses a series is left out."""
NETWORK_LABEL = "Your network"


def denoise(
    series: Series,
    *,
    stated: NoiseConfig = NO_STATEMENT,
    train: bool = False,
    config: RunConfig | None = None,
    on_event: Callable[[Event], object] | None = None,
    **others: Any,
) -> Estimate:
    """The quick methods combined; if `train`, with a network trained on the series, and on a noisier copy to judge it."""
    if others:
        raise SettingsError([unknown(name, ("train", "config", "on_event"), what="setting of auto") for name in others])
    if not train and (config is not None or on_event is not None):
        raise SettingsError(["config and on_event are for training: add train=True, or leave them out."])
    found = _blend_by_training(series, stated, config, on_event) if train else blend_quick(series, stated=stated)
    return found.chosen


def blend_quick(series: Series, *, instant: Estimate | None = None, stated: NoiseConfig = NO_STATEMENT) -> Blended:
    """The methods of `COMBINED`, judged and combined; with the estimate by Instant where it is known already.

    Where nothing can be judged, as the series is short or shows no noise, Instant's estimate stands, and the sentence says why.
    """
    instant = instant or quick.denoise(series, quick.INSTANT, stated=stated)
    noise = describe_series(series, stated)
    try:
        draws = Draws.of(series, noise)
    except DataError as error:
        return Blended.unjudged(instant, str(error))
    return blend(series, list(_quick_candidates(draws, instant, stated)), noise, draws=draws)


def blend_with_network(
    series: Series,
    estimate: Estimate,
    twin: Estimate | None,
    *,
    i: int = 0,
    method: str = "lstm",
    seconds: float = 0.0,
    stated: NoiseConfig = NO_STATEMENT,
) -> Blended:
    """The same with a network's result; where nothing can be judged, that is the estimate.

    Parameters
    ----------
    estimate
        The network's result for the series.
    twin
        The result, for the series number `i` of `twin_of` the training set, of a network trained on that in the same way; None
        where there is no such training set.
    seconds
        What both took.
    stated
        What a person says of the noise.

    Raises
    ------
    DataError
        If one of the results is not of the series' length.
    """
    noise = describe_series(series, stated)
    try:
        draws = Draws.of(series, noise, seed=i)
    except DataError as error:
        return Blended.unjudged(estimate, str(error))
    if twin is None:
        return Blended.unjudged(estimate, "Nothing is known of the error of this result.")
    network = by_twin(method, estimate, twin, draws, seconds=seconds, label=NETWORK_LABEL)
    instant = quick.denoise(series, quick.INSTANT, stated=stated)
    return blend(series, [*_quick_candidates(draws, instant, stated), network], noise, draws=draws)


def twin_of(data: Series | Sequence[Series] | TrainingSet) -> TrainingSet:
    """The training set with noisier copies of the series that are to be denoised; for the same data the same to the last bit.

    A series in which errors cannot be estimated stays as it is.

    Raises
    ------
    DataError
        If that is so for all of them.
    """
    given = TrainingSet.of(data)
    noisy, refusals = list(given.noisy), []
    for i, series in enumerate(given.to_denoise):
        try:
            noisy[i] = Draws.of(series, seed=i).noisier()
        except DataError as error:
            refusals.append(error)
    if len(refusals) == len(given.to_denoise):
        raise refusals[0]
    return replace(given, noisy=tuple(noisy))


def risk(series: Series, methods: Sequence[str | Estimate | Candidate] = COMBINED) -> tuple[Judged, ...]:
    """The estimated mean square error of each method on this series, without knowing the truth.

    Parameters
    ----------
    methods
        Names of `METHODS`; estimates by a method that needs no training, which is run again with their settings; or candidates.

    Returns
    -------
    tuple of Judged
        In the same order, each with an interval that contains the true value with about 90 % probability.

    Raises
    ------
    DataError
        If the series is short or shows no noise, a method refuses it, or an estimate is of another length.
    SettingsError
        If a method is unknown or cannot be run again.

    References
    ----------
    Oliveira, Lei, Tibshirani 2021, arXiv 2111.09447
    """
    noise = describe(series.values)
    draws = Draws.of(series, noise)
    candidates = [_candidate(one, series, draws) for one in methods]
    asked = {one.method for one in candidates}
    reference = [] if quick.INSTANT in asked else [_quick_candidate(quick.INSTANT, draws)]
    order = sorted(candidates, key=lambda one: one.method != quick.INSTANT)
    judged = {one.method: one for one in blend(series, [*reference, *order], noise, draws=draws).judged}
    return tuple(judged[one.method] for one in candidates)


def _quick_candidates(draws: Draws, instant: Estimate, stated: NoiseConfig) -> Iterator[Candidate]:
    for name in COMBINED:
        try:
            yield _quick_candidate(name, draws, estimate=instant if name == quick.INSTANT else None, stated=stated)
        except DenoiseError:
            continue


def _quick_candidate(
    name: str, draws: Draws, *, estimate: Estimate | None = None, stated: NoiseConfig = NO_STATEMENT, **settings: Any
) -> Candidate:
    if name == RECORDING:
        return by_method(name, _unchanged, draws, label="The recording itself")
    run, label = quick.function(name), quick.LABELS[name]
    if not (stated.level or stated.stretch):
        return by_method(name, lambda series: run(series, **settings), draws, estimate=estimate, label=label)
    estimate = estimate or run(draws.series, stated=stated, **settings)
    # The marked stretch may lie outside what is judged: there, the level that was found in it stands for it.
    told, louder = (replace(stated.without_stretch(), level=share * draws.model.sd) for share in (1.0, np.sqrt(1.0 + ADDED)))
    return by_method(
        name,
        lambda series: run(series, stated=told, **settings),
        draws,
        estimate=estimate,
        noisier=lambda series: run(series, stated=louder, **settings),
        label=label,
    )


def _unchanged(series: Series) -> Estimate:
    return Estimate(values=series.values, method=RECORDING, sd=None)


def _candidate(one: str | Estimate | Candidate, series: Series, draws: Draws) -> Candidate:
    if isinstance(one, Candidate):
        return one
    if isinstance(one, Estimate):
        return _quick_candidate(one.method, draws, estimate=one, **one.settings)
    return _by_training(series, draws) if one == "lstm" else _quick_candidate(one, draws)


def _by_training(series: Series, draws: Draws) -> Candidate:
    estimate, twin = _train(TrainingSet.of(series), None, None), _train(twin_of(series), None, None)
    return by_twin("lstm", estimate, twin, draws, label=NETWORK_LABEL)


def _blend_by_training(
    series: Series, stated: NoiseConfig, config: RunConfig | None, on_event: Callable[[Event], object] | None
) -> Blended:
    config = config or suggest(series, stated=stated)
    if stated != NO_STATEMENT:
        config = replace(config, noise=stated)
    estimate = _train(TrainingSet.of(series), config, on_event)
    try:
        data = twin_of(series)
    except DataError:
        return blend_with_network(series, estimate, None, stated=stated)
    return blend_with_network(series, estimate, _train(data, config, on_event), stated=stated)


def _train(data: TrainingSet, config: RunConfig | None, on_event: Callable[[Event], object] | None) -> Estimate:
    from denoise_core.training import fit

    return fit(data, config, on_event=on_event).denoise(data.to_denoise[0])
