"""The formats that can be read and written: where their functions are, and how their files are laid out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

from denoise_core.files.layouts import ArrayLayout, JsonLayout, ParquetLayout, SheetLayout, SignalsLayout, SoundLayout, TextLayout
from denoise_core.series import Layout

if TYPE_CHECKING:
    from denoise_core.files.columns import Head, Table


@dataclass(frozen=True, kw_only=True)
class Format:
    """One kind of file.

    Parameters
    ----------
    module : str
        In this folder; imported only for files of this kind.
    reader : str
        Its function ``(path, *, name, options, limits) -> Table``.
    writer : str
        Its function ``(source, target, columns, layout)``: `source` once more as `target`, with the columns added.
    layout : type
        What its tables carry and its writer takes.
    head : str
        Its function ``(path, *, name, options, limits) -> Head``, where files of this kind can be shown without being read.
    """

    module: str
    reader: str
    writer: str
    layout: type[Layout]
    head: str = ""

    @property
    def read(self) -> Callable[..., Table]:
        """The reader."""
        function: Callable[..., Table] = self._function(self.reader)
        return function

    @property
    def write(self) -> Callable[..., None]:
        """The writer."""
        function: Callable[..., None] = self._function(self.writer)
        return function

    @property
    def read_head(self) -> Callable[..., Head] | None:
        """What shows the first rows, or None."""
        function: Callable[..., Head] | None = self._function(self.head) if self.head else None
        return function

    def _function(self, name: str) -> Any:
        return getattr(import_module(f"denoise_core.files.formats.{self.module}"), name)


FORMATS = {
    "text": Format(module="text", reader="read_text", writer="write_text", layout=TextLayout, head="text_head"),
    "workbook": Format(
        module="workbook", reader="read_workbook", writer="write_workbook", layout=SheetLayout, head="workbook_head"
    ),
    "parquet": Format(module="parquet", reader="read_parquet", writer="write_parquet", layout=ParquetLayout),
    "npy": Format(module="arrays", reader="read_npy", writer="write_npy", layout=ArrayLayout),
    "npz": Format(module="arrays", reader="read_npz", writer="write_npz", layout=ArrayLayout),
    "wav": Format(module="sound", reader="read_wav", writer="write_wav", layout=SoundLayout),
    "json": Format(module="json_records", reader="read_json", writer="write_json", layout=JsonLayout),
    "mat": Format(module="matlab", reader="read_mat", writer="write_mat", layout=SignalsLayout),
    "hdf5": Format(module="hdf5", reader="read_hdf5", writer="write_hdf5", layout=SignalsLayout),
    "tdms": Format(module="tdms", reader="read_tdms", writer="write_tdms", layout=SignalsLayout),
    "edf": Format(module="edf", reader="read_edf", writer="write_edf", layout=SignalsLayout),
    "uff": Format(module="uff", reader="read_uff", writer="write_uff", layout=SignalsLayout),
}
"""Name, as `detection.detect_format` gives it -> format."""
