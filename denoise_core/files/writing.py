"""Writing a result the way the file came, in a throw-away process, since that reads the uploaded bytes once more."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from denoise_core.errors import DataError
from denoise_core.files import layouts
from denoise_core.files.atomic_io import replace_by
from denoise_core.files.options import Limits
from denoise_core.files.output_columns import output_columns
from denoise_core.files.reading import open_source
from denoise_core.files.sandbox import ipc
from denoise_core.files.sandbox.runner import run_child

if TYPE_CHECKING:
    from denoise_core.series import Estimate, Recording

_OTHER_ENDING = {".ods": ".xlsx"}


def write(
    recording: Recording,
    estimates: Mapping[str, Estimate],
    path: str | Path,
    *,
    like: str | Path | bytes,
    residual: bool = False,
    sd: bool = False,
) -> None:
    """Write a result to `path`, which is replaced only when all of it is there.

    Parameters
    ----------
    recording : Recording
        As `read` gave it for `like`.
    estimates : mapping of channel name to Estimate
    like : path or bytes
        The file that was denoised: its delimiter, decimal mark, time format, row order and encoding are kept, and
        ``<name>_denoised`` is added. Sound gets the channel replaced. ODS is written as XLSX.
    residual, sd : bool
        Whether to add ``<name>_residual`` (noisy - denoised; also ``<name>_hum`` and ``<name>_drift``, if they were removed) and
        ``<name>_sd`` (where the method knows it).

    Raises
    ------
    DataError
        If estimates and file do not belong together, or `path` cannot be written.
    """
    target = Path(path)
    with _render_to_file(recording, estimates, like=like, residual=residual, sd=sd) as result:
        try:
            replace_by(target.resolve(), lambda temporary: shutil.copyfile(result, temporary))
        except OSError as error:
            raise DataError(f"{target} cannot be written: {error.strerror or error}. Choose another location.") from error


def render(
    recording: Recording,
    estimates: Mapping[str, Estimate],
    *,
    like: str | Path | bytes,
    residual: bool = False,
    sd: bool = False,
) -> bytes:
    """What `write` would write, as bytes."""
    with _render_to_file(recording, estimates, like=like, residual=residual, sd=sd) as result:
        return result.read_bytes()


def denoised_name(name: str) -> str:
    """The name to offer for the result: ``denoised_name("pump.csv") == "pump_denoised.csv"``. Never holds a folder."""
    plain = PurePath(name.replace("\\", "/")).name
    kept = "".join(char for char in plain if char.isprintable() and char not in '<>:"|?*') or "series.csv"
    stem, ending = PurePath(kept).stem, PurePath(kept).suffix
    if ending.lower() == ".gz" and (inner := PurePath(stem)).suffix:
        return f"{denoised_name(inner.name)}{ending}"
    return f"{stem}_denoised{_OTHER_ENDING.get(ending.lower(), ending)}"


@contextmanager
def _render_to_file(
    recording: Recording, estimates: Mapping[str, Estimate], *, like: str | Path | bytes, residual: bool, sd: bool
) -> Iterator[Path]:
    if recording.layout is None:
        raise DataError(f"{recording.name} was not read from a file, so there is no format to write it in.")
    limits = Limits()
    columns = output_columns(recording, estimates, residual=residual, sd=sd)
    with open_source(like, limits=limits) as (path, folder):
        packed = ipc.pack_columns(columns, folder)
        task = {"verb": "write", "path": str(path), "layout": layouts.to_json(recording.layout), "columns": packed}
        run_child(task, folder, name=recording.name, limits=limits)
        yield folder / ipc.RESULT
