"""Where the residual is not noise: what was lost is found, told with its size, and where it was; noise alone is left in peace."""

import re

import numpy as np
import pytest

from denoise_core.assess import judge
from denoise_core.assess.findings import find
from denoise_core.noise import describe
from denoise_core.noise.spikes import find_spikes
from denoise_core.series import Estimate, Series
from tests.damage import TUNING, cases

N, RATE_HZ, SD = 20_000, 1000.0, 0.1
EVENTS = 150 + 293 * np.arange(67)


def ringing(at, n=N):
    """An impact of height 1 that rings down from each of these samples on."""
    values = np.zeros(n)
    time = np.arange(100.0)
    for start in at:
        values[start : start + 100] += (np.exp(-time / 15) * np.sin(2 * np.pi * 0.1 * time))[: n - start]
    return values / values.max()


def findings(kept, lost, *, noise=None):
    """What is found where `lost` was taken out of ``kept + lost`` with white noise of sd 0.1."""
    rng = np.random.default_rng(0)
    noise = SD * rng.standard_normal(len(kept)) if noise is None else noise
    series = Series.of(kept + lost + noise, rate_hz=RATE_HZ, name="acceleration", unit="g")
    estimate = Estimate(values=np.asarray(kept, dtype=float), method="given")
    return find(series, estimate, describe(series.values)), judge(series, estimate, noise=describe(series.values))


def test_similar_impacts_are_counted_and_the_share_of_their_height_that_was_lost_is_told():
    impacts = ringing(EVENTS)
    found, verdict = findings(0.74 * impacts, 0.26 * impacts)
    told = re.fullmatch(r"67 similar events; (\d+) % of their height is in the residual.", found.sentences[0])
    assert abs(int(told[1]) - 26) <= 2
    assert verdict.headline.endswith(found.sentences[0])
    assert verdict.signal_was_removed
    tops = EVENTS + 2
    covered = [any(one.start <= top < one.stop for one in found.places if one.kind == "repeats") for top in tops]
    assert np.mean(covered) > 0.95


def test_an_event_that_was_removed_altogether_is_found_where_it_was():
    found, _ = findings(ringing(np.delete(EVENTS, 40)), ringing(EVENTS[40:41]))
    assert "1 event like those in the result was removed altogether." in found.sentences
    place = next(one for one in found.places if one.kind == "missed")
    assert place.start <= EVENTS[40] + 2 < place.stop
    assert place.stop - place.start < 200


def test_a_tone_is_told_with_its_frequency_and_amplitude():
    time = np.arange(N) / RATE_HZ
    found, _ = findings(np.sin(2 * np.pi * 3.0 * time), 0.03 * np.sin(2 * np.pi * 123.0 * time))
    (text,) = found.sentences
    told = re.fullmatch(r"The residual still oscillates at 123 Hz \(amplitude (.*) g\), so part of your signal .*", text)
    assert float(told[1]) == pytest.approx(0.03, rel=0.1)
    assert [(one.start, one.stop) for one in found.places] == [(0, N)]


def test_rounded_edges_are_counted():
    steps = np.repeat([0.0, 1.0, -0.5, 0.8, 0.2, 1.4, 0.0, 0.9], N // 8)
    smooth = np.convolve(np.pad(steps, 20, mode="edge"), np.ones(41) / 41, mode="valid")
    found, _ = findings(smooth, steps - smooth)
    assert any(text.startswith("7 edges rounded: within ") for text in found.sentences)
    edges = [one for one in found.places if one.kind == "edges"]
    assert [round((one.start + one.stop) / 2 / (N // 8)) for one in edges] == [1, 2, 3, 4, 5, 6, 7]


def test_a_slow_movement_is_told():
    slow = 0.03 * np.cos(np.pi * np.arange(N) / N)
    found, _ = findings(ringing(EVENTS), slow)
    told = re.fullmatch(r"The residual moves slowly, by (.*) g over the record.*", found.sentences[0])
    assert float(told[1]) == pytest.approx(0.06, rel=0.1)


def test_a_pulse_like_no_other_is_found_where_it_was():
    pulse = np.zeros(N)
    pulse[7000:7030] = 0.3
    found, _ = findings(np.sin(np.arange(N) / 300), pulse)
    places = [one for one in found.places if one.kind == "pulses"]
    assert places
    assert all(6950 <= one.start < one.stop <= 7080 for one in places)


def test_a_stretch_that_is_louder_than_the_noise_was_said_to_be_is_a_place_but_no_lost_signal():
    rng = np.random.default_rng(1)
    noise = SD * rng.standard_normal(N)
    series = Series.of(np.sin(np.arange(N) / 300) + noise, rate_hz=RATE_HZ)
    described = describe(series.values)
    noise[5000:5600] *= 4.0
    louder = Series.of(np.sin(np.arange(N) / 300) + noise, rate_hz=RATE_HZ)
    found = find(louder, Estimate(values=np.sin(np.arange(N) / 300), method="given"), described)
    assert found.sentences == ()
    (place,) = found.places
    assert not place.is_lost_signal
    assert abs(place.start - 5000) <= 128
    assert abs(place.stop - 5600) <= 128
    assert 3.0 < place.size < 5.0
    assert "times as large here" in place.text


@pytest.mark.parametrize("n", [8, 63, 64, 65, 200, 1000])
def test_short_records_and_gaps_are_no_trouble(n):
    rng = np.random.default_rng(n)
    values = rng.standard_normal(n)
    series = Series.of(values)
    assert find(series, Estimate(values=np.zeros(n), method="given"), describe(values)).sentences == ()
    values[n // 3 : n // 3 + n // 8] = np.nan
    broken = Estimate(values=np.where(np.isnan(values), np.nan, 0.0), method="given")
    assert find(Series.of(values), broken, describe(values)).sentences == ()
    nothing = Estimate(values=series.values, method="given")
    assert find(series, nothing, None).places == ()


def test_spikes_that_were_found_and_removed_are_not_more_than_the_noise():
    rng = np.random.default_rng(0)
    clean, noise = np.sin(np.arange(8000) / 80), SD * rng.standard_normal(8000)
    noise[rng.permutation(8000)[:160]] += 2.5 * rng.choice((-1.0, 1.0), 160)
    series = Series.of(clean + noise)
    described = describe(series.values)
    assert described.spikes > 0.01
    verdict = judge(series, Estimate(values=clean, method="given"), noise=described)
    assert verdict.residual.sd > 1.5 * verdict.residual.noise_sd
    assert 140 <= verdict.residual.removed_spikes == np.count_nonzero(find_spikes(series.values)) <= 160
    assert f"RMS, including {verdict.residual.removed_spikes} spikes. " in verdict.headline
    kept = judge(series, Estimate(values=clean + noise * (np.abs(noise) > 1.5), method="given"), noise=described)
    assert kept.residual.removed_spikes == 0
    assert kept.residual.kept_spikes == verdict.residual.removed_spikes
    assert f"; {kept.residual.kept_spikes} spikes left in, as peaks of a signal can look like that. " in kept.headline
    assert verdict.residual.kept_spikes == 0
    assert not any("More was removed" in sentence.text for sentence in verdict.sentences)


def test_most_labelled_damage_is_told_and_next_to_no_undamaged_result_is_blamed():
    told = [(case, judge(case.series, case.estimate, noise=describe(case.series.values)).signal_was_removed) for case in few()]
    assert np.mean([said for case, said in told if case.is_damaged]) > 0.75
    assert np.mean([said for case, said in told if case.is_undamaged]) < 0.2


def few():
    return cases(TUNING, count=10, seed=5, lengths=(4096,))
