"""Parsing and writing in this process, so that hundreds of files can be tried; the sandbox has its own tests."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from denoise_core.files.options import Limits, ReadOptions
from denoise_core.files.output_columns import output_columns
from denoise_core.files.sandbox.ipc import write
from denoise_core.files.sandbox.parse import parse
from denoise_core.series import Estimate, Float64Array, Recording


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("files")


@pytest.fixture(scope="session")
def parsed(folder: Path) -> Callable[..., Recording]:
    """The recording in some bytes."""

    def run(data: bytes | str, name: str = "pump.csv", *, limits: Limits | None = None, **options: Any) -> Recording:
        path = folder / "upload"
        path.write_bytes(data.encode() if isinstance(data, str) else data)
        return parse(path, name=name, options=ReadOptions(**options), limits=limits or Limits())

    return run


@pytest.fixture(scope="session")
def rewritten(folder: Path) -> Callable[..., bytes]:
    """The bytes of a file with results for some channels."""

    def run(recording: Recording, results: Mapping[str, Float64Array], data: bytes | str, *, residual: bool = False) -> bytes:
        source, target = folder / "like", folder / "made"
        source.write_bytes(data.encode() if isinstance(data, str) else data)
        estimates = {channel: Estimate(values=values, method="test") for channel, values in results.items()}
        columns = output_columns(recording, estimates, residual=residual, sd=False)
        write(source, target, columns, recording.layout, Limits())
        return target.read_bytes()

    return run
