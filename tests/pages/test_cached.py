"""What is read for the pages: from where an upload is kept, under the name it was given."""

from pathlib import Path

import pytest

import denoise_core as dc
from denoise_core.errors import DataError
from denoise_core.files import render
from denoise_core.jobs import Source
from pages.parts import cached


@pytest.mark.parametrize(("file_name", "told"), [("pump.csv", "pump.csv"), ("", "The file")])
def test_a_file_that_cannot_be_read_is_called_what_its_upload_was_called(store, file_name, told):
    for data in (b"\0" * 50, b"name\nMax\n", b""):
        with pytest.raises(DataError) as caught:
            cached.recording(Source(input=store.put_input(data, "other.csv"), file_name=file_name))
        assert told in str(caught.value)
        assert str(store.home) not in str(caught.value)


def test_an_upload_is_read_and_written_from_the_disk_and_never_held_in_memory(store, pump, monkeypatch):
    source = Source(input=store.put_input(pump, "pump.csv"), file_name="pump.csv")
    kept = store.input_path(source.input)
    read_bytes = Path.read_bytes

    def watch(path):
        assert path != kept
        return read_bytes(path)

    monkeypatch.setattr(Path, "read_bytes", watch)
    recording = cached.recording(source)
    estimate = dc.denoise(recording["pressure"], method="savgol")
    written = render(recording, {"pressure": estimate}, like=kept)
    monkeypatch.undo()
    assert recording.name == "pump.csv"
    assert written == render(dc.read(pump, name="pump.csv"), {"pressure": estimate}, like=pump)
