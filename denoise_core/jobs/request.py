"""What is asked of a run, checked before it is queued, so that it fails in the form and not hours later."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from denoise_core.config import NoiseConfig, RunConfig
from denoise_core.dataset.prepared_data import check, prepare_data
from denoise_core.dataset.training_set import TrainingSet
from denoise_core.jobs.spec import APPLY, TRAIN
from denoise_core.model import about
from denoise_core.noise.stated import check_statement
from denoise_core.series import Series

Data = Series | Sequence[Series] | TrainingSet

LOOKED_AT_CLOSELY = 1 << 20
"""More samples are prepared, divided and compared by the worker alone: that takes up to twenty times their memory, which the web
process lacks. Even a hundredth of so many is more than one window."""


@dataclass(frozen=True, kw_only=True)
class Request:
    """A training, or the application of a model (then `model` is its file, and `config` is that of its training)."""

    data: TrainingSet
    config: RunConfig
    kind: str = TRAIN
    model: Path | None = None
    model_name: str = ""

    @classmethod
    def to_train(cls, data: Data, config: RunConfig) -> Request:
        """SettingsError or DataError if the settings do not fit the data, or the data cannot be used."""
        asked = TrainingSet.of(data)
        look = prepare_data if sum(map(len, asked.noisy)) <= LOOKED_AT_CLOSELY else check
        look(asked, config)
        return cls(data=asked, config=config)

    @classmethod
    def to_apply(cls, data: Data, model: Path, *, name: str, noise: NoiseConfig | None = None) -> Request:
        """`noise` is what is known of the noise of this recording, and what is to be removed from it before.

        DataError if `model`, which is called `name`, cannot be read or does not fit the data, or the data cannot be used.
        """
        asked = TrainingSet.of(data)
        header = about(model, name=name)
        header.check_fits([series.name for series in asked.to_denoise])
        config = header.config if noise is None else replace(header.config, noise=noise)
        for series in asked.to_denoise:
            series.check_usable()
            check_statement(series, config.noise)
        return cls(data=asked, config=config, kind=APPLY, model=model, model_name=name)

    @property
    def channels(self) -> tuple[str, ...]:
        return tuple(series.name for series in self.data.to_denoise)
