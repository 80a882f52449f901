"""Known noise, added to a series that looks clean: what was recorded is then the truth that results are measured against."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from denoise_core.errors import SettingsError
from denoise_core.series import Float64Array, Recording, Series
from denoise_core.signals import noises

LOWEST_DB, HIGHEST_DB = -20.0, 60.0
TRUE = "_true"
"""What the channel with the truth is called after."""
_MAINS_HZ, _MAINS = 50.0, 0.05  # the latter in cycles per sample, where the sampling rate is unknown or too low
_LARGEST_SEED = 2**31


@dataclass(frozen=True)
class NoiseKind:
    """What the user calls it, and what it is in one sentence."""

    label: str
    help: str


NOISE_KINDS: Mapping[str, NoiseKind] = {
    "white": NoiseKind("White", "Gaussian noise with equal power at all frequencies."),
    "pink": NoiseKind("Pink (1/f)", "The power falls with frequency, as in amplifiers and sensors at low frequencies."),
    "ar1": NoiseKind("AR(1)", "Each sample resembles the one before: lag-1 autocorrelation 0.8."),
    "band": NoiseKind("Band-limited", "Only from 0.05 to 0.15 of the sampling rate."),
    "hum": NoiseKind("Hum", "50 Hz with two harmonics; 0.05 of the sampling rate where 50 Hz cannot be recorded."),
    "spikes": NoiseKind("Spikes", "Single large samples of either sign, one in a hundred."),
    "drift": NoiseKind("Drift", "The baseline wanders slowly."),
}
_MAKERS: Mapping[str, Callable[[int, np.random.Generator], Float64Array]] = {
    "white": noises.white_noise,
    "pink": noises.pink_noise,
    "ar1": noises.coloured_noise,
    "band": noises.band_limited_noise,
    "spikes": noises.spiky_noise,
    "drift": noises.drift_noise,
}


@dataclass(frozen=True, kw_only=True)
class AddedNoise:
    """Noise of one kind, equal each time.

    Parameters
    ----------
    kind : str
        A name of `NOISE_KINDS`.
    snr_db : float
        ``20 log10(sd(series) / sd(noise))``, -20 .. 60.
    seed : int
        Another one gives other noise of the same kind.

    Raises
    ------
    SettingsError
        If the kind is unknown or a number is out of range.
    """

    kind: str = "white"
    snr_db: float = 10.0
    seed: int = 0

    def __post_init__(self) -> None:
        problems = []
        if not (isinstance(self.kind, str) and self.kind in NOISE_KINDS):
            problems.append(f"Noise of kind {self.kind!r} is not known. Take one of: {', '.join(NOISE_KINDS)}.")
        if not (isinstance(self.snr_db, int | float) and LOWEST_DB <= self.snr_db <= HIGHEST_DB):
            problems.append(f"An SNR of {self.snr_db} dB is outside {LOWEST_DB:g} .. {HIGHEST_DB:g} dB.")
        if not (isinstance(self.seed, int) and 0 <= self.seed < _LARGEST_SEED):
            problems.append(f"The seed {self.seed} is not a whole number from 0 on.")
        if problems:
            raise SettingsError(problems)

    @property
    def in_words(self) -> str:
        """Such as "White noise added, SNR 10 dB"."""
        label = NOISE_KINDS[self.kind].label
        return f"{label}{'' if self.kind in ('hum', 'spikes', 'drift') else ' noise'} added, SNR {self.snr_db:g} dB"

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> AddedNoise:
        """What `to_json` gave; SettingsError for anything else."""
        if unknown := sorted(set(raw) - {"kind", "snr_db", "seed"}):
            raise SettingsError([f"Added noise has no setting {', '.join(map(str, unknown))}."])
        return cls(**raw)

    def add_to(self, series: Series) -> Series:
        """The series with the noise on it; gaps stay gaps. DataError where there is nothing to compare the noise with."""
        series.check_usable()
        spread = float(np.std(series.values[series.observed]))
        noise = self._of_unit_power(len(series), series.time.rate_hz)
        return replace(series, values=series.values + spread * 10.0 ** (-self.snr_db / 20.0) * noise)

    def recording_with(self, recording: Recording, column: str) -> Recording:
        """The same recording with the noise on one column, and that column as it was as ``<column>_true``."""
        clean = recording[column]
        channels = {**recording.channels, column: self.add_to(clean).values, f"{column}{TRUE}": clean.values}
        units = {**recording.units, f"{column}{TRUE}": clean.unit}
        notes, altered = (*recording.notes, f"{self.in_words}."), recording.altered | {column}
        return replace(recording, channels=channels, units=units, notes=notes, altered=altered)

    def _of_unit_power(self, n: int, rate_hz: float | None) -> Float64Array:
        rng = np.random.default_rng(self.seed)
        if self.kind != "hum":
            return _MAKERS[self.kind](n, rng)
        is_recorded = rate_hz is not None and rate_hz / 2.0 > _MAINS_HZ
        return noises.hum_noise(n, rng, cycles_per_sample=_MAINS_HZ / rate_hz if is_recorded and rate_hz else _MAINS)
