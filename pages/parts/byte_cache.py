"""What the pages have computed, shared by everybody and limited by its size; what several ask for at once is computed once."""

from __future__ import annotations

import inspect
import sys
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, fields, is_dataclass
from typing import Any, Generic, ParamSpec, TypeVar, cast

import numpy as np

P = ParamSpec("P")
R = TypeVar("R")

MOST_BYTES = 256 * 2**20
IDLE_S = 7200.0
_SMALL = 512


@dataclass
class _Held:
    value: Any
    size: int
    used: float


class ByteCache:
    """Values by key, those used longest ago let go first; one that is larger than all may be is held alone."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most, self._total = most_bytes, 0
        self._held: OrderedDict[tuple[Hashable, ...], _Held] = OrderedDict()
        self._making: dict[tuple[Hashable, ...], threading.Lock] = {}
        self._guard = threading.Lock()

    def get(self, key: tuple[Hashable, ...], make: Callable[[], R]) -> R:
        """The value of `key`, made where there is none; an error of `make` is not remembered."""
        with self._guard:
            if key in self._held:
                return cast(R, self._use(key))
            being_made = self._making.setdefault(key, threading.Lock())
        with being_made:
            with self._guard:
                if key in self._held:
                    return cast(R, self._use(key))
            try:
                value = make()
            finally:
                with self._guard:
                    self._making.pop(key, None)
            self._hold(key, value)
        return value

    def holds(self, key: tuple[Hashable, ...]) -> bool:
        return key in self._held

    def forget(self, first: Hashable) -> None:
        """Let go what is held under keys that begin so."""
        with self._guard:
            for key in [key for key in self._held if key[0] == first]:
                self._total -= self._held.pop(key).size

    @property
    def total(self) -> int:
        """Bytes that are held, about."""
        return self._total

    def _use(self, key: tuple[Hashable, ...]) -> Any:
        held = self._held[key]
        held.used = time.monotonic()
        self._held.move_to_end(key)
        return held.value

    def _hold(self, key: tuple[Hashable, ...], value: Any) -> None:
        size, now = size_of(value), time.monotonic()
        with self._guard:
            self._held[key] = _Held(value, size, now)
            self._total += size
            while len(self._held) > 1:
                oldest = next(iter(self._held))
                if self._total <= self._most and self._held[oldest].used > now - IDLE_S:
                    break
                self._total -= self._held.pop(oldest).size


def size_of(value: Any) -> int:
    """Bytes of the arrays and texts in a value, about; an array that is in it twice counts once."""
    counted: set[int] = set()
    size, left = 0, [value]
    while left:
        one = left.pop()
        if id(one) in counted:
            continue
        counted.add(id(one))
        size += one.nbytes if isinstance(one, np.ndarray) else min(sys.getsizeof(one), _SMALL)
        if isinstance(one, str | bytes):
            size += len(one)
        elif isinstance(one, list | tuple | set | frozenset):
            left += one
        elif hasattr(one, "items"):
            left += (inner for pair in one.items() for inner in pair)
        elif is_dataclass(one) and not isinstance(one, type):
            left += (getattr(one, item.name) for item in fields(one))
    return size


class Kept(Generic[P, R]):
    """A function whose results are held in the one cache; parameters that begin with an underscore are no part of the key."""

    def __init__(self, function: Callable[P, R]) -> None:
        self._function, self._name = function, f"{function.__module__}.{function.__qualname__}"
        self._signature = inspect.signature(function)
        self.__doc__ = function.__doc__

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        given = self._signature.bind(*args, **kwargs)
        given.apply_defaults()
        key = (self._name, *(value for name, value in given.arguments.items() if not name.startswith("_")))
        return CACHE.get(key, lambda: self._function(*args, **kwargs))

    def holds(self, *key: Hashable) -> bool:
        """Whether there is a result for these parameters, those of the key alone."""
        return CACHE.holds((self._name, *key))

    def clear(self) -> None:
        """Forget its results."""
        CACHE.forget(self._name)


CACHE = ByteCache()
