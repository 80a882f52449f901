"""Lengths of time in words."""

from __future__ import annotations

_UNITS = ((86400.0, "day"), (3600.0, "h"), (60.0, "min"), (1.0, "s"), (1e-3, "ms"))


def duration(length: float, unit: str) -> str:
    """Where the unit is seconds in the largest unit that it holds twice: "50 s", "2 min", "3 days", "20 ms"; else as it is.

    Examples
    --------
    >>> duration(259200.0, "s"), duration(90.0, "s"), duration(2.0, "year")
    ('3 days', '90 s', '2 year')
    """
    if unit != "s":
        return f"{_number(length)} {unit}"
    size, word = next(((size, word) for size, word in _UNITS if length >= 2 * size), _UNITS[-1])
    return f"{_number(length / size)} {word}{'s' * (word == 'day')}"


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100.0 else f"{value:.3g}"
