"""What the coupled bootstrap says of each candidate, sample by sample."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from denoise_core.assess.risk.candidate import Candidate
from denoise_core.assess.risk.draws import ADDED, Draws
from denoise_core.assess.risk.noise_model import NoiseModel
from denoise_core.series import Float64Array


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """Of m candidates at the samples where all of them have a value; the first is the reference.

    Parameters
    ----------
    noisy : float64 array of shape (samples,)
    own : float64 array of shape (m, samples)
        The candidates' estimates.
    errors : float64 array of shape (m, samples)
        Estimates of their square errors at noise of ``1 + ADDED`` times the variance, plus a quantity common to all.
    additions : float64 array of shape (m, samples)
        What of the errors comes from the noise that was added: the square distances of the estimates with it from those without.
    divergences : float64 array of shape (m, samples)
        What of the errors rests on the described noise level: in proportion to its square.
    model : NoiseModel
        Of these samples.
    places : int64 array of shape (samples,)
        Where they stand in the series.
    """

    noisy: Float64Array
    own: Float64Array
    errors: Float64Array
    additions: Float64Array
    divergences: Float64Array
    model: NoiseModel
    places: NDArray[np.int64]

    @classmethod
    def of(cls, candidates: Sequence[Candidate], draws: Draws) -> Evidence:
        """``|y - H|**2 + 2 z (H - g) / sqrt(a)``, the mean over the draws, for estimates H of y + sqrt(a) z and g of y.

        That is the coupled bootstrap's ``|y - z / sqrt(a) - H|**2`` without the terms of mean 0 or common to all candidates. At
        spikes, of which the noise says nothing, the first candidate is taken to be right.
        """
        own = np.array([one.own for one in candidates])
        places = draws.places
        usable = draws.series.observed[places] & np.isfinite(own).all(axis=0)
        usable &= np.all([np.isfinite(one.twins).all(axis=0) for one in candidates], axis=0)
        own, places, added = own[:, usable], places[usable], draws.cut(draws.added)[:, usable]
        spikes = ~draws.model.usable[places]
        noisy = np.where(spikes, own[0], draws.series.values[places])
        errors, additions, divergences = np.zeros((3, *own.shape))
        for i, one in enumerate(candidates):
            twins = one.twins[:, usable]
            divergences[i] = np.mean(2.0 / np.sqrt(ADDED) * added[: len(twins)] * (twins - own[i]), axis=0)
            additions[i] = np.mean((twins - own[i]) ** 2, axis=0)
            additions[i, spikes] = divergences[i, spikes] = 0.0
            errors[i] = np.where(spikes, (own[i] - own[0]) ** 2, np.mean((noisy - twins) ** 2, axis=0) + divergences[i])
        model = draws.model.at(places)
        return cls(noisy=noisy, own=own, errors=errors, additions=additions, divergences=divergences, model=model, places=places)

    def part(self, where: slice) -> Evidence:
        """That of some of the samples."""
        return replace(
            self,
            noisy=self.noisy[where],
            own=self.own[:, where],
            errors=self.errors[:, where],
            additions=self.additions[:, where],
            divergences=self.divergences[:, where],
            model=self.model.at(np.arange(len(self.places))[where]),
            places=self.places[where],
        )

    def with_combination(self, weights: Float64Array) -> Evidence:
        """With one row more: that of ``sum of weights * own``, for weights of shape (m, samples) on the simplex.

        Its square error is the members' mean less the mean square distance from them; this holds exactly, sample by sample.
        """
        combined = np.sum(weights * self.own, axis=0)
        errors = np.sum(weights * (self.errors - (self.own - combined) ** 2), axis=0)
        return replace(
            self,
            own=np.vstack([self.own, combined]),
            errors=np.vstack([self.errors, errors]),
            additions=np.vstack([self.additions, np.sum(weights * self.additions, axis=0)]),
            divergences=np.vstack([self.divergences, np.sum(weights * self.divergences, axis=0)]),
        )

    def without(self, rows: Sequence[int]) -> Evidence:
        """All candidates but those, of which none is the first."""
        every = ("own", "errors", "additions", "divergences")
        return replace(self, **{name: np.delete(getattr(self, name), rows, axis=0) for name in every})

    def __len__(self) -> int:
        return len(self.places)

    @property
    def noise_variance(self) -> float:
        return float(np.mean(self.model.levels**2))

    @property
    def excess(self) -> Float64Array:
        """Mean square error of each candidate less that of the first, at more noise than there is; shape (m,)."""
        return np.asarray(np.mean(self.errors - self.errors[0], axis=1))

    @property
    def addition(self) -> Float64Array:
        """By how much the mean square error of a linear method is larger for the noise that was added; shape (m,)."""
        return np.asarray(np.mean(self.additions, axis=1))

    @property
    def by_level(self) -> Float64Array:
        """Sd of `excess` that comes from not knowing the noise level, shape (m,)."""
        rests = np.mean(self.divergences - self.divergences[0], axis=1)
        return np.asarray(2.0 * self.model.level_error * np.abs(rests))

    @property
    def by_chance(self) -> Float64Array:
        """Sd of `excess` that comes from the noise itself, ``2 d @ noise / samples`` for estimates d apart; shape (m,)."""
        return np.asarray(2.0 * np.sqrt(self.model.variance_of(self.own - self.own[0])) / len(self))

    @property
    def gram(self) -> Float64Array:
        """Mean products of the estimates less their mean, shape (m, m)."""
        centred = self.own - self.own.mean(axis=0)
        return np.asarray(centred @ centred.T / len(self))

    @property
    def chance_variance(self) -> float:
        """The noise's variance as differences of the estimates meet it: more than its own where both lie at low frequencies."""
        apart = self.own - self.own[0]
        total = float(np.sum(apart**2))
        return float(np.sum(self.model.variance_of(apart))) / total if total > 0.0 else self.noise_variance

    def risk_by_residual(self) -> tuple[float, float]:
        """Mean square error of the first candidate by Stein's formula, and the sd of that figure."""
        residual, variance, n = self.noisy - self.own[0], self.noise_variance, len(self)
        divergence = float(np.mean(self.divergences[0]))
        risk = float(np.mean(residual**2)) + divergence - variance
        level = 2.0 * self.model.level_error * abs(divergence - variance)
        chance = np.sqrt(2.0 / n) * variance + 2.0 * np.sqrt(variance * max(risk, 0.0) / n)
        return risk, float(np.hypot(level, chance))
