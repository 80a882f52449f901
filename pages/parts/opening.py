"""Opening a file: it is shown if it can be read and used, else corrected on the bench."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from denoise_core.errors import DataError, DenoiseError
from denoise_core.jobs import Source
from pages.parts import state
from pages.parts.cached import preview, recording, store


def take(data: bytes, name: str) -> None:
    """Store an uploaded file and open it."""
    attempt(lambda: Source(input=store().put_input(data, name), file_name=name))


def attempt(make: Callable[[], Source]) -> None:
    """Show the series that `make` returns if it can be read and used, else its file on the bench.

    Where nothing of the file can be shown, or it is the one on the page, say why and keep the present one.
    """
    source = None
    try:
        source = make()
        state.choose(usable(source))
    except DenoiseError as error:
        if source is not None and not source.column and _can_be_corrected(source):
            state.correct(source, str(error))
        else:
            state.retry(str(error))


def usable(source: Source) -> Source:
    """The same with the first column that can be denoised, where none is named; DataError where it cannot be."""
    source = source if source.column else _with_column(source)
    recording(source)[source.column].check_usable()
    return source


def _can_be_corrected(source: Source) -> bool:
    try:
        return bool(preview(source).rows)
    except DenoiseError:
        return False


def _with_column(source: Source) -> Source:
    read = recording(source)
    fault = DataError(f"{read.name} has no numeric column.")
    for name in read.channels:
        try:
            read[name].check_usable()
            return replace(source, column=name)
        except DataError as error:
            fault = error
    raise fault
