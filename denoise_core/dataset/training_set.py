"""What a network is trained on: one or several series, and what each is to predict."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from denoise_core.config.objectives import OBJECTIVES
from denoise_core.dsp.autocorrelation import lagged_products
from denoise_core.errors import DataError, SettingsError
from denoise_core.series import Float64Array, Series

DRAWS = 8


@dataclass(frozen=True, kw_only=True)
class Target:
    """What a network is to predict for one series.

    Parameters
    ----------
    values : float64 array of shape (n,)
        In the unit of the series; NaN where there is none.
    noise_share : float
        Variance of the target's own noise over that of the series' noise: 1 for the series itself, 0 for a clean one.
    """

    values: Float64Array
    noise_share: float


@dataclass(frozen=True, kw_only=True)
class TrainingSet:
    """Series that one network learns from together.

    Parameters
    ----------
    noisy : tuple of Series
        Channels of a file, the same channel of several files, or repeats of the same thing.
        Series of the same name share their scaling.
    clean : tuple of float64 arrays
        Empty, or one for each series, of its length: what it would be without noise; NaN where that is not known.
    n_to_denoise : int
        How many series, counted from the first, are to be denoised; the others are only trained on. 0 for all.

    Raises
    ------
    DataError
        If there is no series, or a clean one has another length or no numbers.
    """

    noisy: tuple[Series, ...]
    clean: tuple[Float64Array, ...] = field(default=(), repr=False)
    n_to_denoise: int = 0

    def __post_init__(self) -> None:
        if not self.noisy:
            raise DataError("There is no series to train on. Choose at least one column.")
        if self.clean and len(self.clean) != len(self.noisy):
            raise DataError(f"There are {len(self.clean)} clean columns for {len(self.noisy)} noisy ones: choose one for each.")
        for series, clean in zip(self.noisy, self.clean, strict=False):
            _check_clean(series, clean)

    @classmethod
    def of(
        cls, data: Series | Sequence[Series] | TrainingSet, *, clean: Float64Array | Sequence[Float64Array] | None = None
    ) -> TrainingSet:
        """A training set from whatever describes one; `clean` is one array, or one for each series."""
        if isinstance(data, TrainingSet):
            return data
        noisy = (data,) if isinstance(data, Series) else tuple(data)
        if clean is None:
            return cls(noisy=noisy)
        return cls(noisy=noisy, clean=(clean,) if isinstance(clean, np.ndarray) else tuple(clean))

    @classmethod
    def with_added_noise(cls, clean: Series, *, snr: float, seed: int, colour: str = "white", draws: int = DRAWS) -> TrainingSet:
        """A clean recording as `draws` noisy ones, ``clean + sd(clean) / snr * noise_i``, of which the first is to be denoised.

        Parameters
        ----------
        snr : float
            Amplitude ratio sd(clean) / sd(noise).
        colour : str
            One of `signals.COLOURS`.

        Raises
        ------
        DataError
            If the series has no numbers or is constant.
        SettingsError
            If the colour is unknown, or snr is not positive.
        """
        from denoise_core.signals import COLOURS  # here, so that the web process does without scipy.signal until then

        clean.check_usable()
        if colour not in COLOURS or not snr > 0:
            raise SettingsError(
                [f"Noise of colour {colour!r} at SNR {snr} cannot be added: take {' or '.join(COLOURS)}, SNR > 0."]
            )
        rng = np.random.default_rng(seed)
        size = float(np.nanstd(clean.values)) / snr
        values = [clean.values + size * COLOURS[colour](len(clean), rng) for _ in range(draws)]
        noisy = tuple(Series(values=v, time=clean.time, name=clean.name, unit=clean.unit) for v in values)
        return cls(noisy=noisy, clean=(clean.values,) * draws, n_to_denoise=1)

    @property
    def channels(self) -> int:
        """How many names the series have."""
        return len({series.name for series in self.noisy})

    @property
    def to_denoise(self) -> tuple[Series, ...]:
        """The series that are to be denoised."""
        return self.noisy[: self.n_to_denoise or None]

    def targets(self, objective: str) -> tuple[Target, ...]:
        """What each series is to predict, for an objective of `OBJECTIVES`.

        Raises
        ------
        DataError
            If the objective needs a clean column or repeats, and there are none, or the repeats do not align.
        """
        kind = OBJECTIVES[objective].target
        if kind == "clean":
            if not self.clean:
                raise DataError(
                    'The learning goal "supervised" needs a clean column: choose one, or add noise to a clean recording.'
                )
            return tuple(Target(values=clean, noise_share=0.0) for clean in self.clean)
        if kind == "others":
            _check_repeats(self.noisy)
            return tuple(_others(self.noisy, i) for i in range(len(self.noisy)))
        return tuple(Target(values=series.values, noise_share=1.0) for series in self.noisy)


def _check_clean(series: Series, clean: Float64Array) -> None:
    if clean.shape != series.values.shape:
        raise DataError(
            f"The clean column of {series.name} has {len(clean)} samples, and {series.name} has {len(series)}: "
            "choose one of the same length."
        )
    if np.isnan(clean).all():
        raise DataError(f"The clean column of {series.name} has no numbers at all. Choose another column.")


def _check_repeats(repeats: Sequence[Series]) -> None:
    first, *others = repeats
    if not others:
        raise DataError('The learning goal "repeats" needs two or more recordings of the same thing: choose another column.')
    for series in others:
        if len(series) != len(first):
            raise DataError(
                f"{series.name} has {len(series)} samples and {first.name} has {len(first)}: repeats must be equally long. "
                "Cut them to the same stretch."
            )
        _check_aligned(first, series)


def _check_aligned(first: Series, second: Series) -> None:
    """DataError where another shift fits clearly better than none, or where the two have nothing in common."""
    a, b = (np.nan_to_num(s.values - np.nanmean(s.values)) for s in (first, second))
    n = len(a)
    size = float(np.sqrt(np.sum(a**2) * np.sum(b**2)))
    correlation = lagged_products(a, b, longest_lag=n // 4) / max(size, np.finfo(float).tiny)
    lags = np.r_[0 : n // 4, -(n // 4) : 0]
    best = int(lags[np.argmax(correlation[lags])])
    chance = 4.0 / np.sqrt(n)
    if correlation[best] < chance:
        raise DataError(f"{second.name} does not resemble {first.name}: repeats must show the same thing. Choose another column.")
    if correlation[best] - correlation[0] > max(chance, 0.1 * correlation[best]):
        when = "later" if best < 0 else "earlier"
        raise DataError(
            f"{second.name} comes {abs(best)} samples {when} than {first.name}: repeats must be aligned. Shift one of them first."
        )


def _others(repeats: Sequence[Series], i: int) -> Target:
    """The mean of the other repeats, over those that are present at a sample."""
    others = np.array([series.values for j, series in enumerate(repeats) if j != i])
    count = np.maximum(1, np.sum(~np.isnan(others), axis=0))
    mean = np.where(np.isnan(others).all(axis=0), np.nan, np.nansum(others, axis=0) / count)
    return Target(values=mean, noise_share=1.0 / len(others))
