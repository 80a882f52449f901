"""The few errors that a user can meet."""

from __future__ import annotations

from collections.abc import Iterable


class DenoiseError(Exception):
    """Base of every error whose text is meant for the person at the screen.

    The message is one or two plain sentences: what is wrong, where, and what to do.
    """


class DataError(DenoiseError):
    """A file or a series cannot be used as it is."""


class SettingsError(DenoiseError):
    """One or more settings are out of range or contradict each other.

    Attributes
    ----------
    problems : tuple of str
        Every fault, not only the first.
    """

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(self.problems))


class RunError(DenoiseError):
    """A training run cannot be found, opened or continued."""
