"""The mean of what the networks of the same settings with different seeds make of a series: less of it is luck."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from denoise_core.series import Estimate, Float64Array
from denoise_core.tuning.comparison import Outcome
from denoise_core.tuning.study import Study
from denoise_core.tuning.trials import DONE


def members(study: Study, number: int) -> list[int]:
    """The trials that are done with the settings of that one, itself first."""
    key = study.records[number].key
    others = [one.number for one in study.records.values() if one.key == key and one.state == DONE and one.number != number]
    return [number, *sorted(others)]


def average(outcomes: Sequence[Outcome]) -> Outcome:
    """The mean of all estimates; what a twin makes of the first one's noisier copy is moved by as much as the estimate is.

    So the mean is taken to follow added noise as the first network does: how much an estimate follows noise is linear in it, and
    the networks are trained alike.
    """
    first = outcomes[0]
    if len(outcomes) == 1:
        return first
    estimates = tuple(map(_mean, zip(*(one.estimates for one in outcomes), strict=True)))
    shifts = [mean.values - own.values for mean, own in zip(estimates, first.estimates, strict=True)]
    twins = tuple(replace(twin, values=twin.values + shift) for twin, shift in zip(first.twins, shifts, strict=False))
    return Outcome(estimates=estimates, twins=twins)


def _mean(estimates: Sequence[Estimate]) -> Estimate:
    """The sds are those of single networks, their root mean square: the mean's are smaller, by an amount that is not known."""
    known = [one.sd for one in estimates if one.sd is not None]
    sd = np.sqrt(np.mean(np.square(known), axis=0)) if len(known) == len(estimates) else None
    values: Float64Array = np.mean([one.values for one in estimates], axis=0)
    return replace(estimates[0], values=values, sd=sd)
