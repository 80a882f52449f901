"""What a training may be expected to gain over the Instant method, from measurements that ship with the project.

``python -m denoise_core.training.pretraining.expectations`` made them.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

import numpy as np

from denoise_core.dsp.periodicity import strongest_period
from denoise_core.noise import Noise
from denoise_core.series import Series

MEASURED = Path(__file__).with_name("expectations.json")

_NEAR_LENGTH, _NEAR_SNR = np.log(2.0), np.log(2.0)  # sds of the weights
_OTHER_KIND = 0.2  # weight of what repeats for what does not, and the other way round
_RANGE = (0.2, 0.8)  # quantiles


@dataclass(frozen=True, kw_only=True)
class Measured:
    """One training on a synthetic record, and its gain in dB less that of the Instant method."""

    samples: int
    snr: float
    periodic: bool
    gain_db: float
    seed: int = 0


@dataclass(frozen=True, kw_only=True)
class Expectation:
    """Range of the gain over the Instant method in dB on records like one; the middle three fifths of them."""

    low_db: float
    high_db: float
    samples: int
    snr: float
    periodic: bool


def read(path: Path = MEASURED) -> tuple[Measured, ...]:
    """What was measured; nothing where there is no such file."""
    return tuple(Measured(**row) for row in json.loads(path.read_text(encoding="utf-8"))) if path.exists() else ()


def write(rows: Sequence[Measured], path: Path) -> None:
    """As `read` reads it, one measurement a line."""
    lines = ",\n".join(json.dumps(asdict(row)) for row in rows)
    path.write_text(f"[\n{lines}\n]\n", encoding="utf-8")


def describe_record(series: Series, noise: Noise) -> tuple[float, bool]:
    """SNR as estimated, and whether there is a period."""
    total = float(np.nanvar(series.values))
    snr = np.sqrt(max(total - noise.sd**2, 0.0)) / noise.sd if noise.sd > 0 else np.inf
    return float(snr), strongest_period(series.values) is not None


def expect(series: Series, noise: Noise, rows: Sequence[Measured] | None = None) -> Expectation | None:
    """What training on this record gained on records like it; None where none were measured or no noise is visible."""
    rows = _measured() if rows is None else rows
    snr, periodic = describe_record(series, noise)
    if not rows or not 0.0 < snr < np.inf:
        return None
    away = [(np.log(row.samples / len(series)) / _NEAR_LENGTH) ** 2 + (np.log(row.snr / snr) / _NEAR_SNR) ** 2 for row in rows]
    weights = np.exp(-0.5 * (np.array(away) - min(away))) * [1.0 if row.periodic == periodic else _OTHER_KIND for row in rows]
    gains = np.array([row.gain_db for row in rows])
    order = np.argsort(gains)
    share = (np.cumsum(weights[order]) - 0.5 * weights[order]) / weights.sum()
    low, high = np.interp(_RANGE, share, gains[order])
    return Expectation(low_db=float(low), high_db=float(high), samples=len(series), snr=snr, periodic=periodic)


def in_words(expectation: Expectation) -> str:
    """Two sentences for the form."""
    kind = "repeating" if expectation.periodic else "no clear period"
    low, high = round(expectation.low_db, 1), round(expectation.high_db, 1)
    if (low < 0) == (high < 0):
        near, far = sorted((abs(low), abs(high)))
        range_ = f"{near:.1f} to {far:.1f} dB {'below' if low < 0 else 'above'}"
    else:
        range_ = f"between {-low:.1f} dB below and {high:.1f} dB above"
    return (
        f"On records like this ({expectation.samples:,} samples, SNR about {expectation.snr:.1g}, {kind}) training mostly ended "
        f"{range_} the Instant method. These are measurements on synthetic signals."
    )


@cache
def _measured() -> tuple[Measured, ...]:
    return read()
