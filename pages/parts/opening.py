"""Opening a file: it is shown if it can be read and used, else corrected on the bench."""

from __future__ import annotations

from dataclasses import replace

from denoise_core.errors import DataError, DenoiseError
from denoise_core.jobs import Source
from denoise_core.jobs.storage.inputs import sha256
from pages.parts import state
from pages.parts.cached import keep_upload, preview, recording


def take(data: bytes, name: str) -> None:
    """Open an uploaded file, and store it if it can be used."""
    _open(Source(input=sha256(data), file_name=name), data)


def read_again(source: Source) -> None:
    """Open a file once more, with other options or another column."""
    session = state.current()
    _open(source, session.unread_data if session.unread and session.unread.input == source.input else None)


def _open(source: Source, data: bytes | None) -> None:
    """Show a series if it can be read and used, else its file on the bench.

    Where nothing of the file can be shown, or it is the one on the page, say why and keep the present one.
    """
    try:
        if data is not None:
            owner = state.current().workspace
            keep_upload(data, source.file_name, owner=owner, check=usable, options=source.options)
        state.choose(usable(source))
    except DenoiseError as error:
        if isinstance(error, DataError) and not source.column and _can_be_corrected(source, data):
            state.correct(source, str(error), data)
        else:
            state.retry(str(error))


def usable(source: Source) -> Source:
    """The same with the first column that can be denoised, where none is named; DataError where it cannot be."""
    source = source if source.column else _with_column(source)
    recording(source)[source.column].check_usable()
    return source


def _can_be_corrected(source: Source, data: bytes | None) -> bool:
    try:
        return bool(preview(source, data).rows)
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
