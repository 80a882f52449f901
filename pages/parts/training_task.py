"""What a network is to be trained on, as chosen on the Train page, and the trainings that follow from it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import denoise_core as dc
from denoise_core.config import NoiseConfig, settings
from denoise_core.config.objectives import OBJECTIVES
from denoise_core.dataset.selection import ChannelSelection
from denoise_core.dataset.training_set import TrainingSet
from denoise_core.errors import DenoiseError
from denoise_core.jobs import Source
from denoise_core.noise.stated import NO_STATEMENT
from denoise_core.signals.added_noise import TRUE
from denoise_core.suggestions import REASONS_DEPEND_ON, for_channels, for_goal
from pages.parts.cached import USUAL, recording, suggest_settings, with_noise


@dataclass(frozen=True, kw_only=True)
class TrainingTask:
    """Everything about a training that is not a setting of `RunConfig`, and the recipe for those that are.

    Parameters
    ----------
    goal : str
        One of `OBJECTIVES`; "" for that of the recipe, or of the loaded settings.
    columns : tuple of str
        Empty for the one chosen on the Signal page.
    clean : mapping
        Noisy column -> clean column, where that is not the one with the matching name.
    noise, snr : str, float
        Colour of the noise to add, where the recording is clean itself ("" for none), and the signal-to-noise ratio.
    more : tuple of Source
        Further files with the same columns.
    """

    recipe: str = USUAL
    goal: str = ""
    columns: tuple[str, ...] = ()
    together: bool = True
    clean: Mapping[str, str] = field(default_factory=dict)
    noise: str = ""
    snr: float = 3.0
    more: tuple[Source, ...] = ()


@dataclass(frozen=True, kw_only=True)
class TrainingPlan:
    """A training task on one recording, with the settings that fill its form.

    Parameters
    ----------
    source : Source
        The file, with the first of the chosen columns.
    kept : RunConfig or None
        Settings that were loaded or used before; None for those of the recipe.
    stated : NoiseConfig
        What was said of the noise, and what is removed before.
    """

    task: TrainingTask
    source: Source
    kept: dc.RunConfig | None
    stated: NoiseConfig = NO_STATEMENT

    @property
    def columns(self) -> tuple[str, ...]:
        return columns(self.task, self.source)

    @property
    def told(self) -> NoiseConfig:
        """What holds of the noise that is trained on: nothing of what was said, where noise is added."""
        return self.stated.without_statement() if self.task.noise else self.stated

    @property
    def config(self) -> dc.RunConfig:
        return self.config_for(self.source.column)

    @property
    def goal(self) -> str:
        """The learning goal; it can be shown and changed even where the recipe cannot be used on this series."""
        try:
            return self.config.objective.kind
        except DenoiseError:
            return self.task.goal or dc.RunConfig().objective.kind

    @property
    def noise(self) -> str:
        """Colour of the noise that is added; "" where none is."""
        return self.task.noise if OBJECTIVES[self.goal].target == "clean" else ""

    @property
    def together(self) -> bool:
        """Whether one network is trained on all columns."""
        return OBJECTIVES[self.goal].target == "others" or (self.task.together and not self.noise)

    @property
    def networks(self) -> int:
        return 1 if self.together else len(self.columns)

    @property
    def series(self) -> dc.Series:
        """The first series, as the network would see it."""
        return with_noise(self.source, self.noise, self.task.snr)

    def config_for(self, column: str) -> dc.RunConfig:
        """The settings suggested for a training on that column."""
        task, source = self.task, replace(self.source, column=column)
        if self.kept is not None:
            return for_goal(self.kept, task.goal or self.kept.objective.kind)
        noise = task.noise if task.goal and OBJECTIVES[task.goal].target == "clean" else ""
        filled = suggest_settings(source, task.recipe, noise, task.snr, stated=self.told)
        filled = for_goal(filled, task.goal or filled.objective.kind)
        return for_channels(filled, len(self.columns) if self.task.together else 1)

    def trainings(self, edited: dc.RunConfig) -> Iterator[tuple[TrainingSet, dc.RunConfig]]:
        """The data and settings of each network: the settings suggested for its column, with the changes made by hand."""
        for data in self._training_sets(edited.training.seed):
            yield data, _replay_edits(self.config_for(data.noisy[0].name), self.config, edited)

    def _training_sets(self, seed: int) -> list[TrainingSet]:
        clean = self._clean()
        more = () if self.noise else tuple(recording(source) for source in self.task.more)
        selection = ChannelSelection(recording=recording(self.source), columns=self.columns, more=more, clean=clean)
        if self.noise:
            draw = partial(TrainingSet.with_added_noise, snr=self.task.snr, seed=seed, colour=self.noise)
            return [draw(series) for series in selection.series()]
        return selection.training_sets(together=self.together)

    def _clean(self) -> tuple[str, ...]:
        """A clean column for each, where the goal needs them; none if one is missing, which is refused later."""
        if OBJECTIVES[self.goal].target != "clean" or self.noise:
            return ()
        names = [clean_column_of(self.task, self.source, column) for column in self.columns]
        return tuple(name for name in names if name) if all(names) else ()


def plan_training(
    task: TrainingTask, source: Source, kept: dc.RunConfig | None, stated: NoiseConfig = NO_STATEMENT
) -> TrainingPlan:
    """The task on the file of `source`."""
    return TrainingPlan(task=task, source=replace(source, column=columns(task, source)[0]), kept=kept, stated=stated)


def columns(task: TrainingTask, source: Source) -> tuple[str, ...]:
    """The chosen columns that the file has; that of `source` if there are none."""
    there = recording(source).channels
    return tuple(name for name in task.columns if name in there) or (source.column,)


def clean_column_of(task: TrainingTask, source: Source, column: str) -> str | None:
    """The clean column for a noisy one: the chosen one, else the one with the matching name."""
    name = task.clean.get(column, column + TRUE)
    return name if name in recording(source).channels else None


def _replay_edits(base: dc.RunConfig, shown: dc.RunConfig, edited: dc.RunConfig) -> dc.RunConfig:
    """`base` with every change from `shown` to `edited`."""
    for (path, _, old), (_, _, new) in zip(settings(shown), settings(edited), strict=True):
        if new != old:
            base = by_hand(base, path, new)
    return base


def by_hand(config: dc.RunConfig, path: str, value: Any) -> dc.RunConfig:
    """`config` with one setting changed by hand, which drops the reason for the suggestion, and those that build on it."""
    untrue = {path, *(name for name, others in REASONS_DEPEND_ON.items() if path in others)}
    reasons = {name: reason for name, reason in config.reasons.items() if name not in untrue}
    return replace(config.replace(path, value), reasons=reasons)
