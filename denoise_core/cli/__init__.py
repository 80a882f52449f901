"""The command line. It parses, reports on stderr, and calls the same functions as the pages."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from denoise_core.cli.arguments import parser
from denoise_core.errors import DenoiseError

FAULT, INTERRUPTED = 2, 130


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command: 0 for success, 2 and one line on stderr for a fault in the input or settings, 130 after Ctrl-C."""
    words = list(sys.argv[1:] if argv is None else argv)
    # One thread, as in the app's workers: the same settings then give the same bits, and threads never wait for each other.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    try:
        if words[:1] == ["worker"]:
            from denoise_core.jobs import worker

            return worker.main(words[1:])
        if words[:1] == ["ray_worker"]:
            from denoise_core.jobs import ray_worker

            return ray_worker.main(words[1:])
        if words[:1] == ["coordinator"]:
            from denoise_core.jobs import coordinator

            return coordinator.main(words[1:])
        if words[:1] == ["supervisor"]:
            from denoise_core.jobs.scheduling import supervisor

            return supervisor.main(words[1:])
        return _run(words)
    except DenoiseError as error:
        print(f"denoise: {error}", file=sys.stderr)
        return FAULT
    except KeyboardInterrupt:
        print("denoise: interrupted; nothing was written.", file=sys.stderr)
        return INTERRUPTED


def _run(words: list[str]) -> int:
    from denoise_core.cli import commands

    arguments = parser().parse_args(words)
    commands.COMMANDS[arguments.command](arguments)
    return 0
