"""The series and results of runs, cached as everything in `cached` is."""

from __future__ import annotations

import denoise_core as dc
from denoise_core.assess import on_test_part
from denoise_core.assess.risk import Blended
from denoise_core.config import NoiseConfig
from denoise_core.dataset.preprocessing import resample
from denoise_core.errors import DenoiseError
from denoise_core.noise import Noise, describe_series, separate
from denoise_core.noise.stated import NO_STATEMENT
from denoise_core.series import Float64Array
from pages.parts.byte_cache import Kept
from pages.parts.cached import INSTANT, store

_AROUND = 4096  # samples on either side of a section that the Instant method sees


@Kept
def run_series(run_id: str, i: int = 0) -> dc.Series:
    """Exactly what the run was trained on or applied to: its channel number `i`."""
    return store().series(run_id, i)


@Kept
def run_noise(run_id: str, i: int = 0) -> Noise:
    """The noise of the run's channel number `i`, as far as it was stated by that, without its disturbances."""
    stated = store().run(run_id).spec.config.noise
    return describe_series(separate(run_series(run_id, i), stated.removes).series, stated)


@Kept
def preview_series(run_id: str) -> dc.Series:
    """The run's first series as the preview shows it: without disturbances and resampled if that was chosen."""
    config = store().run(run_id).spec.config
    return resample(separate(run_series(run_id), config.noise.removes).series, config).series


@Kept
def run_instant(run_id: str, i: int = 0) -> dc.Estimate:
    """The run's channel number `i` by the Instant method, for comparison."""
    return dc.denoise(run_series(run_id, i), method=INSTANT, noise=store().run(run_id).spec.config.noise)


@Kept
def instant_near(run_id: str, first: int, count: int) -> dc.Estimate | None:
    """`count` samples of `preview_series` from `first` on by the Instant method; None where there is nothing to denoise."""
    start = max(0, first - _AROUND)
    around = preview_series(run_id).part(slice(start, first + count + _AROUND))
    # The marked stretch may lie elsewhere: its level is known, and its spectrum is found again.
    told = store().run(run_id).spec.config.noise
    try:
        stated = NoiseConfig(level=run_noise(run_id).sd) if told.level or told.stretch else NO_STATEMENT
        found = dc.denoise(around, method=INSTANT, noise=stated)
        return found.part(slice(first - start, first - start + count))
    except DenoiseError:
        return None


@Kept
def run_estimate(run_id: str, i: int = 0) -> dc.Estimate:
    """The finished run's result for its channel number `i`."""
    return store().estimate(run_id, i)


@Kept
def run_blend(run_id: str, i: int = 0) -> Blended | None:
    """The finished run's result for its channel number `i` combined with other methods; None where there is no such thing."""
    return store().blend(run_id, i)


@Kept
def run_clean(run_id: str, i: int = 0) -> Float64Array | None:
    """The clean values that the run's channel number `i` was trained on, if any."""
    clean = store().training_set(run_id).clean
    return clean[i] if clean else None


@Kept
def gain_on_test_part(name: str, run_id: str, i: int, _estimate: dc.Estimate, _truth: Float64Array) -> float | None:
    """The gain in dB on the run's test samples, None where it has none; `name` identifies the estimate."""
    del name
    view = store().run(run_id)
    return on_test_part(_estimate, _truth, data=store().training_set(run_id), config=view.spec.config, i=i)
