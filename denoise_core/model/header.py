"""The header of a model file, and whether the file is whole: read without torch, so that a page can check an upload.

A safetensors file is eight bytes that hold the length of a JSON header (little-endian), that header, and the tensors' bytes.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from denoise_core.config import RunConfig, parse_untrusted
from denoise_core.dsp.scaling import Scaler
from denoise_core.errors import DataError, SettingsError
from denoise_core.series import LARGEST

FORMAT = "denoise-model-2"
LONGEST_HEADER = 4 << 20
_MOST_AXES = 8
_ITEM_BYTES = {"F64": 8, "F32": 4, "F16": 2, "BF16": 2, "I64": 8, "I32": 4, "I16": 2, "I8": 1, "U8": 1, "BOOL": 1}


@dataclass(frozen=True, kw_only=True)
class TrainedChannel:
    """What a model file tells of a series that it was trained on; unit and rate are unknown to files of version 0.1."""

    scaler: Scaler
    noise_sd: float
    unit: str = ""
    rate_hz: float | None = None

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> TrainedChannel:
        scaler = Scaler(float(raw["offset"]), float(raw["scale"]))
        return cls(scaler=scaler, noise_sd=float(raw["noise_sd"]), unit=raw.get("unit", ""), rate_hz=raw.get("rate_hz"))


@dataclass(frozen=True, kw_only=True)
class ModelHeader:
    """The header of a model file whose parts fit together, as far as that shows without its weights.

    Parameters
    ----------
    name : str
        What the file is called.
    config : RunConfig
        The settings that the model was trained with.
    channels : tuple of str
        Names of the series that it was trained on.
    about : mapping
        All that was saved beside the weights.
    """

    name: str
    config: RunConfig
    channels: tuple[str, ...]
    about: Mapping[str, Any]

    def channel(self, name: str) -> TrainedChannel:
        """What is known of the channel of that name; of the first, where there is none of that name."""
        return TrainedChannel.from_json(self.about["channels"][name if name in self.channels else self.channels[0]])

    def check_fits(self, columns: Sequence[str]) -> None:
        """A model of one channel fits any one column; one of several fits columns of their names.

        Raises
        ------
        DataError
            Otherwise, with the channels that the model knows.
        """
        if len(self.channels) == 1 and len(columns) == 1:
            return
        known = ", ".join(self.channels)
        if len(self.channels) == 1:
            raise DataError(
                f"{self.name} was trained on one channel ({known}), but {len(columns)} columns are chosen. Choose one."
            )
        if strange := [column for column in columns if column not in self.channels]:
            raise DataError(
                f"{self.name} was trained on the channels {known}, but not on {', '.join(strange)}. "
                "Choose columns with these names, or train a model on the columns that you have."
            )


def about(source: bytes | str | Path, *, name: str | None = None) -> ModelHeader:
    """The header of a model file, given as its bytes or its path; `name` is what messages call it.

    Raises
    ------
    DataError
        If the file is missing, not a model file, of another version, cut short, or edited so that its parts do not fit together.
    """
    name = name or ("The file" if isinstance(source, bytes) else Path(source).name)
    raw, size = _raw_header(source, name)
    try:
        header = parse_untrusted(raw, longest=LONGEST_HEADER)
        metadata = header.pop("__metadata__", None) or {}
        found = metadata.get("format")
    except (ValueError, AttributeError):
        raise _not_a_model(name) from None
    if found != FORMAT:
        raise _not_a_model(name) if found is None else _other_version(name, found)
    _check_size(header, size - 8 - len(raw), name)
    try:
        return _parse_about(metadata["about"], name)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError, SettingsError) as error:
        raise damage_error(name, error) from None


def damage_error(name: str, error: object) -> DataError:
    """The error for a file whose parts do not fit together."""
    return DataError(f"{name} is damaged or was edited: its parts do not fit together ({error}). Save the model again.")


def _raw_header(source: bytes | str | Path, name: str) -> tuple[bytes, int]:
    """The bytes of the JSON header, and the size of the whole file."""
    try:
        if isinstance(source, bytes):
            size, start, raw = len(source), source[:8], source[8 : 8 + LONGEST_HEADER]
        else:
            with Path(source).open("rb") as file:
                size, start, raw = Path(source).stat().st_size, file.read(8), file.read(LONGEST_HEADER)
    except OSError as error:
        raise DataError(f"{name} cannot be read as a model file ({error.strerror or error}). Check the path.") from None
    length = int.from_bytes(start, "little")
    if len(start) < 8 or length > LONGEST_HEADER or raw[:1] != b"{":
        raise _not_a_model(name)
    if len(raw) < length:
        raise _cut_short(name, length - len(raw))
    return raw[:length], size


def _check_size(tensors: Mapping[str, Any], size: int, name: str) -> None:
    """DataError unless the tensors lie one behind the other and end where the file does."""
    try:
        end = _end(tensors)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise damage_error(name, error) from None
    if size < end:
        raise _cut_short(name, end - size)
    if size > end:
        raise damage_error(name, f"it is {_bytes(size - end)} too long")


def _end(tensors: Mapping[str, Any]) -> int:
    """The byte behind the last tensor, counted from the first; ValueError where one is not where it should be."""
    at = 0
    for key, tensor in sorted(tensors.items(), key=lambda item: item[1]["data_offsets"]):
        start, stop = tensor["data_offsets"]
        shape = tensor["shape"]
        if start != at or len(shape) > _MOST_AXES or min(shape, default=0) < 0 or stop - start != _bytes_of(tensor):
            raise ValueError(f"{key} is not where it should be")
        at = stop
    return at


def _bytes_of(tensor: Mapping[str, Any]) -> int:
    return int(math.prod(tensor["shape"]) * _ITEM_BYTES[tensor["dtype"]])


def _parse_about(text: str, name: str) -> ModelHeader:
    said = parse_untrusted(text, longest=LONGEST_HEADER)
    config = RunConfig.from_json(json.dumps(said["config"]))
    channels = said["channels"]
    if not channels:
        raise ValueError("it lists no channels")
    for channel, numbers in channels.items():
        _check_numbers(channel, **{key: numbers[key] for key in ("offset", "scale", "noise_sd")})
        _check_unit_and_rate(channel, numbers.get("unit", ""), numbers.get("rate_hz"))
    _check_losses(said["calibration"], said.get("best_epoch", 0), said.get("history", []))
    return ModelHeader(name=name, config=config, channels=tuple(channels), about=said)


def _check_numbers(channel: str, *, offset: Any, scale: Any, noise_sd: Any) -> None:
    numbers = all(isinstance(number, int | float) for number in (offset, scale, noise_sd))
    if not (numbers and abs(offset) <= LARGEST and 1 / LARGEST < scale <= LARGEST and 0 <= noise_sd <= LARGEST):
        raise ValueError(f"{channel} has offset {offset}, scale {scale} and noise {noise_sd}")


def _check_unit_and_rate(channel: str, unit: object, rate_hz: object) -> None:
    if not (isinstance(unit, str) and (rate_hz is None or (isinstance(rate_hz, int | float) and rate_hz > 0))):
        raise ValueError(f"{channel} has the unit {unit!r} and the sampling rate {rate_hz!r}")


def _check_losses(calibration: Any, best_epoch: Any, history: Any) -> None:
    numbers = [calibration, best_epoch, *(loss for train, valid in history for loss in (train, valid))]
    if not all(isinstance(number, int | float) for number in numbers):
        raise ValueError("what it says of its training is not numbers")


def _not_a_model(name: str) -> DataError:
    return DataError(f"{name} is not a model file (usually *.denoiser). Choose one that this program saved.")


def _other_version(name: str, found: object) -> DataError:
    return DataError(f"{name} has the format {found}, but this version reads {FORMAT}. Train and save the model again.")


def _cut_short(name: str, missing: int) -> DataError:
    return DataError(f"{name} is incomplete: it ends {_bytes(missing)} too early. Copy or upload the model again.")


def _bytes(count: int) -> str:
    return f"{count:,} byte" + ("s" if count != 1 else "")
