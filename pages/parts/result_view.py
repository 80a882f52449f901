"""One channel of a finished run, as it is shown: its series, estimate and truth."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

import denoise_core as dc
from denoise_core.assess import Sentence, Verdict
from denoise_core.assess.result_words import error_in_words
from denoise_core.assess.risk import Blended
from denoise_core.config.objectives import OBJECTIVES
from denoise_core.errors import DenoiseError
from denoise_core.jobs import RunView
from denoise_core.jobs.spec import COMPUTED, TRAIN
from denoise_core.series import Float64Array
from pages.parts.cached import recording, store, truth, verdict_of
from pages.parts.cached_runs import gain_on_test_part, run_blend, run_clean, run_estimate, run_instant, run_noise, run_series


@dataclass(frozen=True, kw_only=True)
class ResultView:
    """Channel number `i` of a run, and how it is shown.

    Parameters
    ----------
    strength : float
        Fraction of the residual that stays removed: 0 gives the recording, 1 the network's result.
    fills : bool
        Whether gaps are continued from both sides, or left empty.
    band : bool
        Whether the error band is drawn.
    compares : bool
        Whether the Instant result is drawn as well.
    combines : bool
        Whether the combination of the network with other methods is shown, where there is one, or the network's result alone.
    """

    run: RunView
    i: int = 0
    strength: float = 1.0
    fills: bool = True
    band: bool = True
    compares: bool = False
    combines: bool = False

    @property
    def name(self) -> str:
        """The same for the same result shown in the same way."""
        what = "" if self.fills else " with gaps"
        return f"{self.run.id}-{self.i}@{self.strength}{what}{' combined' if self.combines else ''}"

    @property
    def channel(self) -> str:
        return self.run.spec.channels[self.i]

    @property
    def series(self) -> dc.Series:
        return run_series(self.run.id, self.i)

    @property
    def blend(self) -> Blended | None:
        """The network's result combined with other methods, and the estimated error of each; None where that is not known."""
        return run_blend(self.run.id, self.i)

    @property
    def findings_on_error(self) -> list[Sentence]:
        """How far the combination may be off, and why that may not be right."""
        found = self.blend
        if found is None:
            return self._findings_on_computed
        told = [Sentence(severity="good" if found.combined and not found.doubt else "note", text=found.sentence)]
        return told + ([Sentence(severity="note", text=found.doubt)] if found.doubt else [])

    @property
    def _findings_on_computed(self) -> list[Sentence]:
        """The same for a result that was made at once, as it was found then."""
        summary = store().versions.summary(self.run.id, self.i) if self.run.spec.kind == COMPUTED else None
        return [] if summary is None else [Sentence(severity="note", text=error_in_words(summary, self.run.spec.unit))]

    @property
    def whole_estimate(self) -> dc.Estimate:
        """At full strength, with gaps filled."""
        found = self.blend if self.combines else None
        return run_estimate(self.run.id, self.i) if found is None else found.chosen

    @property
    def estimate(self) -> dc.Estimate:
        blended = self.whole_estimate.blend(self.series, strength=self.strength)
        return blended if self.fills else blended.with_gaps_of(self.series)

    @property
    def instant(self) -> dc.Estimate | None:
        """The same channel by the Instant method, where it is drawn."""
        return run_instant(self.run.id, self.i) if self.compares else None

    @property
    def verdict_of_instant(self) -> Verdict:
        name, instant = f"{self.run.id}-{self.i}-instant", run_instant(self.run.id, self.i)
        return verdict_of(name, self.series, instant, self.truth, run_noise(self.run.id, self.i))

    @property
    def truth(self) -> Float64Array | None:
        """The true signal: the clean values that the run was trained on, or the file's column with the matching name."""
        taught = self.run.spec.kind == TRAIN and OBJECTIVES[self.run.spec.config.objective.kind].target == "clean"
        clean = run_clean(self.run.id, self.i) if taught else None
        return truth(replace(self.run.spec.source, column=self.channel)) if clean is None else clean

    @property
    def noise_was_added(self) -> bool:
        """Whether the file itself is the truth, and the run was trained on noisy copies of it."""
        clean = self.truth
        try:
            own = recording(self.run.spec.source).channels.get(self.channel)
        except DenoiseError:
            return False
        return clean is not None and own is not None and np.array_equal(clean, own, equal_nan=True)

    @property
    def verdict(self) -> Verdict:
        return verdict_of(self.name, self.series, self.estimate, self.truth, run_noise(self.run.id, self.i))

    @property
    def gain_on_test_part(self) -> float | None:
        """The gain in dB on the test samples; None where there are none, or no truth."""
        clean = self.truth
        if clean is None or self.run.spec.kind != TRAIN or not self.run.spec.config.split.test_share:
            return None
        return gain_on_test_part(self.name, self.run.id, self.i, self.estimate, clean)

    @property
    def beside(self) -> dict[str, ResultView]:
        """Every channel of the run that the file holds, shown in the same way, by name."""
        there = recording(self.run.spec.source).channels
        return {name: replace(self, i=i) for i, name in enumerate(self.run.spec.channels) if name in there}
