"""What training may gain is read off the records that are most like one."""

import numpy as np
import pytest

from denoise_core import Series
from denoise_core.noise import describe
from denoise_core.suggestions.expectation import Expectation, Measured, describe_record, expect, in_words, read, write


def rows(length, snr, periodic, gains):
    return [Measured(samples=length, snr=snr, periodic=periodic, gain_db=gain, seed=i) for i, gain in enumerate(gains)]


@pytest.fixture(scope="module")
def repeating():
    rng = np.random.default_rng(0)
    return Series.of(np.sin(np.arange(2000) / 9.0) + rng.standard_normal(2000) * np.sqrt(0.5) / 3.0)


def test_a_record_is_described_by_its_snr_and_whether_it_repeats(repeating):
    snr, periodic = describe_record(repeating, describe(repeating.values))
    assert snr == pytest.approx(3.0, rel=0.15)
    assert periodic
    rng = np.random.default_rng(0)
    assert not describe_record(Series.of(rng.standard_normal(2000)), describe(rng.standard_normal(2000)))[1]


def test_records_of_like_length_snr_and_kind_count_most(repeating):
    noise = describe(repeating.values)
    near = rows(2048, 3.0, True, [1.0, 1.2, 1.4, 1.6, 1.8])
    far = [*rows(200_000, 3.0, True, [9.0] * 5), *rows(2048, 30.0, True, [9.0] * 5), *rows(2048, 3.0, False, [-9.0])]
    expected = expect(repeating, noise, [*near, *far])
    assert 0.9 < expected.low_db < 1.3
    assert 1.5 < expected.high_db < 2.0
    assert expect(repeating, noise, []) is None


def test_without_visible_noise_nothing_is_expected():
    ramp = Series.of(np.arange(500.0))
    assert expect(ramp, describe(ramp.values), rows(500, 3.0, False, [1.0])) is None


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (-1.24, 0.31, "between 1.2 dB below and 0.3 dB above"),
        (0.2, 1.0, "0.2 to 1.0 dB above"),
        (-2.0, -0.5, "0.5 to 2.0 dB below"),
    ],
)
def test_the_range_is_said_in_words(low, high, words):
    said = in_words(Expectation(low_db=low, high_db=high, samples=20_000, snr=3.1, periodic=True))
    assert words in said
    assert "20,000 samples, SNR about 3, repeating" in said


def test_measurements_are_read_as_they_were_written(tmp_path):
    kept = rows(1024, 1.0, False, [-0.5, 0.25])
    write(kept, tmp_path / "kept.json")
    assert list(read(tmp_path / "kept.json")) == kept
    assert read(tmp_path / "none.json") == ()
