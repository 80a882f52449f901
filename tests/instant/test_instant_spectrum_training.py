"""The training of the spectrum estimator: runs as it is called, saves as it goes, and goes on from what it saved."""

import numpy as np
import pytest
import torch

from denoise_core.instant.pretraining import spectrum_training
from denoise_core.instant.pretraining.spectrum_network import SpectrumNetwork
from denoise_core.noise import spectrum_estimator

pytestmark = pytest.mark.slow


def test_the_command_writes_weights_that_the_estimator_takes(tmp_path, monkeypatch):
    monkeypatch.setattr(spectrum_training, "_SAMPLES", 2**13)
    spectrum_training.main(["--out", str(tmp_path), "--records", "16", "--minutes", "0.01"])
    monkeypatch.setattr(spectrum_estimator, "WEIGHTS", tmp_path / "describer.npz")
    spectrum_estimator._weights.cache_clear()
    estimate = spectrum_estimator.estimate_spectrum(np.random.default_rng(0).standard_normal(1024))
    spectrum_estimator._weights.cache_clear()
    assert estimate is not None
    assert 0.0 < estimate.sd < np.inf


def test_a_training_goes_on_from_its_weights(tmp_path):
    torch.manual_seed(0)
    one, other = SpectrumNetwork(), SpectrumNetwork()
    spectrum_training.export(one, tmp_path)
    spectrum_training.start_from(other, tmp_path / "describer.npz")
    for name, value in one.state_dict().items():
        torch.testing.assert_close(other.state_dict()[name], value, rtol=1e-3, atol=1e-6)
