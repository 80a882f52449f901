"""By how much less the error of one training is than that of another, on the same series and the same noisier copy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from denoise_core import methods
from denoise_core.assess.held_out import valid_mask
from denoise_core.assess.risk import ADDED, Draws, Evidence, by_twin, reference_risk
from denoise_core.config import RunConfig
from denoise_core.dataset.training_set import TrainingSet
from denoise_core.errors import DataError
from denoise_core.noise import describe_series, separate
from denoise_core.series import Estimate, Float64Array

_BLOCKS = 40  # of which the spread tells how sure the mean is: neighbouring errors are correlated
_DB = 10.0 / np.log(10.0)
_LEAST = 0.1  # of the reference's error: less is not claimed of any other


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What one training made of each series that is to be denoised, and its twin of their noisier copies; none with a truth."""

    estimates: tuple[Estimate, ...]
    twins: tuple[Estimate, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Gain:
    """In dB, with its standard deviation; above 0 is better."""

    db: float
    sd_db: float


class Comparison:
    """Compares trainings on one training set.

    Parameters
    ----------
    data : TrainingSet
        Where it has clean columns, errors are true ones, on the validation part alone; else they are estimated.
    config : RunConfig
        The settings that the search starts from.

    Raises
    ------
    DataError
        If there is no truth and errors cannot be estimated in a series.
    """

    def __init__(self, data: TrainingSet, config: RunConfig) -> None:
        self._data, self._config = data, config
        self.by_truth = bool(data.clean)
        self._draws, self._twins = cache(self._make_draws), cache(self._make_twins)
        if not self.by_truth:
            for i in range(len(data.to_denoise)):
                self._draws(i, 0)

    def twin_data(self, repeat: int) -> TrainingSet | None:
        """What the twins of that repeat are trained on; None where the truth is known, which needs none."""
        return None if self.by_truth else self._twins(repeat)

    def gain(self, start: Outcome, trial: Outcome, *, repeat: int) -> Gain:
        """How much better the trial is than the start's settings, both with the seed of that repeat; the mean over the series."""
        pairs = [self._one(i, start, trial, repeat) for i in range(len(self._data.to_denoise))]
        sds = np.array([gain.sd_db for gain in pairs])
        return Gain(db=float(np.mean([gain.db for gain in pairs])), sd_db=float(np.sqrt(np.sum(sds**2)) / len(pairs)))

    def _one(self, i: int, start: Outcome, trial: Outcome, repeat: int) -> Gain:
        if self.by_truth:
            return self._true_gain(i, start.estimates[i], trial.estimates[i], repeat)
        draws = self._draws(i, repeat)
        both = [by_twin("", one.estimates[i], one.twins[i], draws) for one in (start, trial)]
        evidence = Evidence.of(both, draws)
        if not len(evidence):
            raise DataError("The two results have no sample in common, so they cannot be compared.")
        risk, _ = reference_risk(evidence, start.estimates[i])
        return _in_db(risk, (evidence.errors[1] - evidence.errors[0]) / (1.0 + ADDED))

    def _true_gain(self, i: int, start: Estimate, trial: Estimate, repeat: int) -> Gain:
        config = self._config.replace("training.seed", self._config.training.seed + repeat)
        truth, valid = self._data.clean[i], valid_mask(self._data, config, i=i)
        errors = [((one.values - truth) ** 2)[valid] for one in (start, trial)]
        known = np.isfinite(errors).all(axis=0)
        if not known.any():
            raise DataError("The clean column has no value in the validation part, so results cannot be compared.")
        return _in_db(float(errors[0][known].mean()), (errors[1] - errors[0])[known])

    def _make_twins(self, repeat: int) -> TrainingSet:
        return methods.twin_of(self._data, stated=self._config.noise, draw=repeat)

    def _make_draws(self, i: int, repeat: int) -> Draws:
        series = separate(self._data.to_denoise[i], self._config.noise.removes).series
        return Draws.of(series, describe_series(series, self._config.noise), seed=methods.draw_seed(i, repeat))


def _in_db(risk: float, excess: Float64Array) -> Gain:
    """The gain of one whose square errors exceed those of another, of mean `risk`, by `excess`."""
    better = max(risk + float(excess.mean()), _LEAST * risk)
    means = np.array([part.mean() for part in np.array_split(excess, min(_BLOCKS, len(excess)))])
    sd = float(means.std(ddof=1) / np.sqrt(len(means))) if len(means) > 1 else np.inf
    return Gain(db=float(_DB * np.log(risk / better)), sd_db=float(_DB * sd / better))


def pooled(gains: Sequence[Gain]) -> Gain:
    """The mean of several repeats on the same series, whose figures share the series' noise: their sds do not average out.

    To the mean of the sds is added how much the repeats differ beyond it.
    """
    values = np.array([gain.db for gain in gains])
    spread = float(values.std(ddof=1) / np.sqrt(len(values))) if len(values) > 1 else 0.0
    shared = float(np.mean([gain.sd_db for gain in gains])) / np.sqrt(len(values))
    return Gain(db=float(values.mean()), sd_db=float(np.hypot(shared, spread)))
