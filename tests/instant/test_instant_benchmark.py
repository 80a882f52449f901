"""The benchmark is the published one: its functions, its noise, its table."""

import numpy as np
import pytest

from tests.benchmarks import quality_report, smash

# Of the noisy series at SNR 3 and constant variance, as the paper's protocol gives them
MISE = {"sp": 148.8, "bump": 113.8, "blk": 104.2, "ang": 236.6, "dop": 109.2, "blip": 124.0, "cor": 48.3}


@pytest.mark.parametrize("function", MISE)
def test_the_noisy_series_have_the_published_error(function):
    assert smash.mise_of_noisy(function, 3, "v1") == pytest.approx(MISE[function], abs=0.1)


@pytest.mark.parametrize("variance", smash.VARIANCES)
def test_the_mean_noise_sd_is_that_of_the_signal_over_the_snr_whatever_the_variance(variance):
    for function, mean in smash.MEANS.items():
        assert smash.noise_sd(function, 3, variance).mean() == pytest.approx(mean.std(ddof=1) / 3)


@pytest.mark.parametrize(
    ("method", "snr", "gain"),
    [("smash.homo.haar", 3, 11.95), ("smash.homo.haar", 1, 13.73), ("ebayesthresh", 3, 11.12), ("ebayesthresh", 1, 13.06)],
)
def test_published_gains_come_out_as_they_are_quoted(method, snr, gain):
    assert np.mean(quality_report.gains(smash.published()[method], snr, "v1")) == pytest.approx(gain, abs=0.006)


def test_the_table_puts_the_best_method_first():
    rows = {name: smash.published()[name] for name in ("ebayesthresh", "smash.haar", "bams.homo.s8")}
    lines = quality_report.table(rows, 3, "v1").splitlines()
    assert [line.split("|")[1].strip() for line in lines[2:]] == ["smash.haar", "ebayesthresh", "bams.homo.s8"]


def test_clipped_blocks_are_blocks_without_what_lies_below_their_first_level():
    sigma = smash.SIGMAS["v5"]
    places = {share: sigma[int(share * smash.N)] for share in (0.05, 0.11, 0.14, 0.2, 0.3, 0.42, 0.9)}
    quiet = sigma.min()
    loud = {share for share, value in places.items() if value > 10 * quiet}
    # Heights 4, -5, 3, -4, 5, -4.2, 2.1, ... add up to 4, -1, 2, -2, 3, -1.2, 0.9, ...
    assert loud == {0.11, 0.2, 0.3}
    assert places[0.3] / places[0.11] == pytest.approx(np.sqrt(3 / 4), rel=1e-4)
