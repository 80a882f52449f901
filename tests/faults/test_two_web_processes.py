"""Several web processes on one data folder show the same uploads and runs, and start one supervisor between them."""

from __future__ import annotations

from pathlib import Path

import pytest

import denoise_core as dc
from denoise_core.jobs import Request, Source, Store, new_id
from denoise_core.jobs.storage.home import Home
from tests.benchmarks.crowd import Visitor, recording
from tests.benchmarks.page_times import served
from tests.jobs.conftest import small, supervisors, until, workers

pytestmark = pytest.mark.slow


def test_two_web_processes_on_one_folder_serve_each_others_uploads_and_runs(tmp_path: Path) -> None:
    home, data = Home.at(tmp_path / "home"), recording(400, seed=5)
    store = Store(home.path)
    try:
        with served(home.path) as (first, _), served(home.path) as (second, _):
            ann = Visitor(first)
            ann.upload("pump.csv", data)
            assert "Removed about" in ann.words()
            (digest,) = [path.name for path in home.inputs.iterdir() if (path / "bytes").read_bytes() == data]
            bob = Visitor(second, f"series={digest}&name=pump.csv&column=speed")
            assert "pump.csv" in bob.words()
            assert "Removed about" in bob.words()
            until(lambda: len(supervisors(home)) == 1)
            source = Source(input=digest, file_name="pump.csv", column="speed")
            series = dc.read(data, name="pump.csv")["speed"]
            run = store.submit(Request.to_train(series, small(2)), owner=new_id(), title="pump.csv: speed", source=source)
            until(lambda: store.run(run).ended, seconds=120)
            assert store.run(run).state == "done"
            for url in (first, second):
                assert "pump.csv" in Visitor(url, f"run={run}").words()
            assert len(supervisors(home)) == 1
    finally:
        for process in supervisors(home) + workers(home):
            process.kill()
