"""Methods that need no training, judged on one series: each alone, and combined."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from threading import Lock

import numpy as np

from denoise_core.assess.risk import (
    ADDED,
    BLEND,
    RECORDING,
    Blended,
    Candidate,
    Draws,
    Judged,
    blend,
    by_method,
    doubt_about,
    judge,
)
from denoise_core.config import NoiseConfig
from denoise_core.errors import DataError, DenoiseError
from denoise_core.methods import quick
from denoise_core.methods.as_code import given_settings
from denoise_core.noise import Noise, describe_series, separate
from denoise_core.noise.disturbances import Separated
from denoise_core.noise.stated import NO_STATEMENT
from denoise_core.series import Estimate, Series

COMBINED = (quick.INSTANT, quick.NONLOCAL, "wavelet", RECORDING)
"""The methods that are combined; the first is the reference. One that refuses a series is left out."""
SHARED = (quick.NONLOCAL, BLEND)
"""Methods of which Instant is a part, so that what a `Referee` has computed already saves most of their time."""
LABELS = {**quick.LABELS, RECORDING: "The recording itself"}


@dataclass(frozen=True, kw_only=True)
class Told:
    """What the methods are told of the noise: of the whole series, of its judged parts, and of the noisier copies of these."""

    whole: NoiseConfig = NO_STATEMENT
    part: NoiseConfig = NO_STATEMENT
    noisier: NoiseConfig = NO_STATEMENT

    @classmethod
    def of(cls, draws: Draws, stated: NoiseConfig) -> Told:
        """A marked stretch may lie outside what is judged: there, the level that was found in it stands for it."""
        if not (stated.level or stated.stretch):
            return cls()
        levels = draws.model.sd, float(np.sqrt(1.0 + ADDED)) * draws.model.sd
        part, noisier = (NoiseConfig(level=level) for level in levels)
        return cls(whole=replace(stated, remove_hum=False, remove_drift=False), part=part, noisier=noisier)


@dataclass(frozen=True)
class Remembering:
    """Instant, which makes each estimate once; that of the series is there already."""

    made: dict[bytes, Estimate]
    guard: Lock = field(default_factory=Lock, repr=False, compare=False)

    @classmethod
    def of(cls, series: Series, instant: Estimate) -> Remembering:
        return cls({series.values.tobytes(): instant})

    def __call__(self, series: Series, *, stated: NoiseConfig) -> Estimate:
        name = series.values.tobytes()
        with self.guard:  # so that two threads do not make the same
            if name not in self.made:
                self.made[name] = quick.denoise(series, quick.INSTANT, stated=stated)
        return self.made[name]


@dataclass(frozen=True, kw_only=True)
class Referee:
    """What the estimated errors of quick methods on one series are told from: noisier copies, and Instant's results for them.

    Parameters
    ----------
    separated : Separated
        The series without the hum and drift that were to be removed, and those.
    noise : Noise
        Of what is left.
    draws : Draws or None
        None where no errors can be estimated.
    doubt : str
        Why that is so, or why they should not be believed, in a sentence; "" where they may be.
    """

    separated: Separated
    noise: Noise
    draws: Draws | None
    told: Told
    instant: Estimate
    first: Remembering
    doubt: str = ""

    @classmethod
    def of(cls, series: Series, *, stated: NoiseConfig = NO_STATEMENT, instant: Estimate | None = None) -> Referee:
        """For a series and what was said of its noise; with the estimate by Instant where it is known and nothing is removed."""
        separated = separate(series, stated.removes)
        stated = replace(stated, remove_hum=False, remove_drift=False)
        if instant is None or separated.removed:
            instant = quick.denoise(separated.series, quick.INSTANT, stated=stated)
        noise = describe_series(separated.series, stated)
        draws, doubt = _draws(separated.series, noise)
        told = Told() if draws is None else Told.of(draws, stated)
        first = Remembering.of(separated.series, instant)
        return cls(separated=separated, noise=noise, draws=draws, told=told, instant=instant, first=first, doubt=doubt)

    def judge(self, estimate: Estimate) -> Judged | None:
        """The estimated error of a quick method with the settings of that `estimate`; None where there can be none.

        The copies are denoised with the same settings, but for a noise level that was not set by hand.
        """
        if self.draws is None:
            return None
        if (known := self._judged(estimate)) is not None:
            return known
        instant = told_candidate(quick.INSTANT, self.first, self.draws, self.told)
        run = partial(quick.function(estimate.method), **given_settings(estimate))
        return judge([instant, told_candidate(estimate.method, run, self.draws, self.told, estimate=estimate)], self.draws)[-1]

    def estimate(self, method: str) -> Estimate | None:
        """What has been computed already: the estimates that are combined, and their combination; None for other methods."""
        if method == quick.INSTANT:
            return self.instant
        if method == BLEND:
            return self.blended.chosen
        known = next((one.estimate for one in self.blended.judged if one.method == method), None)
        # Those that are combined are made without regard to pauses, but for Instant.
        return None if len(self.separated.series.time.pauses) else known

    @cached_property
    def blended(self) -> Blended:
        """What `blend_quick` gives."""
        if self.draws is None:
            return Blended.unjudged(self.instant, self.doubt)
        candidates = list(quick_candidates(self.draws, self.first, self.told))
        return blend(self.separated.series, candidates, self.noise, draws=self.draws)

    def _judged(self, estimate: Estimate) -> Judged | None:
        """Of Instant, and of what is combined, unless its settings were changed."""
        if self.draws is not None and estimate.method == quick.INSTANT:
            return judge([told_candidate(quick.INSTANT, self.first, self.draws, self.told)], self.draws)[0]
        if estimate.method == BLEND:
            return self.blended.combined
        if estimate.method not in COMBINED:
            return None
        alike = (one for one in self.blended.judged if one.estimate is not None and one.method == estimate.method)
        return next((one for one in alike if one.estimate is not None and one.estimate.settings == estimate.settings), None)


def _draws(series: Series, noise: Noise) -> tuple[Draws | None, str]:
    """None where no errors can be estimated, and why, or why they should not be believed."""
    try:
        return Draws.of(series, noise), doubt_about(noise)
    except DataError as error:
        return None, str(error)


def quick_candidates(draws: Draws, first: Remembering, told: Told) -> Iterator[Candidate]:
    """Those of `COMBINED` that do not refuse the series; the copies are denoised with the settings suggested for the series."""

    def nonlocal_(series: Series, *, stated: NoiseConfig) -> Estimate:
        return refine(series, first(series, stated=stated), stated=stated)

    special: dict[str, Callable[..., Estimate]] = {quick.INSTANT: first, quick.NONLOCAL: nonlocal_, RECORDING: unchanged}
    for name in COMBINED:
        with suppress(DenoiseError):
            run = special.get(name) or quick.function(name)
            estimate = run(draws.series, stated=told.whole)
            yield told_candidate(name, partial(run, **given_settings(estimate)), draws, told, estimate=estimate)


def refine(series: Series, first: Estimate, *, stated: NoiseConfig) -> Estimate:
    """What repetitions make of a first estimate, told of the noise what was said of it."""
    known = describe_series(series, stated) if stated != NO_STATEMENT else None
    return quick.refine(series, first, known)


def told_candidate(
    name: str, run: Callable[..., Estimate], draws: Draws, told: Told, *, estimate: Estimate | None = None
) -> Candidate:
    """A quick method that is told of the noise what was said of it."""
    return by_method(
        name,
        partial(run, stated=told.part),
        draws,
        estimate=estimate or run(draws.series, stated=told.whole),
        noisier=partial(run, stated=told.noisier),
        label=LABELS[name],
    )


def unchanged(series: Series, *, stated: NoiseConfig) -> Estimate:
    """The method that leaves everything as it is."""
    del stated
    return Estimate(values=series.values, method=RECORDING, sd=None)
