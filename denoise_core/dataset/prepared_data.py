"""A training set as a network gets it, once it is known that it can be trained on. Knows no network; imports no torch."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from denoise_core.config import RunConfig
from denoise_core.config.objectives import OBJECTIVES
from denoise_core.dataset.preprocessing import preprocess
from denoise_core.dataset.split import Parts, parts
from denoise_core.dataset.training_set import Target, TrainingSet
from denoise_core.series import Series


@dataclass(frozen=True, kw_only=True)
class PreparedData:
    """What training with certain settings starts from; `targets` and `split` hold one entry for each series.

    Parameters
    ----------
    data : TrainingSet
        As `prepare` leaves it.
    shown : Series
        The first series, resampled if so asked, but not whitened.
    """

    data: TrainingSet
    targets: tuple[Target, ...]
    split: tuple[Parts, ...]
    shown: Series


def check(data: TrainingSet, config: RunConfig) -> None:
    """What can be said without looking closely: a long record costs nothing here.

    Raises
    ------
    SettingsError
        If the settings are out of range, do not go together, or do not fit these series' length.
    DataError
        If a series is empty, constant or too short, or a clean column is needed and there is none.
    """
    config.check(samples=min(map(len, data.noisy)))
    for series in data.noisy:
        series.check_usable(at_least=2 * config.window.length)
    if OBJECTIVES[config.objective.kind].target != "others":
        data.targets(config.objective.kind)


def prepare_data(data: TrainingSet, config: RunConfig) -> PreparedData:
    """Checked, prepared, and divided into what is learnt from, what chooses and what tests.

    Raises
    ------
    SettingsError
        See `check`.
    DataError
        See `check`; and if repeats do not align, times cannot be made even, or a part is left with too few samples.
    """
    check(data, config)
    prepared = _prepared(data, config)
    targets = prepared.targets(config.objective.kind)
    length, seed = config.window.length, config.training.seed
    split = [parts(~np.isnan(one.values), config.split, length=length, seed=seed + i) for i, one in enumerate(targets)]
    shown = preprocess(data.noisy[0], config.replace("input.whiten", 0.0)).series
    return PreparedData(data=prepared, targets=targets, split=tuple(split), shown=shown)


def _prepared(data: TrainingSet, config: RunConfig) -> TrainingSet:
    done = [preprocess(series, config) for series in data.noisy]
    clean = tuple(one.same(values) for one, values in zip(done, data.clean, strict=False))
    return replace(data, noisy=tuple(one.series for one in done), clean=clean)
