"""What is said of each method and of their combination; JSON both ways."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from denoise_core.series import Estimate


@dataclass(frozen=True, kw_only=True)
class Judged:
    """One method's estimated error on one series.

    Parameters
    ----------
    method : str
    estimate : Estimate or None
        None where only the figures were kept.
    risk : float
        Estimated mean square error, in the square of the series' unit.
    interval : (float, float)
        Contains the true mean square error with about 90 % probability.
    weight : float
        Its share in the combination, 0 .. 1.
    seconds : float
        What it took to compute.
    label : str
        What the user calls it.
    """

    method: str
    risk: float
    interval: tuple[float, float]
    weight: float
    seconds: float
    label: str = ""
    estimate: Estimate | None = None

    @property
    def rms(self) -> float:
        """Root of the estimated mean square error, in the unit of the series."""
        return float(self.risk**0.5)

    @property
    def rms_interval(self) -> tuple[float, float]:
        """The same for the bounds."""
        low, high = self.interval
        return float(low**0.5), float(high**0.5)

    def to_json(self) -> dict[str, Any]:
        """All but the estimate."""
        return {spec.name: getattr(self, spec.name) for spec in fields(self) if spec.name != "estimate"}

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> Judged:
        """``Judged.from_json(judged.to_json()) == judged``, but for its estimate; what is not known here is left out."""
        known = {spec.name: raw[spec.name] for spec in fields(cls) if spec.name in raw and spec.name != "estimate"}
        return cls(**{**known, "interval": tuple(raw["interval"])})


@dataclass(frozen=True, kw_only=True)
class Blended:
    """The combination of several methods.

    Parameters
    ----------
    estimate : Estimate or None
        ``sum of weight * estimate`` with local weights; None where only the figures were kept.
    judged : tuple of Judged
        The methods, in the order in which they were given.
    combined : Judged or None
        The combination itself; None where nothing could be judged.
    sentence : str
        What the figures mean.
    doubt : str
        Why they should not be believed; "" where they may be.
    training_gain_db : float or None
        By how much less the estimated square error is with the trained networks than without; None where there are none.
    """

    judged: tuple[Judged, ...]
    combined: Judged | None
    sentence: str
    doubt: str = ""
    training_gain_db: float | None = None
    estimate: Estimate | None = None

    @classmethod
    def unjudged(cls, estimate: Estimate, why: str) -> Blended:
        """One estimate as it is, of whose error nothing is known."""
        return cls(judged=(), combined=None, sentence=why, estimate=estimate)

    @property
    def chosen(self) -> Estimate:
        """The estimate; ValueError where it was not kept."""
        if self.estimate is None:
            raise ValueError("only the figures were kept, not the estimate")
        return self.estimate

    @property
    def weights(self) -> dict[str, float]:
        """Share of each method; they are at least 0 and add up to 1."""
        return {one.method: one.weight for one in self.judged}

    @property
    def labelled_weights(self) -> dict[str, float]:
        """The same by the names that users know."""
        return {one.label: one.weight for one in self.judged}

    @property
    def risks(self) -> dict[str, float]:
        """Estimated mean square error of each method."""
        return {one.method: one.risk for one in self.judged}

    def to_json(self) -> dict[str, Any]:
        """All but the estimates."""
        return {
            "judged": [one.to_json() for one in self.judged],
            "combined": None if self.combined is None else self.combined.to_json(),
            "sentence": self.sentence,
            "doubt": self.doubt,
            "training_gain_db": self.training_gain_db,
        }

    @classmethod
    def from_json(cls, raw: Mapping[str, Any], estimate: Estimate | None = None) -> Blended:
        """``Blended.from_json(blended.to_json(), blended.estimate) == blended``, but for the methods' own estimates."""
        return cls(
            judged=tuple(map(Judged.from_json, raw["judged"])),
            combined=None if raw["combined"] is None else Judged.from_json(raw["combined"]),
            sentence=raw["sentence"],
            doubt=raw["doubt"],
            training_gain_db=raw["training_gain_db"],
            estimate=estimate,
        )
