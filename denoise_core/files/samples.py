"""The series that come with the project. Where they are from is told in sample_data/README.md."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from denoise_core.config import unknown
from denoise_core.errors import DataError

_FOLDER = Path(__file__).resolve().parents[2] / "sample_data"  # only a checkout has it


@dataclass(frozen=True, kw_only=True)
class Sample:
    """One file of sample_data: its name, a title for a list, and a sentence about it."""

    file: str
    title: str
    about: str

    @property
    def path(self) -> Path:
        """Where it lies; DataError where only the package is installed, which comes without the samples."""
        path = _FOLDER / self.file
        if not path.is_file():
            raise DataError(f"The sample {self.file} is not installed. It is in the folder sample_data of the source code.")
        return path


SAMPLES = {
    "pressure_steps": Sample(
        file="pressure_steps.csv",
        title="Pressure steps (synthetic, true signal included)",
        about="A pressure that steps between set points, with 0.15 bar of white noise; the file also has the clean pressure.",
    ),
    "vibration": Sample(
        file="vibration.csv",
        title="Machine vibration (synthetic, true signal included)",
        about="Two seconds of a gearbox with a bad bearing, with 0.4 m/s² of white noise; the file also has the clean vibration.",
    ),
    "ecg": Sample(
        file="ecg.csv",
        title="Heartbeats (ECG)",
        about="Three real heartbeats from PyWavelets; the noise is small and its true size is not known.",
    ),
    "co2_weekly": Sample(
        file="co2_weekly.csv",
        title="CO₂ on Mauna Loa, weekly, with gaps",
        about="Carbon dioxide in the air from 1958 to 2001, one value per week, 59 of them missing.",
    ),
    "sunspots": Sample(
        file="sunspots.csv",
        title="Sunspots, yearly",
        about="The number of sunspots in each year from 1700 to 2008.",
    ),
    "logger_awkward": Sample(
        file="logger_awkward.csv",
        title="An awkward German data logger (synthetic)",
        about="One day of temperature and level: preamble, units row, decimal commas, separate date and time columns, gaps.",
    ),
}
"""Name -> sample; the first is shown when the app opens."""


def sample_path(name: str) -> Path:
    """The file of a sample.

    Raises
    ------
    DataError
        If there is no sample of that name, or it is not installed.
    """
    if name in SAMPLES:
        return SAMPLES[name].path
    raise DataError(f"{unknown(name, SAMPLES, what='sample')} The samples are: {', '.join(SAMPLES)}.")
