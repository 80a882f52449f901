"""Tasks beside a page: no more than there is room for, none twice, and an error ends only its own."""

import threading
import time

from pages.parts.background import Background


def until(true):
    for _ in range(500):
        if true():
            return
        time.sleep(0.01)
    raise AssertionError("it did not happen within five seconds")


def test_places_are_filled_the_moment_they_are_free_from_one_page_after_the_other_and_nothing_is_done_twice():
    background, gate, begun = Background(2), threading.Semaphore(0), []

    def task(name):
        def run():
            begun.append(name)
            gate.acquire(timeout=5)

        return run

    background.compute("page", {name: task(name) for name in "abcd"})
    until(lambda: len(begun) == 2)
    assert set(begun) == {"a", "b"}
    background.compute("page", {name: task(name) for name in "abcd"})
    background.compute("other", {name: task(name) for name in "aef"})
    gate.release(2)
    until(lambda: len(begun) == 4)
    assert set(begun[2:]) == {"c", "e"}
    gate.release(20)
    until(lambda: not background._workers)
    assert sorted(begun) == list("abcdef")


def test_what_a_page_asks_for_replaces_what_it_asked_for_before_and_a_page_that_has_been_left_gets_nothing():
    background, gate, done = Background(1, patience_s=0.05), threading.Event(), []
    background.compute("page", {"first": lambda: gate.wait(5), "dropped": lambda: done.append("dropped")})
    background.compute("page", {"kept": lambda: done.append("kept")})
    gate.set()
    until(lambda: done == ["kept"])
    gate.clear()
    background.compute("page", {"second": lambda: gate.wait(5), "late": lambda: done.append("late")})
    time.sleep(0.1)
    gate.set()
    until(lambda: not background._workers)
    assert done == ["kept"]


def test_a_task_that_fails_gives_its_place_back():
    background, done = Background(1), []
    background.compute("page", {"bad": lambda: 1 / 0, "good": lambda: done.append("good")})
    until(lambda: not background._workers)
    assert done == ["good"]
