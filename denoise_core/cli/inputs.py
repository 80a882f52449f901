"""What is read from files for one command. Knows no settings and writes nothing."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path

from denoise_core import files
from denoise_core.cli.console import Say
from denoise_core.dataset.selection import ChannelSelection
from denoise_core.errors import SettingsError
from denoise_core.series import Recording


def read(arguments: Namespace, say: Say, *, channels: Sequence[str] = ()) -> ChannelSelection:
    """The material of a command; where no column is named, those of a model's `channels` are taken, or else the first.

    Raises
    ------
    DataError
        If a file cannot be read.
    SettingsError
        If there is not one clean column for each column.
    """
    recording = recording_of(arguments.input, arguments, say)
    columns = tuple(arguments.column or _default(recording, channels, say))
    if arguments.clean and len(arguments.clean) != len(columns):
        told = f"--clean names {len(arguments.clean)} columns for {len(columns)} noisy ones ({', '.join(columns)})"
        raise SettingsError([f"{told}: name one for each."])
    more = tuple(recording_of(path, arguments, say) for path in arguments.more)
    return ChannelSelection(recording=recording, more=more, columns=columns, clean=tuple(arguments.clean))


def _default(recording: Recording, channels: Sequence[str], say: Say) -> Sequence[str]:
    """The channels of a model, if the recording has any of them, else its first column."""
    if any(channel in recording.channels for channel in channels):
        return channels
    return [first(recording, say)]


def recording_of(path: Path, arguments: Namespace, say: Say) -> Recording:
    """A file, read as the command line says; its notes are said."""
    options = files.ReadOptions(time_column=arguments.time_column, rate_hz=arguments.rate)
    recording = files.read(path, options=options)
    for note in recording.notes:
        say(note)
    return recording


def first(recording: Recording, say: Say) -> str:
    """The name of the first column, which is said if there are others."""
    name, *others = recording.channels
    if others:
        say(f"Taking the column {name!r}; --column chooses another: {', '.join(others)}.")
    return name
