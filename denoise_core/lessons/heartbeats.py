"""The heartbeats that most lessons are about, and the lines of code that make them."""

from __future__ import annotations

import numpy as np

from denoise_core.lessons.snapshots import Choice
from denoise_core.series import Float64Array, Series
from denoise_core.signals import add_noise, ecg_like

RATE_HZ = 250.0
IMPORTS = "from denoise_core.signals import add_noise, ecg_like\n"


def seed_of(choice: Choice) -> int:
    """The seed of noise and network."""
    return int(choice["seed"])


def heartbeats(choice: Choice, *, n: int, snr: float = 3.0) -> tuple[Series, Float64Array]:
    """A noisy recording and its true signal, both of shape (n,), in mV."""
    rng = np.random.default_rng(seed_of(choice))
    clean = ecg_like(n, rng)
    return as_series(add_noise(clean, snr=snr, rng=rng)), clean


def as_series(noisy: Float64Array) -> Series:
    """Heartbeats as a recording."""
    return Series.of(noisy, rate_hz=RATE_HZ, name="heartbeat", unit="mV")


def code(choice: Choice, *, n: int, snr: float = 3.0) -> str:
    """The lines that make what `heartbeats` returns."""
    return (
        f"rng = np.random.default_rng({seed_of(choice)})\n"
        f"clean = ecg_like({n}, rng)\n"
        f"series = dc.Series.of(add_noise(clean, snr={snr:g}, rng=rng), rate_hz={RATE_HZ:g})\n"
    )
