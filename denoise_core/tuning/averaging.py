"""The result of a search: the mean of several of its networks, in which less is luck than in any of them.

Networks of other settings err in other places: on heartbeats, 2,048 samples, SNR 3, one from pretrained weights gains 10.3 dB,
one from random ones 10.6, their mean 10.8; on Bumps 10.7, 11.3 and 11.6. The mean of several is also safer than the one that
seems best: of 11 trials on heartbeats at SNR 1.5, that one was estimated to be 2.2 +- 1.3 dB better than the start and was 0.9 dB
worse, the mean of the best six 1.0 dB better; on Blocks 0.9 and 0.7 dB, on steps and a chirp 0.1 dB each.

References
----------
Wenzel, Snoek, Tran, Jenatton 2020, Hyperparameter ensembles for robustness and uncertainty quantification, arXiv 2006.13570
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from denoise_core.series import Estimate, Float64Array
from denoise_core.tuning.comparison import Comparison, Gain, Outcome
from denoise_core.tuning.study import Study
from denoise_core.tuning.trials import DONE


@dataclass(frozen=True, kw_only=True)
class Result:
    """The mean of the trials of these numbers, and its gain over one network of the start's settings, as estimated."""

    outcome: Outcome
    numbers: tuple[int, ...]
    gain: Gain


def best_mean(study: Study, comparison: Comparison, number: int, load: Callable[[int], Outcome]) -> Result:
    """The best, as estimated, of three means: over the seeds of the trial's settings, those of the start, and all about as good.

    Parameters
    ----------
    number : int
        The trial that is recommended, 0 for the start.
    load : callable (number) -> Outcome
        A DenoiseError where it is gone.
    """
    start = load(0)
    means = []
    for groups in _candidates(study, number):
        outcome = mean_of([mean_of_seeds([load(one) for one in group]) for group in groups])
        numbers = tuple(one for group in groups for one in group)
        means.append(Result(outcome=outcome, numbers=numbers, gain=comparison.gain(start, outcome, repeat=0)))
    return max(means, key=lambda one: one.gain.db)


def _candidates(study: Study, number: int) -> Iterator[list[list[int]]]:
    """Which trials are averaged: groups of the same settings."""
    start = _with_same_settings(study, 0)
    yield [start]
    if number:
        yield [_with_same_settings(study, number)]
    if others := study.averaged():
        yield [start, *(_with_same_settings(study, one.number) for one in others)]


def _with_same_settings(study: Study, number: int) -> list[int]:
    """The trials that are done with the settings of that one, itself first."""
    key = study.records[number].key
    others = [one.number for one in study.records.values() if one.key == key and one.state == DONE and one.trial.repeat]
    return [number, *sorted(others)]


def mean_of_seeds(outcomes: Sequence[Outcome]) -> Outcome:
    """The mean over trainings that differ in their seed alone; the first is that with the first seed, whose twin is kept.

    What the twin makes of the noisier copy is moved by as much as the estimate is: how much an estimate follows noise is linear
    in it, and trainings that differ in their seed alone follow it alike.
    """
    first = outcomes[0]
    estimates = tuple(map(_mean, zip(*(one.estimates for one in outcomes), strict=True)))
    shifts = [mean.values - own.values for mean, own in zip(estimates, first.estimates, strict=True)]
    twins = tuple(replace(twin, values=twin.values + shift) for twin, shift in zip(first.twins, shifts, strict=False))
    return Outcome(estimates=estimates, twins=twins)


def mean_of(outcomes: Sequence[Outcome]) -> Outcome:
    """The mean over trainings of the same noisier copy."""
    twins = tuple(map(_mean, zip(*(one.twins for one in outcomes), strict=True)))
    return Outcome(estimates=tuple(map(_mean, zip(*(one.estimates for one in outcomes), strict=True))), twins=twins)


def _mean(estimates: Sequence[Estimate]) -> Estimate:
    """The sds are those of single networks, their root mean square: the mean's are smaller, by an amount that is not known."""
    known = [one.sd for one in estimates if one.sd is not None]
    sd = np.sqrt(np.mean(np.square(known), axis=0)) if len(known) == len(estimates) else None
    values: Float64Array = np.mean([one.values for one in estimates], axis=0)
    return replace(estimates[0], values=values, sd=sd)
