"""Reading an upload: checks its size, then has a throw-away process read it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from denoise_core.errors import DataError
from denoise_core.files.file_preview import Preview
from denoise_core.files.options import Limits, ReadOptions
from denoise_core.files.sandbox import ipc
from denoise_core.files.sandbox.runner import run_child
from denoise_core.series import Recording

PREFIX = "denoise-reading-"
"""Of the temporary folders, so that those of a killed process can be swept away."""


def read(
    source: str | Path | bytes, *, name: str | None = None, options: ReadOptions | None = None, limits: Limits | None = None
) -> Recording:
    """Read a time series file: CSV and other text, XLSX, ODS, Parquet, NPY, NPZ, WAV.

    Parameters
    ----------
    source : path or bytes
    name : str or None
        What to call the file; it is only shown, never opened.
    options : ReadOptions or None
        What is known about the file; None detects everything.
    limits : Limits or None
        The most that reading may take; None for the shipped ones.

    Returns
    -------
    Recording
        Every numeric column as a channel, oldest sample first; `notes` says in sentences how it was read.

    Raises
    ------
    DataError
        With what is wrong, where, and what to do.
    """
    limits = limits or Limits()
    with open_source(source, limits=limits) as (path, folder):
        shown = name or ("The file" if isinstance(source, bytes) else path.name)
        task = {"verb": "read", "path": str(path), "name": shown, "options": (options or ReadOptions()).to_json()}
        return ipc.unpack(run_child(task, folder, name=shown, limits=limits), folder)


def preview(
    source: str | Path | bytes, *, name: str | None = None, options: ReadOptions | None = None, limits: Limits | None = None
) -> Preview:
    """How `read` understands a file with these options; parameters as there.

    Raises
    ------
    DataError
        If the file is too large, or the process that reads it had to be ended.
    """
    limits = limits or Limits()
    with open_source(source, limits=limits) as (path, folder):
        shown = name or ("The file" if isinstance(source, bytes) else path.name)
        task = {"verb": "preview", "path": str(path), "name": shown, "options": (options or ReadOptions()).to_json()}
        return Preview.from_json(run_child(task, folder, name=shown, limits=limits))


@contextmanager
def open_source(source: str | Path | bytes, *, limits: Limits) -> Iterator[tuple[Path, Path]]:
    """The absolute path of a source and an empty folder beside it, which goes at the end.

    Raises
    ------
    DataError
        If there is no such file, or it is larger than the limit.
    """
    with tempfile.TemporaryDirectory(prefix=PREFIX) as name:
        folder = Path(name)
        if isinstance(source, bytes):
            path, size = folder / "upload", len(source)
        else:
            path = Path(source).resolve()
            if not path.is_file():
                raise DataError(f"There is no file {source}. Check the path.")
            size = path.stat().st_size
        if size > limits.file_bytes:
            most = limits.file_bytes / 2**20
            raise DataError(
                f"The file has {size / 2**20:,.1f} MB; at most {most:,.4g} MB can be read. Upload a shorter recording."
            )
        if isinstance(source, bytes):
            path.write_bytes(source)
        yield path, folder
