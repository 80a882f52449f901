"""Do no harm: what the network would remove is compared with the noise as described, and what exceeds it stays in."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np

from denoise_core.dsp.windows import sum_frames
from denoise_core.instant.conditioning import power_at
from denoise_core.series import Float32Array, Float64Array

_FRAME, _HOP = 64, 16  # samples
_MOST = 5.0  # power of a cell and its neighbours over the noise's, from where it is structure: 0.2 % of white noise's power is
_MOST_RISE = 2.5  # times the power as stated, that noise as strong everywhere may have: the level may be stated too low
_SURE, _UNSURE = 0.3, 1.6  # error of the log of the level: up to where all is removed, from where nothing is
_MOST_UNKNOWN = 1.5  # of that error, in the sd of the estimate: the band of coloured noise covers 86 %, and 78 % without
_BLOCK, _MARGIN = 65_536, 1024  # samples that are looked at together, and beyond
_NEAR = 16.0  # samples, over which the share that stays in is read
_NOTED_FROM = 0.02  # share of the removed power


class Restrained(NamedTuple):
    """What is removed after all, the variance of the estimate's error, and why so much stays in.

    Parameters
    ----------
    noise, variance : arrays of shape (n,)
    share : float
        Of the power that the network would have removed: what stays in since it exceeds the noise as described.
    belief : float
        How much of the rest is removed, since the noise is hard to tell from the signal: 0 to 1.
    """

    noise: Float32Array | Float64Array
    variance: Float32Array | Float64Array
    share: float = 0.0
    belief: float = 1.0

    @property
    def notes(self) -> tuple[str, ...]:
        """In words, what is worth saying."""
        said = []
        if self.share >= _NOTED_FROM:
            said.append(
                f"{self.share:.0%} of what the network took for noise was stronger than the noise of this recording. "
                "It was left in, since it may be signal."
            )
        if self.belief < 1.0:
            removed = f"only {self.belief:.0%} of what the network took for noise" if self.belief > 0.0 else "nothing"
            said.append(
                f"Noise and signal are hard to tell apart in this recording: {removed} was removed. "
                "Mark a stretch that holds only noise, or state the noise level, to remove more."
            )
        return tuple(said)


def restrain(
    noise: Float32Array,
    variance: Float32Array,
    levels: Float64Array,
    power: Float64Array | None,
    level_error: float,
    lowered: float = 0.0,
) -> Restrained:
    """Wiener's gain for every cell in time and frequency in which more would be removed than noise of that description has.

    And less of everything where coloured noise of a level that is hardly known was described: on synthetic signals, with an error
    of 0.3 to 0.8 of its log, the mean gain is highest with half of it to all of it removed; beyond, it was signal as often.

    Parameters
    ----------
    noise, variance, levels : arrays of shape (n,)
        What the network would remove, variance of its error, noise sd as stated.
    power : float64 array of shape (BINS,) or None
        Shape of the noise's power spectrum; None where it is white.
    level_error
        Sd of the error of the log of the level.
    lowered
        Log of the factor by which `levels` were lowered on that account.

    References
    ----------
    Yu, Mallat, Bacry 2008, Audio denoising by time-frequency block thresholding, doi:10.1109/TSP.2007.912893 (blocks of cells)
    """
    n = len(noise)
    belief = 1.0 if power is None else float(np.clip((_UNSURE - level_error) / (_UNSURE - _SURE), 0.0, 1.0))
    kept = np.array(noise, dtype=np.float64)
    expected = np.ones(_FRAME // 2 + 1) if power is None else power_at(power, _FRAME)
    for start in range(0, n, _BLOCK):
        wide = slice(max(0, start - _MARGIN), min(n, start + _BLOCK + _MARGIN))
        inner = slice(start, min(n, start + _BLOCK))
        result = _restrain_block(noise[wide] / levels[wide], expected) * levels[wide]
        kept[inner] = result[inner.start - wide.start : inner.stop - wide.start]
    back = noise - kept
    total = float(np.sum(np.square(noise / levels)))
    share = float(np.sum(np.square(back / levels))) / total if total > 0.0 else 0.0
    kept *= belief
    back = noise - kept
    removed = np.square(noise, dtype=np.float64)
    local = np.clip(_mean_near(back**2) / np.maximum(_mean_near(removed), np.finfo(float).tiny), 0.0, 1.0)
    # Where all of it stays in, the estimate errs as the recording does; and where the level is off, so is the error.
    error = variance + local * np.maximum(levels**2 - variance, 0.0)
    unknown = 1.0 if power is None else float(np.exp(2.0 * (min(level_error, _MOST_UNKNOWN) + lowered)))
    return Restrained(kept, error * unknown, share, belief)


def _restrain_block(relative: Float64Array, expected: Float64Array) -> Float64Array:
    """Of noise in units of its sd."""
    n = len(relative)
    padded = np.pad(relative, (_FRAME, _FRAME + -n % _HOP), "symmetric")
    spectra = np.fft.rfft(np.lib.stride_tricks.sliding_window_view(padded, _FRAME)[::_HOP] * _window(), axis=1)
    power = np.abs(spectra) ** 2
    rise = np.clip(np.median(power / expected) / np.log(2.0), 1.0, _MOST_RISE)
    excess = _around(power) / (rise * _around(np.broadcast_to(expected, (1, len(expected)))))
    structure = excess > _MOST
    if not structure.any():
        return relative
    # What is taken back is put together from its own cells, so that all else stays bit for bit.
    back = spectra * np.where(structure, 1.0 - 1.0 / np.maximum(excess, 1.0), 0.0)
    frames = np.fft.irfft(back, n=_FRAME, axis=1) * _window()
    total = sum_frames(frames, np.arange(len(frames)) * _HOP, n=len(padded)) * (_FRAME / 4.0)
    return np.asarray(relative - total[_FRAME : _FRAME + n])


def _around(cells: Float64Array) -> Float64Array:
    """Mean over a cell and its eight neighbours in time and frequency; those at the ends count again beyond them."""
    for axis in (0, 1):
        padded = np.pad(cells, [(1, 1) if axis == at else (0, 0) for at in (0, 1)], "edge")
        parts = [np.take(padded, np.arange(shift, shift + cells.shape[axis]), axis=axis) for shift in range(3)]
        cells = (parts[0] + parts[1] + parts[2]) / 3.0
    return cells


def _mean_near(squares: Float64Array) -> Float64Array:
    reach = int(2 * _NEAR)
    weights = np.exp(-0.5 * (np.arange(-reach, reach + 1) / _NEAR) ** 2)
    return np.convolve(np.pad(squares, reach, "symmetric"), weights / weights.sum(), mode="valid")


@cache
def _window() -> Float64Array:
    """Half a sine wave, of square sum 1; its squares at every quarter of its length add up to ``4 / frame``."""
    wave = np.sin(np.pi * (np.arange(_FRAME) + 0.5) / _FRAME)
    return np.asarray(wave / np.sqrt(np.sum(wave**2)))
