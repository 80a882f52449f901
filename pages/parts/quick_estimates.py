"""What the methods that need no training make of a series, and how large their errors probably are: cached, see `cached`."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import denoise_core as dc
from denoise_core.assess.risk import Judged
from denoise_core.assess.summary import Summary, summarise
from denoise_core.config import NoiseConfig
from denoise_core.errors import DenoiseError
from denoise_core.jobs import Source
from denoise_core.methods import Referee
from denoise_core.methods.referee import SHARED
from denoise_core.noise.stated import NO_STATEMENT
from pages.parts.byte_cache import Kept
from pages.parts.cached import INSTANT, identity, noise_of, series_of, store, truth

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Made:
    """An estimate, or why there can be none, and what it took; None where it was not made now."""

    found: dc.Estimate | DenoiseError
    seconds: float | None = None


def quick_estimate(
    source: Source,
    method: str,
    *,
    fills: bool = False,
    changes: Mapping[str, Any] = MappingProxyType({}),
    stated: NoiseConfig = NO_STATEMENT,
) -> dc.Estimate:
    """The series of `source` denoised by a method that needs no training, with its gaps filled if `fills`.

    `changes` replace the settings that are suggested for the method; `stated` is what was said of the noise.
    """
    found = _quick_estimate(*_asked_key(source, method, fills, changes, stated), source).found
    if isinstance(found, DenoiseError):
        raise found
    return found


def quick_estimate_is_known(
    source: Source,
    method: str,
    *,
    fills: bool = False,
    changes: Mapping[str, Any] = MappingProxyType({}),
    stated: NoiseConfig = NO_STATEMENT,
) -> bool:
    """Whether `quick_estimate` answers at once."""
    return _quick_estimate.holds(*_asked_key(source, method, fills, changes, stated))


def _asked_key(
    source: Source, method: str, fills: bool, changes: Mapping[str, Any], stated: NoiseConfig
) -> tuple[str, str, bool, str, NoiseConfig]:
    return identity(source), method, fills, json.dumps(dict(changes), sort_keys=True), stated


def summary_of(source: Source, method: str, *, changes: Mapping[str, Any], fills: bool, stated: NoiseConfig) -> Summary:
    """The numbers of `quick_estimate`; a DenoiseError where there is none."""
    found = _summary(*_asked_key(source, method, fills, changes, stated), source)
    if isinstance(found, DenoiseError):
        raise found
    return found


def summary_is_known(source: Source, method: str, *, changes: Mapping[str, Any], fills: bool, stated: NoiseConfig) -> bool:
    """Whether `summary_of` answers at once."""
    return _summary.holds(*_asked_key(source, method, fills, changes, stated))


def numbers_known(source: Source, method: str, *, changes: Mapping[str, Any], fills: bool, stated: NoiseConfig) -> Summary | None:
    """What is known already of `summary_of`: all but the estimated error."""
    key = _asked_key(source, method, fills, changes, stated)
    found = _numbers(*key, source) if _numbers.holds(*key) else None
    return found if isinstance(found, Summary) else None


def _referee(source: Source, stated: NoiseConfig) -> Referee:
    instant = quick_estimate(source, INSTANT, stated=stated)
    return _referee_of(identity(source), stated, series_of(source), instant)


@Kept
def _referee_of(name: str, stated: NoiseConfig, _series: dc.Series, _instant: dc.Estimate) -> Referee:
    del name
    return Referee.of(_series, stated=stated, instant=_instant)


@Kept
def _quick_estimate(name: str, method: str, fills: bool, changes: str, stated: NoiseConfig, _source: Source) -> _Made:
    """Instant's is stored with the upload, for other visits and web processes."""
    is_kept = method == INSTANT and stated == NO_STATEMENT
    digest, kept = _source.input or "", f"{name}-{method}-{fills:d}"
    if is_kept and (known := store().kept_estimate(digest, kept)) is not None:
        return _Made(known)
    began = time.perf_counter()
    try:
        referee = _referee(_source, stated) if method in SHARED and changes == "{}" else None
        made = dc.denoise(
            series_of(_source), method=method, fill_gaps=fills, noise=stated, referee=referee, **json.loads(changes)
        )
    except DenoiseError as error:
        return _Made(error)
    if is_kept:
        store().keep_estimate(digest, kept, made)
    return _Made(made, time.perf_counter() - began)


@Kept
def _summary(name: str, method: str, fills: bool, changes: str, stated: NoiseConfig, _source: Source) -> Summary | DenoiseError:
    """The numbers, and then the estimated error, which takes longer."""
    numbers = _numbers(name, method, fills, changes, stated, _source)
    if isinstance(numbers, DenoiseError):
        return numbers

    def judged() -> Summary:
        return numbers.with_error(
            *_judge(_source, stated, _found(_quick_estimate(name, method, fills, changes, stated, _source)))
        )

    return _or_why(method, judged)


@Kept
def _numbers(name: str, method: str, fills: bool, changes: str, stated: NoiseConfig, _source: Source) -> Summary | DenoiseError:
    return _or_why(method, lambda: _summarise(_quick_estimate(name, method, fills, changes, stated, _source), _source, stated))


def _or_why(method: str, make: Callable[[], Summary]) -> Summary | DenoiseError:
    """Also what nobody foresaw is remembered: the page would ask for it again and again."""
    try:
        return make()
    except DenoiseError as error:
        return error
    except Exception as error:
        log.exception("%s cannot be judged.", method)
        return DenoiseError(f"An unexpected error ended this method: {type(error).__name__}: {error}")


def _summarise(made: _Made, source: Source, stated: NoiseConfig) -> Summary:
    series, found = series_of(source), _found(made)
    return summarise(
        series,
        found.with_gaps_of(series),
        noise=noise_of(source, stated=stated),
        truth=truth(source),
        seconds=None if found.method in SHARED else made.seconds,  # theirs is that of what they share, too
    )


def _found(made: _Made) -> dc.Estimate:
    if isinstance(made.found, DenoiseError):
        raise made.found
    return made.found


def _judge(source: Source, stated: NoiseConfig, estimate: dc.Estimate) -> tuple[Judged | None, str]:
    """The estimated error, or why there is none."""
    try:
        referee = _referee(source, stated)
        return referee.judge(estimate), referee.doubt
    except DenoiseError as error:
        return None, str(error)
