"""The pages' cache is limited by bytes, computes once what many ask for at once, and serves first looks in order."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

import denoise_core as dc
from denoise_core.jobs import Source
from pages.parts import cached, quick_estimates
from pages.parts.byte_cache import ByteCache, Kept, size_of
from pages.parts.first_come import FirstCome


def test_what_was_used_longest_ago_goes_when_the_bytes_run_out():
    cache, made = ByteCache(3000), []

    def make(name):
        made.append(name)
        return np.zeros(125)  # 1,000 bytes

    for name in "aabcadb":
        cache.get((name,), lambda name=name: make(name))
    assert made == ["a", "b", "c", "d", "b"]
    assert cache.total == 3000


def test_one_value_larger_than_all_is_held_alone():
    cache = ByteCache(1000)
    for name in ("small", "large"):
        cache.get((name,), lambda name=name: np.zeros(10 if name == "small" else 1000))
    assert (cache.total, cache.holds(("small",)), cache.holds(("large",))) == (8000, False, True)


def test_the_size_of_a_recording_is_that_of_its_arrays_each_once():
    values = np.zeros(10_000)
    recording = dc.Recording(name="x", time=dc.TimeAxis.evenly(10_000, rate_hz=1.0), channels={"a": values, "b": values})
    assert 160_000 <= size_of(recording) <= 175_000


def test_what_many_ask_for_at_once_is_made_once_and_an_error_is_not_remembered():
    calls = []

    def make(name, _hidden=None):
        calls.append(name)
        time.sleep(0.05)
        if len(calls) == 1:
            raise ValueError("the first time it fails")
        return name.upper()

    kept = Kept(make)
    with pytest.raises(ValueError, match="fails"):
        kept("a")
    with ThreadPoolExecutor(8) as people:
        assert set(people.map(lambda k: kept("a", k), range(8))) == {"A"}
    assert calls == ["a", "a"]
    kept.clear()
    assert not kept.holds("a", None)
    assert kept("a") == "A"
    assert len(calls) == 3


def test_first_looks_are_served_in_the_order_in_which_they_came():
    gate, served, hold, people = FirstCome(1), [], threading.Event(), []

    def look(k):
        with gate.turn():
            served.append(k)
            hold.wait(30)

    for k in range(6):
        people.append(threading.Thread(target=look, args=(k,)))
        people[-1].start()
        while gate.ahead < k + 1:
            time.sleep(0.001)
    hold.set()
    for person in people:
        person.join()
    assert served == list(range(6))
    assert gate.ahead == 0


def test_as_many_are_served_at_once_as_there_are_places():
    gate, both = FirstCome(2), threading.Barrier(2)

    def look(_):
        with gate.turn():
            both.wait(30)

    with ThreadPoolExecutor(6) as people:
        list(people.map(look, range(6)))
    assert gate.ahead == 0


def test_an_error_in_a_turn_leaves_the_place_to_the_next():
    gate = FirstCome(1)
    with pytest.raises(ZeroDivisionError), gate.turn():
        _ = 1 / 0
    with gate.turn():
        assert gate.ahead == 1


def test_a_rerun_reads_its_recording_once_however_full_the_cache_is(store, pump, monkeypatch):
    source = Source(input=store.put_input(pump + b"\n", "pump.csv"), file_name="pump.csv", column="pressure")
    first = cached.recording(source)
    cached._recording.clear()
    monkeypatch.setattr(cached.dc, "read", None)
    assert cached.recording(source) is first


def test_the_instant_result_is_kept_with_the_upload_and_comes_back_to_the_last_bit(store, pump, monkeypatch):
    source = Source(input=store.put_input(pump, "pump.csv"), file_name="pump.csv", column="pressure")
    quick_estimates._quick_estimate.clear()
    first = quick_estimates.quick_estimate(source, "instant")
    quick_estimates._quick_estimate.clear()
    monkeypatch.setattr(cached.dc, "denoise", None)
    again = quick_estimates.quick_estimate(source, "instant")
    assert again is not first
    assert (again.values.tobytes(), again.sd.tobytes(), again.noise_sd) == (
        first.values.tobytes(),
        first.sd.tobytes(),
        first.noise_sd,
    )
    (kept,) = (store.home / "inputs" / source.input).glob("*.npz")
    kept.write_bytes(b"damaged")
    monkeypatch.undo()
    quick_estimates._quick_estimate.clear()
    assert quick_estimates.quick_estimate(source, "instant").values.tobytes() == first.values.tobytes()
