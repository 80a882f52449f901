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


def test_a_session_has_as_many_tasks_going_as_there_are_places_and_tops_them_up():
    background, gate, begun = Background(2), threading.Event(), []

    def task(name):
        def run():
            begun.append(name)
            gate.wait(5)

        return run

    tasks = {name: task(name) for name in "abcd"}
    background.top_up(tasks)
    background.top_up(tasks)
    assert set(background._going) == {"a", "b"}
    background.top_up({"e": task("e")})
    assert set(background._going) == {"a", "b", "e"}
    gate.set()
    until(lambda: all(future.done() for future in background._going.values()))
    assert sorted(begun) == ["a", "b", "e"]
    background.top_up({name: tasks[name] for name in "cd"})
    until(lambda: len(begun) == 5)


def test_a_task_that_fails_gives_its_place_back():
    background, done = Background(1), []
    background.top_up({"bad": lambda: 1 / 0})
    until(lambda: background._going["bad"].done())
    background.top_up({"good": lambda: done.append("good")})
    until(lambda: done == ["good"])
