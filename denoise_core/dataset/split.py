"""Which samples are for training, which for validation, and which only for the test."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from denoise_core.config import SplitConfig
from denoise_core.errors import DataError

Mask = NDArray[np.bool_]
Stretch = tuple[int, int]


@dataclass(frozen=True, kw_only=True)
class Parts:
    """The parts of one series of n samples.

    Parameters
    ----------
    train, valid, test : bool arrays of shape (n,)
        The targets of each part; no two overlap, and missing samples are in none.
    train_stretch, valid_stretch : (start, stop)
        Where windows of the part may lie: all that a network sees in training or validation.
    """

    train: Mask
    valid: Mask
    test: Mask
    train_stretch: Stretch
    valid_stretch: Stretch


def split_series(observed: Mask, config: SplitConfig, *, length: int, seed: int) -> Parts:
    """The parts of a series of which the samples `observed` are present, for windows of `length` samples.

    "scattered": blocks of `config.block`, drawn at random, are held out as targets but still seen as context.
    "in_time": one stretch for training, then one for validation, then one for the test; no window reaches into another.

    Raises
    ------
    DataError
        If a part is left with no sample, or, in time, is too short for one window.
    """
    split = (
        _scatter_blocks(observed, config, np.random.default_rng(seed))
        if config.kind == "scattered"
        else _split_in_time(observed, config, length)
    )
    for name, mask in (("training", split.train), ("validation", split.valid)):
        if not mask.any():
            raise DataError(f"No sample outside the gaps is left for {name}. Use a filter, or a longer recording.")
    return split


def _scatter_blocks(observed: Mask, config: SplitConfig, rng: np.random.Generator) -> Parts:
    """At least one block is for validation, and at least one is left for training."""
    n = len(observed)
    block = min(config.block, max(1, n // 4))
    starts = rng.permutation(np.arange(0, n - block + 1, block))
    valid_count = min(max(1, round(config.valid_share * n / block)), len(starts) - 1)
    test_count = min(round(config.test_share * n / block), len(starts) - 1 - valid_count)
    valid, test = (_block_mask(n, at, block) for at in (starts[:valid_count], starts[valid_count : valid_count + test_count]))
    near = _widen(valid | test, config.guard)
    return Parts(
        train=observed & ~near,
        valid=observed & valid & ~_widen(test, config.guard),
        test=observed & test,
        train_stretch=(0, n),
        valid_stretch=(0, n),
    )


def _split_in_time(observed: Mask, config: SplitConfig, length: int) -> Parts:
    n = len(observed)
    test_start = n - round(config.test_share * n)
    valid_start = test_start - round(config.valid_share * n)
    train = (0, valid_start - config.guard)
    valid = (valid_start, test_start - (config.guard if config.test_share else 0))
    test = (test_start, n)
    for name, (start, stop) in {"training": train, "validation": valid, "test": test}.items():
        if stop - start < length and (name != "test" or config.test_share):
            raise DataError(
                f"The {name} part has {max(0, stop - start)} samples, too few for one window of {length}: "
                "shorten the window, change the shares or the guard, or hold out scattered blocks."
            )
    index = np.arange(n)
    masks = [observed & (index >= start) & (index < stop) for start, stop in (train, valid, test)]
    return Parts(train=masks[0], valid=masks[1], test=masks[2], train_stretch=train, valid_stretch=valid)


def _block_mask(n: int, starts: NDArray[np.int64], block: int) -> Mask:
    mask = np.zeros(n, dtype=np.bool_)
    mask[(starts[:, None] + np.arange(block)).ravel()] = True
    return mask


def _widen(mask: Mask, by: int) -> Mask:
    """True within `by` samples of a True."""
    if by == 0:
        return mask
    near = np.convolve(mask, np.ones(2 * by + 1), mode="same") if 2 * by + 1 <= len(mask) else np.full(len(mask), mask.any())
    return near > 0.5
