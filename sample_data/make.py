"""Makes the files of this folder again, bit for bit: ``python sample_data/make.py``. Needs statsmodels for two of them."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from denoise_core import signals  # noqa: E402 found through the line above

VIBRATION_RATE_HZ, VIBRATION_NOISE = 2048.0, 0.4
PRESSURE_RATE_HZ, PRESSURE_NOISE = 50.0, 0.15
TEMPERATURE_NOISE, LEVEL_NOISE = 0.12, 0.03


def rows(header: str, lines: Iterable[str], end: str = "\n") -> str:
    return end.join([header, *lines]) + end


def ecg() -> str:
    import pywt.data

    return rows("time_s,ecg [counts]", (f"{i / 360:.6f},{value}" for i, value in enumerate(pywt.data.ecg())))


def co2_weekly() -> str:
    from statsmodels.datasets import co2

    frame = co2.load_pandas().data
    cells = ("" if np.isnan(value) else f"{value:.1f}" for value in frame["co2"])
    return rows("date,co2 [ppm]", (f"{day:%Y-%m-%d},{cell}" for day, cell in zip(frame.index, cells, strict=True)))


def sunspots() -> str:
    from statsmodels.datasets import sunspots as data

    frame = data.load_pandas().data
    pairs = zip(frame["YEAR"], frame["SUNACTIVITY"], strict=True)
    return rows("year,sunspots", (f"{int(year)},{count:.1f}" for year, count in pairs))


def vibration() -> str:
    rng = np.random.default_rng(20)
    clean = signals.vibration(4096, rng, rate_hz=VIBRATION_RATE_HZ)
    noisy = clean + VIBRATION_NOISE * rng.standard_normal(len(clean))
    header = "time_s,vibration [m/s^2],vibration_true [m/s^2]"
    return rows(
        header, (f"{i / VIBRATION_RATE_HZ:.8f},{x:.5f},{y:.5f}" for i, (x, y) in enumerate(zip(noisy, clean, strict=True)))
    )


def pressure_steps() -> str:
    rng = np.random.default_rng(5)
    clean = signals.pressure_steps(3000, rng, rate_hz=PRESSURE_RATE_HZ)
    noisy = clean + PRESSURE_NOISE * rng.standard_normal(len(clean))
    header = "time_s,pressure [bar],pressure_true [bar]"
    return rows(
        header, (f"{i / PRESSURE_RATE_HZ:.2f},{x:.4f},{y:.4f}" for i, (x, y) in enumerate(zip(noisy, clean, strict=True)))
    )


def logger_awkward() -> str:
    """As a German data logger writes it: preamble, units row, decimal comma, date and time apart, gaps."""
    rng = np.random.default_rng(8)
    minute = np.arange(1440)
    temperature = 62 + 6 * np.sin(2 * np.pi * (minute - 500) / 1440) + 1.5 * np.sin(2 * np.pi * minute / 95)
    temperature += TEMPERATURE_NOISE * rng.standard_normal(1440)
    level = 2.4 + 0.9 * (2 * np.abs((minute / 240) % 1 - 0.5)) + LEVEL_NOISE * rng.standard_normal(1440)
    missing = rng.random(1440) < 0.01
    missing[700:712] = True
    moments = np.datetime64("2024-03-11T23:30") + minute.astype("timedelta64[m]")
    return "\r\n".join([*_PREAMBLE, *map(_logged, moments, temperature, level, missing)]) + "\r\n"


_PREAMBLE = (
    "Datenlogger DL-4",
    "Seriennummer;40817",
    "Messstelle;Behälter 2",
    "",
    "Datum;Uhrzeit;Temperatur;Füllstand;Bemerkung",
    ";;°C;m;",
)


def _logged(moment: np.datetime64, temperature: float, level: float, missing: bool) -> str:
    year, month, day = str(moment)[:10].split("-")
    cells = ["", ""] if missing else [f"{temperature:.2f}".replace(".", ","), f"{level:.3f}".replace(".", ",")]
    return ";".join([f"{day}.{month}.{year}", f"{str(moment)[11:]}:00", *cells, "Fühler ab" if missing else ""])


MADE: dict[str, tuple[Callable[[], str], str]] = {
    "ecg.csv": (ecg, "utf-8"),
    "co2_weekly.csv": (co2_weekly, "utf-8"),
    "sunspots.csv": (sunspots, "utf-8"),
    "vibration.csv": (vibration, "utf-8"),
    "pressure_steps.csv": (pressure_steps, "utf-8"),
    "logger_awkward.csv": (logger_awkward, "cp1252"),
}
"""File -> what makes its text, and its encoding."""


if __name__ == "__main__":
    for name, (make, encoding) in MADE.items():
        (HERE / name).write_bytes(make().encode(encoding))
