"""Parquet files: every numeric column, and back with columns appended."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from denoise_core.errors import DataError
from denoise_core.files.columns import Column, Table, check_size, column_in_words, unique_names
from denoise_core.files.layouts import ParquetLayout
from denoise_core.files.options import Limits, ReadOptions
from denoise_core.files.output_columns import OutputColumn
from denoise_core.files.text.column_parser import ColumnParser
from denoise_core.files.text.units import split_unit

_NANOSECONDS = {"s": 1_000_000_000, "ms": 1_000_000, "us": 1_000, "ns": 1}


def read_parquet(path: Path, *, name: str, options: ReadOptions, limits: Limits) -> Table:
    """The table in a Parquet file.

    Raises
    ------
    DataError
        If the file is damaged or too large.
    """
    table = _open(path, limits, name=name)
    rows = np.arange(1, table.num_rows + 1, dtype=np.int64)
    pairs = [split_unit(text) for text in table.column_names]
    names = unique_names([text for text, _ in pairs])
    units = [(table.schema.field(k).metadata or {}).get(b"unit", b"").decode("utf-8", "replace") for k in range(len(names))]
    found = [_column(names[k], pairs[k][1] or units[k], table.column(k), rows, options) for k in range(len(names))]
    layout = ParquetLayout(names=tuple(names))
    notes = [f"Read as Parquet: {table.num_rows:,} rows, {table.num_columns} columns."]
    return Table(name=name, columns=[c for c in found if c is not None], rows=rows, layout=layout, notes=notes)


def _open(path: Path, limits: Limits, *, name: str) -> pa.Table:
    try:
        with pq.ParquetFile(path, memory_map=False) as file:
            meta = file.metadata
            check_size(meta.num_rows, file.schema_arrow and len(file.schema_arrow), limits, name=name)
            unpacked = sum(meta.row_group(k).total_byte_size for k in range(meta.num_row_groups))
            if unpacked > limits.unpacked_bytes:
                most = limits.unpacked_bytes / 2**20
                raise DataError(f"{name} would unpack to {unpacked / 2**20:,.0f} MB; at most {most:,.0f} MB can be read.")
            table = file.read(use_threads=False)
        table.validate(full=True)
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        if isinstance(error, MemoryError):
            raise
        raise DataError(f"{name} is a damaged Parquet file. Save it again and upload that.") from error
    return table


def _column(name: str, unit: str, column: pa.ChunkedArray, rows: NDArray[np.int64], options: ReadOptions) -> Column | None:
    kind = column.type
    if pa.types.is_dictionary(kind):
        column = column.cast(kind.value_type)
        kind = column.type
    if pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        numbers = column.cast(pa.float64(), safe=False).to_numpy()
        if np.isnan(numbers).all():
            return Column(name=name, kind="empty")
        return Column(name=name, kind="number", unit=unit, values=np.asarray(numbers, dtype=np.float64))
    if pa.types.is_timestamp(kind) or pa.types.is_date(kind):
        return _times(name, _to_nanoseconds(name, column), "date" if pa.types.is_date(kind) else "moment")
    if pa.types.is_duration(kind) or pa.types.is_time(kind):
        ticks = column.cast(pa.int64() if kind.bit_width == 64 else pa.int32()).cast(pa.int64())
        return _times(name, ticks, "clock", _NANOSECONDS[kind.unit])
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return _text(name, unit, column.cast(pa.string()).fill_null(""), rows, options)
    return Column(name=name, kind="text")


def _to_nanoseconds(name: str, column: pa.ChunkedArray) -> pa.ChunkedArray:
    try:
        return column.cast(pa.timestamp("ns"), safe=True)
    except pa.ArrowInvalid as error:
        remedy = "Correct them and save the file again."
        raise DataError(f"There are dates before 1678 or after 2261 in {column_in_words(name)}. {remedy}") from error


def _times(name: str, column: pa.ChunkedArray, kind: str, factor: int = 1) -> Column:
    present = np.asarray(column.is_valid().to_numpy(), dtype=bool)
    ticks = np.asarray(column.cast(pa.int64()).fill_null(0).to_numpy(), dtype=np.int64) * factor
    return Column(name=name, kind=kind, values=ticks, present=present)


def _text(name: str, unit: str, column: pa.ChunkedArray, rows: NDArray[np.int64], options: ReadOptions) -> Column | None:
    cells = column.combine_chunks()
    parser = ColumnParser.of(name, unit, cells[:1000].to_pylist(), decimal=options.decimal or ".", options=options)
    parser.feed(cells, rows)
    return parser.finish(rows)


def write_parquet(source: Path, target: Path, columns: Sequence[OutputColumn], layout: ParquetLayout) -> None:
    """The table with the columns as float64 columns; the schema's own metadata and the compression are kept."""
    with pq.ParquetFile(source) as file:
        groups = file.metadata.num_row_groups
        codec = file.metadata.row_group(0).column(0).compression if groups else "snappy"
        table = file.read(use_threads=False)
    for column in columns:
        own = table.schema.field(layout.names.index(column.channel))
        new = pa.field(column.header(own.name), pa.float64(), metadata=_unit_only(own.metadata))
        table = table.append_column(new, pa.array(column.values, from_pandas=True))
    codec = "none" if codec == "UNCOMPRESSED" else codec.lower()
    pq.write_table(table, target, compression=codec, row_group_size=max(1, -(-table.num_rows // max(1, groups))))


def _unit_only(metadata: dict[bytes, bytes] | None) -> dict[bytes, bytes] | None:
    return {b"unit": metadata[b"unit"]} if metadata and b"unit" in metadata else None
