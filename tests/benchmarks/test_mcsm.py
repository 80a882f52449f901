"""The table of chirps and tones is the published one, and the noise has the stated SNR exactly."""

import numpy as np
import pytest

from tests.benchmarks import mcsm

BEST = {"McMultiLinear": (5.62, 15.70), "McSyntheticMixture3": (6.93, 17.80), "HermiteFunction": (14.14, 23.41)}


@pytest.mark.parametrize("signal", BEST)
def test_the_best_published_figures_come_out_as_they_are_quoted(signal):
    best = mcsm.best_published()
    assert (best[f"{signal}.0.mcsm"], best[f"{signal}.10.mcsm"]) == pytest.approx(BEST[signal], abs=0.006)


@pytest.mark.parametrize("snr", mcsm.SNRS)
def test_the_noisy_signal_itself_has_a_quality_of_the_stated_snr(monkeypatch, snr):
    truth = np.sin(np.arange(1024) ** 2 / 4000)
    monkeypatch.setattr(mcsm, "clean", lambda _: truth)
    assert mcsm.qrf(mcsm.noisy("any", snr, seed=3), truth) == pytest.approx(snr, abs=1e-9)


def test_without_the_signals_nothing_is_made_up(monkeypatch):
    monkeypatch.delenv("MCSM_SIGNALS", raising=False)
    mcsm.clean.cache_clear()
    with pytest.raises(FileNotFoundError, match="MCSM_SIGNALS"):
        mcsm.clean("McMultiLinear")
