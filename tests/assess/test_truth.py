"""Clean values are found by name, and only there."""

import numpy as np
import pytest

import denoise_core as dc
from denoise_core.assess import judge, truth_of
from denoise_core.files import sample_path


@pytest.mark.parametrize("name", ["vibration", "pressure_steps"])
def test_truth_of_a_sample_that_brings_it_is_its_true_column(name):
    recording = dc.read(sample_path(name))
    column = next(iter(recording.channels))
    np.testing.assert_array_equal(truth_of(recording, column), recording[f"{column}_true"].values)


def test_recording_without_a_true_column_has_no_truth():
    recording = dc.read(sample_path("ecg"))
    assert truth_of(recording, next(iter(recording.channels))) is None


def test_true_column_has_no_truth_of_its_own():
    recording = dc.read(sample_path("vibration"))
    assert truth_of(recording, "vibration_true") is None


def test_verdict_knows_a_gain_only_with_the_truth():
    recording = dc.read(sample_path("pressure_steps"))
    series, estimate = recording["pressure"], dc.denoise(recording["pressure"], method="wavelet")
    truth = truth_of(recording, "pressure")
    assert judge(series, estimate).gain_db is None
    assert judge(series, estimate, truth=truth).gain_db == dc.score(estimate, truth, noisy=series)["snr_gain_db"]
