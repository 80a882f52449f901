"""The verdict: white residuals do not alarm, lost oscillations and wrong strengths do, and the words are right."""

import numpy as np
import pytest

import denoise_core as dc
from denoise_core import filters, signals
from denoise_core.assess import Verdict, judge
from denoise_core.assess.formatting import format_frequency, format_value
from denoise_core.noise import describe
from denoise_core.series import Estimate, Series, TimeAxis
from tests.common import gain_db

RATE_HZ = 250.0


def of_residual(removed, *, estimate=None, unit="mV", **known) -> Verdict:
    n = len(removed)
    smooth = np.sin(2 * np.pi * 0.5 * np.arange(n) / RATE_HZ) if estimate is None else estimate
    noisy = Series(values=smooth + removed, time=TimeAxis.evenly(n, rate_hz=RATE_HZ), name="lead II", unit=unit)
    return judge(noisy, Estimate(values=smooth, method="wavelet", **known))


def texts(verdict: Verdict, severity: str) -> str:
    return " ".join(s.text for s in verdict.sentences if s.severity == severity)


@pytest.mark.parametrize(("n", "trials"), [(100, 200), (500, 200), (3000, 100), (20_000, 40), (200_000, 10)])
def test_white_residuals_alarm_in_fewer_than_one_of_twenty(n, trials):
    rng = np.random.default_rng(n)
    verdicts = [of_residual(0.1 * rng.standard_normal(n)) for _ in range(trials)]
    alarms = sum(any(s.severity != "good" for s in v.sentences) for v in verdicts)
    assert alarms < 0.05 * trials


@pytest.mark.parametrize("n", [500, 3000, 20_000])
@pytest.mark.parametrize("amplitude", [0.6, 1.5])
def test_a_lost_oscillation_at_50_hz_is_named_every_time(n, amplitude):
    for seed in range(10):
        noise = np.random.default_rng(seed).standard_normal(n)
        verdict = of_residual(0.1 * (noise + max(amplitude, 20 / n**0.5) * np.sin(2 * np.pi * 50.0 * np.arange(n) / RATE_HZ)))
        assert "still oscillates at 50" in texts(verdict, "warn")


def in_colour(kind, *, rho, seed, n=8000):
    """A test signal of SNR 3 in AR(1) noise of sd 1, that noise, and what is said of it."""
    rng = np.random.default_rng(seed)
    clean = signals.SIGNALS[kind](n, rng)
    noise = signals.ar1_noise(n, rng, rho=rho)
    series = Series.of(3.0 * clean / clean.std() + noise, rate_hz=RATE_HZ)
    return series, noise, describe(series.values)


@pytest.mark.parametrize("rho", [0.5, 0.8])
def test_the_residual_may_be_as_autocorrelated_as_the_noise(rho):
    for kind in signals.SIGNALS:
        series, noise, described = in_colour(kind, rho=rho, seed=0)
        estimate = Estimate(values=series.values - noise, method="given")
        assert judge(series, estimate).signal_was_removed
        verdict = judge(series, estimate, noise=described)
        assert texts(verdict, "warn") == ""
        assert f"the noise itself has {verdict.residual.prewhitening:.2f} at lag 1" in verdict.figures[-1].help
        assert verdict.residual.prewhitening == pytest.approx(rho, abs=0.15)
        assert verdict.residual.noise_sd == pytest.approx(1.0, abs=0.25)


@pytest.mark.parametrize("rho", [0.5, 0.8])
def test_signal_lost_in_coloured_noise_is_told(rho):
    for seed in range(3):
        series, _, described = in_colour("ecg_like", rho=rho, seed=seed, n=2048)
        verdict = judge(series, filters.apply(series, "moving_average", window=75), noise=described)
        assert verdict.signal_was_removed


def test_an_oscillation_is_found_in_coloured_noise_too():
    series, noise, described = in_colour("pressure_steps", rho=0.8, seed=0)
    hum = 1.0 * np.sin(2 * np.pi * 50.0 * np.arange(8000) / RATE_HZ)
    noisy = Series.of(series.values + hum, rate_hz=RATE_HZ)
    estimate = Estimate(values=series.values - noise, method="given")
    assert "still oscillates at 50 Hz" in texts(judge(noisy, estimate, noise=described), "warn")


def test_flattened_heartbeats_are_told_as_signal_that_was_lost():
    rng = np.random.default_rng(0)
    noisy = signals.add_noise(signals.ecg_like(5000, rng), snr=3.0, rng=rng)
    series = Series.of(noisy, rate_hz=RATE_HZ)
    verdict = judge(series, filters.apply(series, "moving_average", window=25))
    assert "More was removed than the estimated noise" in texts(verdict, "warn")
    assert verdict.signal_was_removed


def test_filters_that_gain_3_db_less_than_instant_are_told_to_lose_signal_and_instant_is_not():
    told = []
    for make in signals.SIGNALS.values():
        rng = np.random.default_rng(0)
        clean = make(4000, rng)
        series = Series.of(signals.add_noise(clean, snr=3.0, rng=rng), rate_hz=RATE_HZ)
        noise, found = describe(series.values), dc.denoise(series, method="instant")
        assert texts(judge(series, found, noise=noise), "warn") == ""
        least = gain_db(series.values, found.values, clean) - 3.0
        for name in filters.FILTERS:
            estimate = filters.apply(series, name)
            if gain_db(series.values, estimate.values, clean) < least:
                told.append(judge(series, estimate, noise=noise).signal_was_removed)
    assert len(told) > 30
    assert np.mean(told) > 0.85


@pytest.mark.parametrize(("kind", "window"), [("bumps", 25), ("blocks", 75), ("pressure_steps", 75), ("vibration", 25)])
def test_a_filter_that_is_too_strong_gets_a_warning(kind, window):
    rng = np.random.default_rng(0)
    series = Series.of(signals.add_noise(signals.SIGNALS[kind](4000, rng), snr=3.0, rng=rng), rate_hz=RATE_HZ)
    verdict = judge(series, filters.apply(series, "moving_average", window=window))
    assert texts(verdict, "warn") != ""
    assert "no pattern" not in verdict.headline


def test_headline_gives_the_amount_with_unit_as_estimated():
    verdict = of_residual(0.031 * np.random.default_rng(0).standard_normal(3000))
    assert verdict.headline == "Removed about 0.031 mV RMS. The residual shows no pattern we can detect."
    assert texts(verdict, "good") == "The residual has no oscillation, no spikes and an even level, as expected of noise."
    assert verdict.alt.startswith("lead II, 3,000 samples, before and after denoising by wavelet. Removed about")


def test_a_headline_over_mere_notes_claims_less_than_no_pattern():
    noise = np.random.default_rng(0).standard_normal(4000)
    noise[[300, 1111, 2900]] += 12.0
    verdict = of_residual(0.1 * noise, noise_sd=0.1)
    assert {s.severity for s in verdict.sentences} == {"note"}
    assert verdict.headline.endswith("RMS. The residual looks mostly like noise.")


def test_where_nothing_was_removed_the_headline_says_that_alone():
    steps = np.random.default_rng(0).standard_normal(100)
    verdict = judge(Series.of(steps), Estimate(values=steps, method="given", noise_sd=0.5))
    assert verdict.headline == texts(verdict, "warn") == "Nothing was removed."
    assert verdict.figures[-1].text == "none"


@pytest.mark.parametrize(
    ("level", "text", "short"),
    [
        (0.02, "Almost nothing was removed.", "That is far less than the estimated noise."),
        (0.3, "More was removed than the estimated noise: 3.0 times its level.", "That is more than the estimated noise."),
    ],
)
def test_amount_is_judged_against_the_noise_level(level, text, short):
    verdict = of_residual(level * np.random.default_rng(0).standard_normal(3000), noise_sd=0.1)
    assert texts(verdict, "warn") == text
    assert verdict.headline.endswith(short)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda noise: np.convolve(noise, np.ones(3), mode="same"), "The residual is autocorrelated at short lags"),
        (lambda noise: noise + 15.0 * (np.arange(len(noise)) % 500 == 250), "A few residual values are very large"),
        (lambda noise: noise * np.where(np.arange(len(noise)) < 700, 4.0, 1.0), "times larger in some stretches than in others"),
        (lambda noise: noise + 0.6 * np.sin(np.pi * np.arange(len(noise)) / RATE_HZ), "The residual correlates with the result"),
    ],
)
def test_each_fault_has_its_words(change, words):
    verdict = of_residual(0.1 * change(np.random.default_rng(0).standard_normal(4000)), noise_sd=0.15)
    assert words in " ".join(s.text for s in verdict.sentences)


def test_a_stretch_that_is_half_as_loud_again_is_not_worth_a_word():
    noise = np.random.default_rng(0).standard_normal(20_000)
    noise[:5000] *= 1.5
    assert [s.severity for s in of_residual(0.1 * noise, noise_sd=0.1).sentences] == ["good"]


@pytest.mark.parametrize(
    ("shift", "words"), [(2, "lags behind the recording by 2 samples"), (-1, "ahead of the recording by 1 sample.")]
)
def test_a_shifted_output_is_said_to_be_shifted(shift, words):
    fast = np.sin(2 * np.pi * 9.0 * np.arange(3000) / RATE_HZ)
    noisy = Series.of(fast + 0.1 * np.random.default_rng(0).standard_normal(3000), rate_hz=RATE_HZ)
    verdict = judge(noisy, Estimate(values=np.roll(fast, shift), method="given"))
    assert words in texts(verdict, "warn")


def test_warnings_come_first():
    rng = np.random.default_rng(0)
    verdict = of_residual(0.1 * rng.standard_normal(3000) ** 3, noise_sd=0.02)
    severities = [s.severity for s in verdict.sentences]
    assert severities == sorted(severities, key=lambda s: s != "warn")
    assert {"warn", "note"} <= set(severities)


def test_with_the_truth_the_true_gain_is_told_and_without_it_never():
    rng = np.random.default_rng(0)
    clean = signals.bumps(2048)
    series = Series.of(signals.add_noise(clean, snr=3.0, rng=rng))
    estimate = filters.apply(series, "wavelet")
    told = judge(series, estimate, truth=clean)
    assert told.figures[0].label == "True gain"
    assert f"Error against the true signal fell by {told.figures[0].value:.1f} dB." in texts(told, "good")
    blind = judge(series, estimate)
    assert "dB" not in blind.headline + " ".join(s.text for s in blind.sentences) + " ".join(f.text for f in blind.figures)


def test_a_result_that_is_worse_than_the_recording_gets_a_warning():
    rng = np.random.default_rng(0)
    clean = signals.bumps(2048)
    series = Series.of(signals.add_noise(clean, snr=3.0, rng=rng))
    verdict = judge(series, filters.apply(series, "moving_average", window=201), truth=clean)
    assert f"Error against the true signal rose by {-verdict.gain_db:.1f} dB." in texts(verdict, "warn")
    assert "further from the true signal than the recording was" in verdict.headline


def test_three_figures_are_the_numbers_of_the_residual():
    verdict = of_residual(0.1 * np.random.default_rng(0).standard_normal(3000), noise_sd=0.1)
    level, share, autocorrelation = verdict.figures
    assert (level.value, level.text) == (0.1, "0.1 mV")
    assert (share.value, share.text) == (verdict.residual.removed_share, "1.9 %")
    assert autocorrelation.value == verdict.residual.autocorrelation


def test_a_series_without_noise_is_said_to_have_none():
    steps = np.repeat([1.0, 2.0, 3.0], 20)
    verdict = judge(Series.of(steps), Estimate(values=steps, method="given", noise_sd=0.0))
    assert "No noise is visible" in texts(verdict, "note")


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        (0.0312, "mV", "0.031 mV"),
        (12.34, "", "12"),
        (123.4, "Pa", "123.4 Pa"),
        (1240.0, "Pa", "1,240 Pa"),
        (3.2e-7, "V", "3.2e-07 V"),
    ],
)
def test_numbers_are_short_and_carry_their_unit(value, unit, expected):
    assert format_value(value, unit) == expected


@pytest.mark.parametrize(
    ("frequency", "unit", "expected"),
    [
        (49.83, "s", "at 49.8 Hz"),
        (0.133, "s", "at 0.133 Hz"),
        (0.01, "s", "about once every 100 s"),
        (1 / 250, "s", "about once every 4.2 min"),
        (1 / 84_400, "s", "about once every 23 h"),
        (1 / 604_800, "s", "about once every 7 days"),
        (1 / 11, "year", "about once every 11 years"),
        (1.0, "year", "about once every 1 year"),
        (2.0, "h", "about once every 0.5 h"),
        (1 / 942, "sample", "about once every 942 samples"),
    ],
)
def test_an_oscillation_is_told_by_frequency_or_period(frequency, unit, expected):
    assert format_frequency(frequency, TimeAxis(values=np.arange(9.0), unit=unit)) == expected


@pytest.mark.parametrize(("hz", "mains"), [(50.0, True), (60.4, True), (100.0, True), (52.0, False), (31.0, False)])
def test_mains_hum_is_suspected_only_near_a_mains_frequency(hz, mains):
    place = np.arange(5000) / RATE_HZ
    verdict = of_residual(0.1 * (np.random.default_rng(0).standard_normal(5000) + np.sin(2 * np.pi * hz * place)))
    assert ("mains hum" in texts(verdict, "warn")) == mains
    assert (", so part of your signal was probably removed" in texts(verdict, "warn")) == (not mains)


def test_spikes_that_were_removed_are_no_lost_events():
    rng = np.random.default_rng(4)
    clean = 0.8 * np.sin(np.arange(6000) / 114.0)
    for first in range(40, 5900, 151):  # knocks, which stay in the result
        clean[first : first + 80] += 3.0 * np.exp(-np.arange(80) / 12.0) * np.sin(np.arange(80) / 2.2)
    values = clean + 0.6 * np.convolve(rng.standard_normal(6002), np.ones(3) / 3.0, "valid")
    values[rng.random(6000) < 0.004] += 9.0
    series = Series.of(values)
    found = judge(series, Estimate(values=clean, method="given"), noise=describe(values))
    assert not found.signal_was_removed
