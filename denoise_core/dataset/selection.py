"""Which columns of which recordings one or several networks are trained on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from denoise_core.dataset.training_set import TrainingSet
from denoise_core.series import Recording, Series


@dataclass(frozen=True, kw_only=True)
class ChannelSelection:
    """A recording, `more` that are only trained on, and the chosen columns; `clean` is empty, or names one column for each."""

    recording: Recording
    columns: tuple[str, ...]
    more: tuple[Recording, ...] = ()
    clean: tuple[str, ...] = ()

    def series(self) -> list[Series]:
        """The chosen columns of the recording."""
        return [self.recording[column] for column in self.columns]

    def training_sets(self, *, together: bool) -> list[TrainingSet]:
        """One set of all columns, or one for each; the recording's series come first and are the ones to denoise.

        DataError if a further recording lacks a column.
        """
        pairs = list(zip(self.columns, self.clean or [None] * len(self.columns), strict=True))
        return [self._training_set(group) for group in ([pairs] if together else [[pair] for pair in pairs])]

    def _training_set(self, pairs: Sequence[tuple[str, str | None]]) -> TrainingSet:
        recordings = (self.recording, *self.more)
        noisy = tuple(recording[column] for recording in recordings for column, _ in pairs)
        clean = tuple(recording[name].values for recording in recordings for _, name in pairs if name is not None)
        return TrainingSet(noisy=noisy, clean=clean, n_to_denoise=len(pairs) if self.more else 0)
