"""WAV files: channels of sound between -1 and 1, and back in the same sample format."""

from __future__ import annotations

import struct
import warnings
import wave
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.io import wavfile

from denoise_core.errors import DataError
from denoise_core.files.columns import Column, Table, check_size
from denoise_core.files.layouts import SoundLayout
from denoise_core.files.options import Limits, ReadOptions
from denoise_core.files.output_columns import OutputColumn

# What scipy raises for headers that promise what is not there, or for packed samples.
_BROKEN = (ValueError, struct.error, EOFError, TypeError, UnboundLocalError, ZeroDivisionError, OverflowError, MemoryError)


def read_wav(path: Path, *, name: str, options: ReadOptions, limits: Limits) -> Table:  # noqa: ARG001 nothing to choose
    """The channels of a WAV file; integers are scaled so that full scale is 1.

    Raises
    ------
    DataError
        If the file is damaged, empty, or in a packed sample format.
    """
    rate, bits, samples = _open(path, name)
    n, count = samples.shape
    check_size(n, count, limits, name=name)
    names = _names(count)
    columns = [Column(name=label, kind="number", values=_to_unit_scale(samples[:, k])) for k, label in enumerate(names)]
    layout = SoundLayout(names=names, rate=rate, bits=bits, floating=samples.dtype.kind == "f")
    kind = "floating point" if layout.floating else "integer"
    notes = [f"Read as sound: {n:,} samples, {count} channel{'s' * (count > 1)}, {bits}-bit {kind}; full scale is 1."]
    rows = np.arange(1, n + 1, dtype=np.int64)
    return Table(name=name, columns=columns, rows=rows, layout=layout, notes=notes, rate_hz=float(rate), row_word="sample")


def _names(count: int) -> tuple[str, ...]:
    return {1: ("sound",), 2: ("left", "right")}.get(count) or tuple(f"channel {k + 1}" for k in range(count))


def _open(path: Path, name: str) -> tuple[int, int, NDArray[Any]]:
    """Rate in Hz, bits of a sample, and samples of shape (n, channels)."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", wavfile.WavFileWarning)  # unknown chunks do not matter here
            rate, samples = wavfile.read(path)
    except _BROKEN as error:
        raise DataError(f"{name} is a sound file that cannot be read. Save it as WAV with PCM or float samples.") from error
    if samples.size == 0 or rate <= 0:
        raise DataError(f"{name} holds no sound. Record it again, or upload another file.")
    return int(rate), _bits(path, samples), samples.reshape(len(samples), -1)


def _bits(path: Path, samples: NDArray[Any]) -> int:
    """Bits of a sample as stored: 24 come as 32, shifted to the top."""
    if samples.dtype.kind == "f" or samples.dtype.itemsize != 4:
        return samples.dtype.itemsize * 8
    head = path.read_bytes()[:4096] if path.stat().st_size < 4096 else path.open("rb").read(4096)
    place = head.find(b"fmt ")
    order = ">" if head[:4] == b"RIFX" else "<"
    return int(struct.unpack_from(f"{order}H", head, place + 22)[0]) if place >= 0 else 32


def _to_unit_scale(values: NDArray[Any]) -> NDArray[np.float64]:
    if values.dtype.kind == "f":
        return values.astype(np.float64)
    if values.dtype.kind == "u":
        return (values.astype(np.float64) - 128.0) / 128.0
    return values.astype(np.float64) / -float(np.iinfo(values.dtype).min)


def write_wav(source: Path, target: Path, columns: Sequence[OutputColumn], layout: SoundLayout) -> None:
    """The channels with their denoised values instead, at the same rate and sample format; other columns follow as channels."""
    _, _, samples = _open(source, "The sound")
    channels = {label: _to_unit_scale(samples[:, k]) for k, label in enumerate(layout.names)}
    for column in columns:
        label = column.channel if column.suffix == "denoised" else column.name
        if len(column.values) != len(samples):
            raise DataError(f"The sound has {len(samples):,} samples, but the result has {len(column.values):,}.")
        channels[label] = np.nan_to_num(column.values)
    result = np.stack(list(channels.values()), axis=1)
    if layout.floating:
        wavfile.write(target, layout.rate, result.astype(samples.dtype.newbyteorder("=")))
    else:
        _write_integers(target, result, layout)


def _write_integers(target: Path, values: NDArray[np.float64], layout: SoundLayout) -> None:
    bits = layout.bits
    full = 2.0 ** (bits - 1)
    whole = np.clip(np.round(values * full), -full, full - 1).astype(np.int64)
    if bits == 8:
        content = (whole + 128).astype(np.uint8).tobytes()
    else:
        width = bits // 8
        content = whole.astype("<i8").view(np.uint8).reshape(*whole.shape, 8)[..., :width].tobytes()
    with wave.open(str(target), "wb") as file:
        file.setnchannels(values.shape[1])
        file.setsampwidth(max(1, bits // 8))
        file.setframerate(layout.rate)
        file.writeframes(content)
