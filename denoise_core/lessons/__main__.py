"""``python -m denoise_core.lessons build [NUMBER ...]``: train what the lessons show."""

from __future__ import annotations

import argparse
import os
import tempfile
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

from denoise_core.lessons.build import build
from denoise_core.lessons.catalogue import LESSONS


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m denoise_core.lessons", description=__doc__)
    parser.add_argument("command", choices=["build"])
    parser.add_argument("numbers", nargs="*", type=int, choices=list(LESSONS), help="only these lessons (default: all)")
    parser.add_argument(
        "--work", type=Path, default=Path(tempfile.gettempdir()) / "denoise-lessons", help="for what is done already"
    )
    asked = parser.parse_args()
    import torch

    torch.set_num_threads(1)
    chosen = [LESSONS[number] for number in asked.numbers or LESSONS]
    build(chosen, work=asked.work, report=lambda line: print(line, flush=True))


if __name__ == "__main__":
    main()
