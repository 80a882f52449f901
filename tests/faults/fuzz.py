"""Mutated files, settings, model headers and links: ``python -m tests.faults.fuzz [--cases 100000] [--seed 1]``.

Whatever comes, the answer is a result or a sentence of ours. Each batch is a process of its own with the memory of the one that
reads uploads, so that a reader that dies (which the app tells as a damaged file) takes nothing with it.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import resource
import signal
import struct
import sys
import tempfile
import time
import traceback
import wave
from collections import Counter
from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq

from denoise_core.config import RunConfig
from denoise_core.errors import DenoiseError
from denoise_core.files import Limits, ReadOptions
from denoise_core.files.sandbox.parse import parse
from denoise_core.model import about
from pages.parts.links import parse_options
from tests.models import model_bytes

BATCH = 50
LONGEST_S = 20.0
"""For one case on a busy machine; they take hundredths of it."""


@cache
def corpus() -> dict[str, bytes]:
    """One small whole file of each kind, each of which is then spoilt."""
    rng = np.random.default_rng(0)
    table = np.column_stack([np.arange(40) / 10, rng.normal(size=40)])
    rows = [f"{a:.1f};{b:.4f}".replace(".", ",") for a, b in table]
    dated = [f"2024-01-{1 + k // 24:02d} {k % 24:02d}:00:00,{b:.4f}" for k, (_, b) in enumerate(table)]
    book, excel, parquet, npy, npz, wav = openpyxl.Workbook(), *(io.BytesIO() for _ in range(5))
    for row in (("t", "x"), *table.tolist()):
        book.active.append(row)
    book.save(excel)
    pq.write_table(pa.table({"t": table[:, 0], "x": table[:, 1], "name": ["a"] * 40}), parquet)
    np.save(npy, table)
    np.savez(npz, t=table[:, 0], x=table[:, 1], fs=10.0)
    with wave.open(wav, "wb") as sound:
        sound.setnchannels(2)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes((rng.normal(size=80) * 3000).astype("<i2").tobytes())
    return {
        "semicolons": "\n".join(["Zeit (s);Druck (bar)", *rows]).encode("cp1252"),
        "dates": "\n".join(["when,x", *dated]).encode(),
        "marked": b"\xef\xbb\xbf" + "\r\n".join(["a\tb", *(f"{a}\t{b}" for a, b in table)]).encode(),
        "wide": "a,b\n1,2\n3,4\n5,6\n".encode("utf-16"),
        "workbook": excel.getvalue(),
        "parquet": parquet.getvalue(),
        "npy": npy.getvalue(),
        "npz": npz.getvalue(),
        "sound": wav.getvalue(),
        "settings": RunConfig().to_json().encode(),
        "model": model_bytes("flow", "pressure", best_epoch=3, history=[[1.0, 2.0]]),
        "link": ReadOptions(delimiter=";", rate_hz=10.0).to_json().encode(),
    }


WORDS = (
    *(b"NaN", b"Infinity", b"1e999", b"1e308", b"9" * 400, b"-1", b"null"),
    *(b"[" * 990, b'"\\ud800"', b"\x00", b"\xff\xfe", b"\n" * 50, b";" * 300),
)


def mutate(data: bytes, rng: np.random.Generator) -> bytes:
    """One to four changes: bytes flipped, cut out, doubled, put in, or numbers replaced by extreme ones."""
    raw = bytearray(data)
    for _ in range(int(rng.integers(1, 5))):
        at, size = int(rng.integers(len(raw) + 1)), int(rng.integers(1, 9))
        kind = int(rng.integers(7))
        if kind == 0:
            raw[at : at + 1] = bytes([int(rng.integers(256))])
        elif kind == 1:
            del raw[at : at + size]
        elif kind == 2:
            raw[at:at] = raw[at : at + size * 8]
        elif kind == 3:
            raw[at:at] = WORDS[int(rng.integers(len(WORDS)))]
        elif kind == 4:
            raw[at : at + 4] = struct.pack("<I", int(rng.choice([0, 1, 0x7FFFFFFF, 0xFFFFFFFF])))
        elif kind == 5:
            del raw[at:]
        else:
            raw[at : at + size] = rng.bytes(size)
    return bytes(raw)


def try_one(kind: str, data: bytes, path: Path) -> None:
    """Raises only what the app puts into words."""
    if kind == "settings":
        RunConfig.from_json(data.decode(errors="replace"))
    elif kind == "model":
        header = about(data, name="pump.denoiser")
        for name in header.channels:
            header.channel(name)
        json.dumps(dict(header.about), allow_nan=False)
    elif kind == "link":
        ReadOptions.from_json(json.dumps(parse_options(data.decode(errors="replace")), allow_nan=False))
    else:
        path.write_bytes(data)
        recording = parse(path, name="pump", options=ReadOptions(), limits=Limits())
        for name in recording.channels:
            _ = recording[name].time.pace


def one_batch(seed: int, count: int, report: Path) -> None:
    """In a process of its own: leaves a line for each case that raised what it should not."""
    resource.setrlimit(resource.RLIMIT_AS, (3 * 2**30, 3 * 2**30))
    with report.open("w") as out:
        for case in range(count):
            rng = np.random.default_rng([seed, case])
            kind = str(rng.choice(list(corpus())))
            began = time.process_time()
            out.write(f"{case} {kind} ")
            out.flush()
            try:
                try_one(kind, mutate(corpus()[kind], rng), report.with_suffix(".upload"))
                said = "read"
            except DenoiseError as error:
                said = "told" if str(error).endswith((".", ")", "?")) else f"WRONG no sentence: {error}"
            except MemoryError:
                said = "told"
            except Exception as error:
                last = traceback.extract_tb(error.__traceback__)[-1]
                said = f"WRONG {type(error).__name__} in {Path(last.filename).name}:{last.lineno}: {str(error)[:80]!r}"
            if time.process_time() - began > LONGEST_S:
                said = f"WRONG took {time.process_time() - began:.0f} s"
            out.write(said + "\n")


def batch(seed: int, count: int, report: Path) -> tuple[Counter[str], list[str]]:
    """What became of a batch: counts, and what was wrong."""
    process = os.fork()
    if not process:
        try:
            signal.alarm(int(LONGEST_S * 10))
            one_batch(seed, count, report)
        finally:
            os._exit(0)
    _, status = os.waitpid(process, 0)
    lines = report.read_text(errors="replace").splitlines()
    counts = Counter(line.split(" ", 3)[2] for line in lines if line.count(" ") >= 2 and line.split(" ", 3)[2])
    wrong = [f"seed {seed} case {line}" for line in lines if " WRONG " in line]
    if status:
        counts["died"] += 1
        hung = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGALRM
        wrong += [f"seed {seed} case {lines[-1]}: hangs"] if hung else []
    return counts, wrong


def main(run: Callable[[int, int, Path], tuple[Counter[str], list[str]]] = batch) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    corpus()
    counts: Counter[str] = Counter()
    wrong: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        for at in range(0, chosen.cases, BATCH):
            some, bad = run(chosen.seed * 1_000_000 + at, min(BATCH, chosen.cases - at), Path(folder) / "report")
            counts += some
            wrong += bad
    sys.stdout.write("\n".join([*wrong, f"{sum(counts.values())} cases: {dict(counts)}", f"wrong: {len(wrong)}"]) + "\n")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
