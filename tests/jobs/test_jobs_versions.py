"""Results kept as runs: whoever made them, once for each token, named, and summed up."""

from dataclasses import replace
from itertools import zip_longest

import numpy as np
import pytest

import denoise_core as dc
from denoise_core.assess.summary import Summary, summarise
from denoise_core.config import NoiseConfig
from denoise_core.errors import RunError
from denoise_core.jobs import Request, Source, Store, new_id
from denoise_core.jobs.differences import differences, method_settings
from denoise_core.jobs.spec import COMPUTED, Spec
from denoise_core.jobs.storage.run_folder import RunFolder
from denoise_core.jobs.versions import distinct_names, ranked, results_for
from tests.common import small_config

OWNER = "o" * 24
DATA = b"x\n" + b"".join(b"%.4f\n" % value for value in np.random.default_rng(0).standard_normal(300))


@pytest.fixture
def home(tmp_path):
    return Store(tmp_path)


@pytest.fixture
def source(home):
    return Source(input=home.put_input(DATA, "x.csv"), file_name="x.csv", column="x")


@pytest.fixture
def keep(home, source):
    """``keep("median", window=5)``: the id of such a result, kept."""
    series = dc.read(DATA, name="x.csv")["x"]

    def _keep(method, *, source=source, owner=OWNER, **settings):
        estimate = dc.denoise(series, method=method, **settings)
        given = {"owner": owner, "title": "x.csv: x", "source": source, "stated": NoiseConfig(level=1.0)}
        return home.versions.keep(series, estimate, summarise(series, estimate), token=f"{method}{settings}", **given)

    return _keep


def test_a_kept_result_is_a_run_that_is_done_and_reads_back_to_the_last_bit(home, keep):
    run_id = keep("median", window=5)
    run, series = home.run(run_id), dc.read(DATA, name="x.csv")["x"]
    assert (run.state, run.spec.kind, run.spec.method, run.ended, run.has_result) == ("done", COMPUTED, "median", True, True)
    assert run.spec.config.noise.level == 1.0
    assert home.series(run_id).values.tobytes() == series.values.tobytes()
    expected = dc.denoise(series, method="median", window=5)
    assert home.estimate(run_id).values.tobytes() == expected.values.tobytes()
    assert home.versions.summary(run_id) == summarise(series, expected)
    assert home.blend(run_id) is None


def test_the_same_token_keeps_one_result_however_often_it_comes(home, keep):
    assert keep("median", window=5) == keep("median", window=5)
    assert keep("median", window=7) != keep("median", window=5)
    assert keep("median", window=5, owner="p" * 24) != keep("median", window=5)
    assert len(home.runs(OWNER)) == 2


def test_nobody_can_fill_the_disk_with_results(keep, monkeypatch):
    monkeypatch.setattr("denoise_core.jobs.versions.MOST_KEPT_OF_ONE", 2)
    first = keep("median", window=5)
    keep("median", window=7)
    with pytest.raises(RunError, match="2 results of yours are kept already"):
        keep("median", window=9)
    assert keep("median", window=5) == first
    keep("median", window=9, owner="p" * 24)


def test_results_of_one_series_come_in_the_order_in_which_they_were_made(home, keep, source):
    made = [keep("median", window=5), keep("savgol"), keep("median", window=7)]
    keep("median", window=9, source=replace(source, options={"delimiter": ";"}))
    keep("median", window=11, source=Source(input=home.put_input(DATA + b"1\n", "y.csv"), file_name="y.csv", column="x"))
    waiting = home.submit(
        Request.to_train(dc.read(DATA, name="x.csv")["x"], small_config()), owner=OWNER, title="t", source=source
    )
    assert [run.id for run in results_for(home.runs(OWNER), source)] == made
    assert results_for(home.runs(OWNER), replace(source, column="y")) == []
    assert waiting in [run.id for run in home.runs(OWNER)]


def test_a_result_is_renamed_the_last_name_counts_and_none_gives_back_what_it_is(home, keep):
    run_id = keep("median", window=5)
    assert home.run(run_id).name == "Median"
    home.versions.rename(run_id, "  my\nfavourite ")
    Store(home.home).versions.rename(run_id, "our favourite")
    assert home.run(run_id).name == "our favourite"
    home.versions.rename(run_id, "x" * 500)
    assert len(home.run(run_id).name) == 80
    home.versions.rename(run_id, "")
    assert home.run(run_id).name == "Median"


def test_a_damaged_name_or_summary_is_as_if_there_were_none(home, keep):
    run_id = keep("median", window=5)
    folder = RunFolder(home.home / "runs" / run_id)
    (folder.path / "name.json").write_bytes(b"[1")
    (folder.path / "summary.json").write_bytes(b'{"method": 3')
    assert home.run(run_id).name == "Median"
    assert home.versions.summary(run_id) is None
    home.versions.keep_summary(run_id, 0, Summary(method="median", removed_rms=1.0))
    assert home.versions.summary(run_id) == Summary(method="median", removed_rms=1.0)


def test_a_deleted_result_is_told_missing_and_can_be_restored_with_its_name(home, keep):
    run_id = keep("median", window=5)
    home.versions.rename(run_id, "mine")
    home.discard(run_id)
    with pytest.raises(RunError, match="no longer here"):
        home.versions.rename(run_id, "theirs")
    with pytest.raises(RunError, match="no longer here"):
        home.versions.summary(run_id)
    home.versions.keep_summary(run_id, 0, Summary(method="median", removed_rms=1.0))
    home.restore(run_id)
    assert home.run(run_id).name == "mine"


def test_a_result_whose_state_was_damaged_is_still_done_and_never_trained(home, keep):
    run_id = keep("median", window=5)
    (home.home / "runs" / run_id / "state.json").write_bytes(b"?")
    assert home.run(run_id).state == "done"


def test_names_that_come_again_get_a_number():
    assert distinct_names(["a", "b", "a", "a"]) == ["a", "b", "a (2)", "a (3)"]


def test_the_least_estimated_error_comes_first_and_results_without_one_last_the_latest_first():
    errors = (0.3, None, 0.1, None)
    assert ranked([Summary(method="m", removed_rms=1.0, error=error) for error in errors]) == [2, 0, 3, 1]
    assert ranked([]) == []


def told(*found, stated=()):
    """Differences between results, each (kind, method, settings or config); with what was `stated` of the noise of each."""
    base = {"title": "t", "owner": new_id(), "created": 0.0, "channels": ("x",), "unit": "", "samples": 9, "source": Source()}
    results = []
    for (kind, method, settings), noise in zip_longest(found, stated, fillvalue=NoiseConfig()):
        config = settings if kind == "train" else replace(small_config(), noise=noise)
        spec = Spec(kind=kind, method=method, config=config, **base)
        results.append((spec, None if kind == "train" else Summary(method=method, settings=settings, removed_rms=1.0)))
    return differences(results, rate_hz=50.0)


def test_only_settings_that_differ_among_results_of_a_kind_are_told():
    savgol = [("computed", "savgol", {"window": window, "order": 2}) for window in (11, 21)]
    assert told(*savgol) == ["Window 11 samples", "Window 21 samples"]
    trained = [("train", "", small_config({"training.epochs": epochs})) for epochs in (4, 8)]
    assert told(*trained) == ["Epochs 4", "Epochs 8"]
    assert told(trained[0], trained[0]) == ["", ""]
    assert told(savgol[0], savgol[0], stated=[NoiseConfig(), NoiseConfig(remove_hum=True)]) == [
        "Remove hum off",
        "Remove hum on",
    ]


def test_a_filter_that_is_there_once_tells_all_its_settings_in_the_words_of_the_field():
    assert told(("computed", "lowpass", {"cutoff": 0.1, "order": 4})) == ["Cutoff 5 Hz, Order 4"]
    assert method_settings("wavelet", {"wavelet": "haar", "rule": "bayes", "level": 0, "noise_sd": 0.3}) == (
        "Wavelet haar, Threshold BayesShrink (soft)"
    )
    hard = {"wavelet": "haar", "rule": "hard", "cut": 3.5}
    assert "Hard threshold 3.5" in method_settings("wavelet", hard)
    assert "Hard threshold" not in method_settings("wavelet", hard | {"rule": "bayes"})
    assert method_settings("auto", {"weights": {"instant": 0.7, "nonlocal": 0.298, "wavelet": 0.002}}) == (
        "70 % Instant + 30 % Repetitions"
    )
    assert method_settings("instant", {}) == ""
