"""What a search found, how sure that is, and whether it is worth using."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from denoise_core.assess.formatting import plural
from denoise_core.tuning.comparison import Gain, pooled
from denoise_core.tuning.space import Params
from denoise_core.tuning.trials import TrialRecord

if TYPE_CHECKING:
    from denoise_core.tuning.study import Study

SURE = 1.645
"""Standard deviations by which the gain must exceed 0: better by chance alone in one of twenty cases."""


@dataclass(frozen=True, kw_only=True)
class Conclusion:
    """The best of a search.

    Parameters
    ----------
    params : mapping
        Setting -> value, where it differs from the start; empty where the start itself is recommended.
    number : int
        The trial whose result is the best: 0 for that of the start.
    gain : Gain or None
        Over the start, by the checks with other seeds; None where there were none.
    recommended : bool
        Whether it is better than the start beyond chance.
    sentence : str
    result_gain : Gain or None
        That of the result, the mean of `networks` networks.
    """

    params: Params
    number: int
    gain: Gain | None
    recommended: bool
    sentence: str
    result_gain: Gain | None = None
    networks: int = 1

    def with_result(self, gain: Gain, *, networks: int) -> Conclusion:
        """With what is estimated of the result, the mean of so many networks, over one network of the start's settings."""
        if networks == 1:
            return self
        told = f"The result is the mean of {networks} networks; its error is estimated to be {_by(gain)} less than one network's."
        return replace(self, sentence=f"{self.sentence} {told}", result_gain=gain, networks=networks)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> Conclusion:
        """``Conclusion.from_json(conclusion.to_json()) == conclusion``."""
        gains = {name: Gain(**raw[name]) if raw.get(name) else None for name in ("gain", "result_gain")}
        return cls(**{**raw, **gains})


def conclude(study: Study, *, by_truth: bool) -> Conclusion:
    """What the trials so far amount to."""
    tried, name = len(study.searched()), study.plan.start_name
    checked = {key: pooled([_gain(one) for one in checks]) for key, checks in study.checks().items()}
    firsts = {one.key: one for one in reversed(study.finalists())}
    known = {key: gain for key, gain in checked.items() if key in firsts}
    if not known:
        best = study.best()
        return _start(_unchecked(best, tried, name))
    key = max(known, key=lambda one: _lowest(known[one]))
    gain, first = known[key], firsts[key]
    if _lowest(gain) <= 0.0:
        return _start(_not_better(gain, tried, name))
    told = (
        f"The best of {plural(tried, 'trial')} has {_by(gain)} less error than {name}, "
        f"{'on the validation part of the clean column' if by_truth else 'as estimated'}, "
        f"checked with {plural(len(study.checks()[key]), 'other seed')}."
    )
    return Conclusion(params=first.trial.params, number=first.number, gain=gain, recommended=True, sentence=told)


def _start(sentence: str) -> Conclusion:
    return Conclusion(params={}, number=0, gain=None, recommended=False, sentence=sentence)


def _unchecked(best: TrialRecord | None, tried: int, name: str) -> str:
    if best is None or best.gain_db is None:
        return "Nothing can be said yet: no trial has ended." if not tried else f"No trial gave a result. Keep {name}."
    if best.gain_db <= 0.0:
        return f"None of {plural(tried, 'trial')} was better than {name}. Keep them."
    return (
        f"The best of {plural(tried, 'trial')} so far seems better by {best.gain_db:.1f} dB, which may be luck: it has not been "
        "checked with other seeds."
    )


def _not_better(gain: Gain, tried: int, name: str) -> str:
    return (
        f"None of {plural(tried, 'trial')} was better than {name} beyond chance (the best: "
        f"{gain.db:+.1f} ± {gain.sd_db:.1f} dB). Keep them."
    )


def _by(gain: Gain) -> str:
    return f"{gain.db:.1f} ± {gain.sd_db:.1f} dB"


def _gain(record: TrialRecord) -> Gain:
    return Gain(db=record.gain_db or 0.0, sd_db=record.sd_db or 0.0)


def _lowest(gain: Gain) -> float:
    return gain.db - SURE * gain.sd_db
