"""A training set checked, preprocessed and split: what a training starts from. Imports no torch."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from denoise_core.config import RunConfig
from denoise_core.config.objectives import OBJECTIVES
from denoise_core.dataset.preprocessing import preprocess, resample
from denoise_core.dataset.split import Parts, split_series
from denoise_core.dataset.training_set import Target, TrainingSet
from denoise_core.noise import separate
from denoise_core.noise.stated import check_statement
from denoise_core.series import Series


@dataclass(frozen=True, kw_only=True)
class PreparedData:
    """What training with certain settings starts from; `targets` and `split` hold one entry for each series.

    Parameters
    ----------
    data : TrainingSet
        As `preprocess` leaves it.
    preview_series : Series
        The first series without its disturbances, resampled if the settings ask for it, but not prewhitened.
    """

    data: TrainingSet
    targets: tuple[Target, ...]
    split: tuple[Parts, ...]
    preview_series: Series


def check(data: TrainingSet, config: RunConfig) -> None:
    """The checks that cost little, even on a long record.

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
    for series in data.to_denoise:
        check_statement(series, config.noise)
    if OBJECTIVES[config.objective.kind].target != "others":
        data.targets(config.objective.kind)


def prepare_data(data: TrainingSet, config: RunConfig) -> PreparedData:
    """The data checked, preprocessed, and split into training, validation and test parts.

    Raises
    ------
    SettingsError
        See `check`.
    DataError
        See `check`; and if repeats do not align, times cannot be made even, or a part is left with too few samples.
    """
    check(data, config)
    preprocessed = _preprocess_all(data, config)
    targets = preprocessed.targets(config.objective.kind)
    length, seed = config.window.length, config.training.seed
    split = [split_series(~np.isnan(one.values), config.split, length=length, seed=seed + i) for i, one in enumerate(targets)]
    preview_series = resample(separate(data.noisy[0], config.noise.removes).series, config).series
    return PreparedData(data=preprocessed, targets=targets, split=tuple(split), preview_series=preview_series)


def _preprocess_all(data: TrainingSet, config: RunConfig) -> TrainingSet:
    done = [preprocess(separate(series, config.noise.removes).series, config) for series in data.noisy]
    clean = tuple(one.transform(values) for one, values in zip(done, data.clean, strict=False))
    return replace(data, noisy=tuple(one.series for one in done), clean=clean)
