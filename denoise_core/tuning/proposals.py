"""Which settings to try next, by Optuna: made again at any time from the trials that have ended."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import optuna
from optuna.distributions import BaseDistribution, CategoricalDistribution, FloatDistribution, IntDistribution
from optuna.trial import TrialState, create_trial

from denoise_core.tuning.plan import Plan
from denoise_core.tuning.space import Dimension, Params, Values
from denoise_core.tuning.trials import DONE, PRUNED, TrialRecord, is_comparable

optuna.logging.set_verbosity(optuna.logging.WARNING)
TOO_FEW = 20
"""Below so many trials, importances say nothing."""
_STARTUP = 8  # random trials before a model is fitted to them

_STATES = {DONE: TrialState.COMPLETE, PRUNED: TrialState.PRUNED}


class Proposals:
    """Asks Optuna, and tells it what became of the trials; all in memory.

    The trials that have ended are the only truth, so whoever has them can go on after a crash where another stopped.
    """

    def __init__(self, plan: Plan, ended: Iterable[TrialRecord] = ()) -> None:
        self._distributions = {path: _distribution(one) for path, one in plan.space.dimensions.items()}
        self._plan = plan
        records = list(ended)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
            sampler = _SAMPLERS[plan.sampler](plan.seed + len(records))
            self._study = optuna.create_study(direction="maximize", sampler=sampler, pruner=_PRUNERS[plan.pruner]())
        self._open: dict[int, optuna.Trial] = {}
        for record in records:
            self._add(record)

    def ask(self, number: int) -> Params:
        """Settings for the trial of that number."""
        trial = self._study.ask(self._distributions)
        self._open[number] = trial
        return dict(trial.params)

    def take_up(self, number: int, params: Params) -> None:
        """A trial that runs with settings that were proposed before."""
        if params.keys() == self._distributions.keys():
            self._study.enqueue_trial(params)
            self._open[number] = self._study.ask(self._distributions)

    def report(self, number: int, epoch: int, epochs: int, valid_loss: float) -> bool:
        """Whether the trial should end early, by its validation loss after so many of its epochs."""
        trial = self._open.get(number)
        if trial is None or not is_comparable(self._plan, trial.params):
            return False
        percent = _percent(epoch, epochs)
        if percent == _percent(epoch - 1, epochs):
            return False
        trial.report(-valid_loss, percent)
        return bool(trial.should_prune())

    def tell(self, record: TrialRecord) -> None:
        """A trial has ended."""
        trial = self._open.pop(record.number, None)
        if trial is None:
            self._add(record)
        elif record.state == DONE:
            self._study.tell(trial, record.gain_db)
        else:
            self._study.tell(trial, state=_STATES.get(record.state, TrialState.FAIL))

    def importances(self) -> dict[str, float]:
        """Share of each setting in what made trials good (PED-ANOVA); empty below `TOO_FEW` of them."""
        done = self._study.get_trials(deepcopy=False, states=(TrialState.COMPLETE,))
        if len(done) < TOO_FEW or len(self._distributions) < 2:
            return {}
        evaluator = optuna.importance.PedAnovaImportanceEvaluator()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = optuna.importance.get_param_importances(self._study, evaluator=evaluator)
        return {path: float(share) for path, share in found.items()}

    def _add(self, record: TrialRecord) -> None:
        """One that ended before, or that was not proposed here: checks are left out, and so is what does not span the space."""
        if record.trial.repeat or record.trial.params.keys() != self._distributions.keys():
            return
        self._study.add_trial(_frozen(self._plan, record, self._distributions))


def export(plan: Plan, records: Iterable[TrialRecord], path: Path, *, name: str) -> None:
    """Write the trials as an Optuna study into an SQLite file, for ``optuna.load_study`` and its dashboard."""
    path.unlink(missing_ok=True)
    distributions = {one: _distribution(dimension) for one, dimension in plan.space.dimensions.items()}
    study = optuna.create_study(storage=f"sqlite:///{path}", study_name=name, direction="maximize")
    study.add_trials([_frozen(plan, one, distributions) for one in records if one.trial.params.keys() == distributions.keys()])


def _frozen(plan: Plan, record: TrialRecord, distributions: Mapping[str, BaseDistribution]) -> optuna.trial.FrozenTrial:
    state = _STATES.get(record.state, TrialState.FAIL)
    params = dict(record.trial.params)
    epochs = record.trial.config(plan).training.epochs
    losses = record.valid_losses if state == TrialState.COMPLETE and is_comparable(plan, params) else ()
    return create_trial(
        state=state,
        value=record.gain_db if state == TrialState.COMPLETE else None,
        params=params,
        distributions=dict(distributions),
        user_attrs={"number": record.number, "sd_db": record.sd_db, "seconds": record.seconds, "repeat": record.trial.repeat},
        intermediate_values={_percent(epoch, epochs): -loss for epoch, loss in reversed(list(enumerate(losses, 1)))},
    )


def _percent(epoch: int, epochs: int) -> int:
    """How far a training is, in steps of 10: trainings of different lengths are compared by it, each when it reaches one."""
    return 10 * (10 * epoch // max(epochs, 1))


def _distribution(one: Dimension) -> BaseDistribution:
    if isinstance(one, Values):
        return CategoricalDistribution(one.values)
    if one.whole:
        return IntDistribution(int(one.low), int(one.high), log=one.log)
    return FloatDistribution(one.low, one.high, log=one.log)


def _tpe(seed: int) -> optuna.samplers.BaseSampler:
    return optuna.samplers.TPESampler(seed=seed, n_startup_trials=_STARTUP, multivariate=True, group=False, constant_liar=True)


_SAMPLERS: dict[str, Callable[[int], optuna.samplers.BaseSampler]] = {
    "tpe": _tpe,
    "gp": lambda seed: optuna.samplers.GPSampler(seed=seed, n_startup_trials=_STARTUP),
    "random": lambda seed: optuna.samplers.RandomSampler(seed=seed),
    "grid": lambda seed: optuna.samplers.RandomSampler(seed=seed),  # is never asked: the points are given
}
_PRUNERS: dict[str, Callable[[], optuna.pruners.BasePruner]] = {
    "median": lambda: optuna.pruners.MedianPruner(n_startup_trials=5, n_warmup_steps=30, interval_steps=10),
    "halving": lambda: optuna.pruners.SuccessiveHalvingPruner(min_resource=20, reduction_factor=2),
    "none": optuna.pruners.NopPruner,
}
