"""What a network learns from is checked before it is learnt from, and each goal finds its target."""

import numpy as np
import pytest

from denoise_core import DataError, Series, SettingsError
from denoise_core.dataset.training_set import TrainingSet

N = 400
CLEAN = np.sin(np.arange(N) / 11.0)


def noisy(seed, *, clean=CLEAN, name="take"):
    return Series.of(clean + 0.3 * np.random.default_rng(seed).standard_normal(len(clean)), name=f"{name} {seed}")


@pytest.mark.parametrize("objective", ["blind_spot", "next_step", "reconstruct"])
def test_a_series_is_its_own_target(objective):
    series = noisy(0)
    (target,) = TrainingSet.of(series).targets(objective)
    assert target.noise_share == 1.0
    np.testing.assert_array_equal(target.values, series.values)


def test_a_clean_column_is_the_target_of_supervised_learning():
    (target,) = TrainingSet.of(noisy(0), clean=CLEAN).targets("supervised")
    assert target.noise_share == 0.0
    np.testing.assert_array_equal(target.values, CLEAN)


def test_the_target_of_a_repeat_is_the_mean_of_the_others_that_are_there():
    takes = [noisy(i) for i in range(3)]
    takes[1].values[7] = np.nan
    takes[1].values[9] = takes[2].values[9] = np.nan
    first = TrainingSet.of(takes).targets("repeats")[0]
    assert first.noise_share == 0.5
    assert first.values[0] == pytest.approx((takes[1].values[0] + takes[2].values[0]) / 2)
    assert first.values[7] == takes[2].values[7]
    assert np.isnan(first.values[9])


def test_noise_is_added_to_a_clean_recording_at_the_wished_strength_and_another_in_each_draw():
    clean = Series.of(np.tile(CLEAN, 20))
    data = TrainingSet.with_added_noise(clean, snr=4.0, seed=1)
    noises = [series.values - clean.values for series in data.noisy]
    assert [n.std() for n in noises] == pytest.approx([clean.values.std() / 4.0] * len(noises), rel=0.05)
    assert abs(np.corrcoef(noises[0], noises[1])[0, 1]) < 0.05
    assert data.to_denoise == data.noisy[:1]
    again = TrainingSet.with_added_noise(clean, snr=4.0, seed=1)
    np.testing.assert_array_equal(again.noisy[3].values, data.noisy[3].values)


def test_coloured_noise_may_be_added_too():
    data = TrainingSet.with_added_noise(Series.of(np.tile(CLEAN, 20)), snr=4.0, seed=1, colour="coloured")
    noise = data.noisy[0].values - data.clean[0]
    assert np.corrcoef(noise[1:], noise[:-1])[0, 1] == pytest.approx(0.8, abs=0.05)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: TrainingSet.of([]), "no series to train on"),
        (lambda: TrainingSet.of(noisy(0), clean=CLEAN[:-1]), "has 399 samples, and take 0 has 400"),
        (lambda: TrainingSet.of(noisy(0), clean=np.full(N, np.nan)), "no numbers at all"),
        (lambda: TrainingSet.of([noisy(0), noisy(1)], clean=[CLEAN]), "1 clean columns for 2 noisy ones"),
        (lambda: TrainingSet.of(noisy(0)).targets("supervised"), "needs a clean column"),
        (lambda: TrainingSet.of(noisy(0)).targets("repeats"), "needs two or more recordings"),
        (lambda: TrainingSet.of([noisy(0), noisy(1, clean=CLEAN[:300])]).targets("repeats"), "must be equally long"),
        (lambda: TrainingSet.of([noisy(0), noisy(1, clean=np.roll(CLEAN, 20))]).targets("repeats"), "must be aligned"),
        (lambda: TrainingSet.of([noisy(0), noisy(1, clean=np.zeros(N))]).targets("repeats"), "does not resemble"),
    ],
)
def test_what_cannot_be_learnt_from_is_refused_with_a_remedy(make, words):
    with pytest.raises(DataError, match=words):
        make()


def test_the_shift_between_repeats_is_named():
    rng = np.random.default_rng(0)
    thing = np.convolve(rng.standard_normal(N + 50), np.ones(5), mode="same")
    takes = [noisy(0, clean=thing[:N]), noisy(1, clean=thing[14 : N + 14])]
    with pytest.raises(DataError, match="take 1 comes 14 samples earlier than take 0"):
        TrainingSet.of(takes).targets("repeats")


def test_unknown_noise_is_refused():
    with pytest.raises(SettingsError, match="white or coloured"):
        TrainingSet.with_added_noise(Series.of(CLEAN), snr=3.0, seed=0, colour="pink")
