"""What one command reads from files."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path

from denoise_core import files
from denoise_core.assess.formatting import plural
from denoise_core.cli.console import Say
from denoise_core.dataset.selection import ChannelSelection
from denoise_core.errors import SettingsError
from denoise_core.series import Recording

_CHARACTERS = {"tab": "\t", "\\t": "\t", "spaces": " "}


def read(arguments: Namespace, say: Say, *, channels: Sequence[str] = ()) -> ChannelSelection:
    """The recording and columns of a command; without --column, those of a model's `channels`, or else the first column.

    Raises
    ------
    DataError
        If a file cannot be read.
    SettingsError
        If the number of clean columns differs from that of the columns.
    """
    recording = recording_of(arguments.input, arguments, say)
    columns = tuple(arguments.column or _default(recording, channels, say))
    if arguments.clean and len(arguments.clean) != len(columns):
        told = f"--clean names {plural(len(arguments.clean), 'column')} for {len(columns)} noisy ones ({', '.join(columns)})"
        raise SettingsError([f"{told}: name one for each."])
    more = tuple(recording_of(path, arguments, say) for path in arguments.more)
    return ChannelSelection(recording=recording, more=more, columns=columns, clean=tuple(arguments.clean))


def _default(recording: Recording, channels: Sequence[str], say: Say) -> Sequence[str]:
    """The channels of a model, if the recording has any of them, else its first column."""
    if any(channel in recording.channels for channel in channels):
        return channels
    return [first(recording, say)]


def recording_of(path: Path, arguments: Namespace, say: Say) -> Recording:
    """A file, read as the options say; its notes are reported."""
    recording = files.read(path, options=_options(arguments))
    for note in recording.notes:
        say(note)
    return recording


def _options(arguments: Namespace) -> files.ReadOptions:
    """What the command line says of how files are read."""
    return files.ReadOptions(
        delimiter=_CHARACTERS.get(arguments.delimiter, arguments.delimiter),
        decimal=arguments.decimal,
        header=arguments.header,
        footer=arguments.footer,
        sheet=arguments.sheet,
        gap_words=arguments.gap_words,
        units=dict(arguments.unit),
        roles=dict(arguments.role),
        time_column=arguments.time_column,
        rate_hz=arguments.rate,
    )


def first(recording: Recording, say: Say) -> str:
    """The name of the first column, which is reported if there are others."""
    name, *others = recording.channels
    if others:
        say(f"Using column {name!r}; choose another with --column: {', '.join(others)}.")
    return name
