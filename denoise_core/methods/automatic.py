"""Several methods combined by their estimated errors, and these errors. Imports torch only to train."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from denoise_core.assess.risk import ADDED, RECORDING, Blended, Candidate, Draws, Judged, blend, by_twin
from denoise_core.config import NoiseConfig, RunConfig, unknown
from denoise_core.dataset.training_set import TrainingSet
from denoise_core.errors import DataError, DenoiseError, SettingsError
from denoise_core.methods import quick
from denoise_core.methods.referee import COMBINED, Referee, Remembering, Told, quick_candidates, refine, told_candidate, unchanged
from denoise_core.noise import describe, describe_series, separate
from denoise_core.noise.stated import NO_STATEMENT
from denoise_core.series import Estimate, Series
from denoise_core.suggestions import suggest
from denoise_core.training.events import Event

NETWORK, GUIDED, GUIDED_NONLOCAL = "lstm", "guided", "guided_nonlocal"
_LABELS = {
    NETWORK: "Your network",
    GUIDED: "Instant, told of your network",
    GUIDED_NONLOCAL: "Repetitions, told of your network",
}


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
    return Referee.of(series, stated=stated, instant=instant).blended


def blend_with_network(
    series: Series,
    estimate: Estimate,
    twin: Estimate | None,
    *,
    i: int = 0,
    draw: int = 0,
    trained: bool = True,
    stated: NoiseConfig = NO_STATEMENT,
) -> Blended:
    """The same with a network's result; where nothing can be judged, that is the estimate.

    Parameters
    ----------
    estimate
        The network's result for the series.
    twin
        The result, for the series number `i` of `twin_of` the training set, of a network trained on that in the same way; None
        where there is no such training set. `draw` is that of the call.
    trained
        Whether the network was trained on this series.
    stated
        What a person says of the noise, and what is removed before: the estimates are without it.

    Raises
    ------
    DataError
        If one of the results is not of the series' length.
    """
    separated = separate(series, stated.removes)
    found = _blend_with_network(separated.series, estimate, twin, draw_seed(i, draw), trained, stated)
    if found.chosen is estimate or not stated.removes:
        return found
    return replace(found, estimate=separated.tell(found.chosen))


def _blend_with_network(
    series: Series, estimate: Estimate, twin: Estimate | None, seed: int, trained: bool, stated: NoiseConfig
) -> Blended:
    noise = describe_series(series, stated)
    try:
        draws = Draws.of(series, noise, seed=seed)
    except DataError as error:
        return Blended.unjudged(estimate, str(error))
    if twin is None:
        return Blended.unjudged(estimate, "Nothing is known of the error of this result.")
    told = Told.of(draws, stated)
    instant = quick.denoise(series, quick.INSTANT, stated=stated)
    networks = _network_candidates(draws, estimate, twin, told, trained=trained)
    quick_ones = quick_candidates(draws, Remembering.of(series, instant), told)
    return blend(series, [*quick_ones, *networks], noise, draws=draws)


def draw_seed(i: int, draw: int) -> int:
    """The seed of the noisier copies number `draw` of the series number `i`."""
    return i + 10_000 * draw


def twin_of(data: Series | Sequence[Series] | TrainingSet, *, stated: NoiseConfig = NO_STATEMENT, draw: int = 0) -> TrainingSet:
    """The training set with noisier copies of the series that are to be denoised; for the same data the same to the last bit.

    Another `draw` gives other copies.

    The copies are without the hum and drift that `stated` says to remove.

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
            rest = separate(series, stated.removes).series
            noisy[i] = Draws.of(rest, describe_series(rest, stated), seed=draw_seed(i, draw)).noisier()
        except DataError as error:
            refusals.append(error)
    if len(refusals) == len(given.to_denoise):
        raise refusals[0]
    return replace(given, noisy=tuple(noisy))


def for_twin(config: RunConfig) -> RunConfig:
    """The settings for a training on what `twin_of` gives: nothing is left to remove, a stated level is that of the copies."""
    noise = replace(config.noise, remove_hum=False, remove_drift=False, level=float(np.sqrt(1.0 + ADDED)) * config.noise.level)
    return replace(config, noise=noise)


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
    if not methods:
        raise DataError("There is no method to judge. Name at least one.")
    noise = describe(series.values)
    draws = Draws.of(series, noise)
    candidates = [_candidate(one, series, draws) for one in methods]
    asked = {one.method for one in candidates}
    reference = [] if quick.INSTANT in asked else [_quick_candidate(quick.INSTANT, draws)]
    order = sorted(candidates, key=lambda one: one.method != quick.INSTANT)
    judged = {one.method: one for one in blend(series, [*reference, *order], noise, draws=draws).judged}
    return tuple(judged[one.method] for one in candidates)


def _network_candidates(draws: Draws, estimate: Estimate, twin: Estimate, told: Told, *, trained: bool) -> Iterator[Candidate]:
    """The network's result, the instant one that was told of it, and what repetitions make of that."""
    yield by_twin(NETWORK, estimate, twin, draws, label=_LABELS[NETWORK], trained=trained)
    with suppress(DenoiseError):
        guided = quick.guided(draws.series, estimate, stated=told.whole)
        guided_twin = quick.guided(draws.noisier(), twin, stated=told.noisier)
        yield by_twin(GUIDED, guided, guided_twin, draws, label=_LABELS[GUIDED], trained=trained)
        refined = refine(draws.series, guided, stated=told.whole)
        refined_twin = refine(draws.noisier(), guided_twin, stated=told.noisier)
        yield by_twin(GUIDED_NONLOCAL, refined, refined_twin, draws, label=_LABELS[GUIDED_NONLOCAL], trained=trained)


def _quick_candidate(name: str, draws: Draws, *, estimate: Estimate | None = None, **settings: Any) -> Candidate:
    if name == RECORDING:
        return told_candidate(name, unchanged, draws, Told())
    return told_candidate(name, partial(quick.function(name), **settings), draws, Told(), estimate=estimate)


def _candidate(one: str | Estimate | Candidate, series: Series, draws: Draws) -> Candidate:
    if isinstance(one, Candidate):
        return one
    if isinstance(one, Estimate):
        return _quick_candidate(one.method, draws, estimate=one, **one.settings)
    return _by_training(series, draws) if one == NETWORK else _quick_candidate(one, draws)


def _by_training(series: Series, draws: Draws) -> Candidate:
    estimate, twin = _train(TrainingSet.of(series), None, None), _train(twin_of(series), None, None)
    return by_twin(NETWORK, estimate, twin, draws, label=_LABELS[NETWORK])


def _blend_by_training(
    series: Series, stated: NoiseConfig, config: RunConfig | None, on_event: Callable[[Event], object] | None
) -> Blended:
    config = config or suggest(series, stated=stated)
    if stated != NO_STATEMENT:
        config = replace(config, noise=stated)
    estimate = _train(TrainingSet.of(series), config, on_event)
    try:
        data = twin_of(series, stated=stated)
    except DataError:
        return blend_with_network(series, estimate, None, stated=stated)
    return blend_with_network(series, estimate, _train(data, for_twin(config), on_event), stated=stated)


def _train(data: TrainingSet, config: RunConfig | None, on_event: Callable[[Event], object] | None) -> Estimate:
    from denoise_core.training import fit

    return fit(data, config, on_event=on_event).denoise(data.to_denoise[0])
