"""The pretrained network as onnxruntime runs it. Imports no torch."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from denoise_core.series import Float32Array

WEIGHTS = Path(__file__).with_name("pretrained.onnx")
"""Trained on noise of any spectrum."""
WHITE_WEIGHTS = Path(__file__).with_name("pretrained_white.onnx")
"""Trained on white noise alone: a little better there, and together with the other network better still."""
GUESS_WEIGHTS = Path(__file__).with_name("pretrained_guess.onnx")
"""Trained with a guess in half of the windows; without one the others are a little better."""
MULTIPLE = 32
"""A window's length is a multiple of this many samples."""


def run(inputs: Float32Array, conditions: Float32Array, weights: Path = WEIGHTS) -> Float32Array:
    """Of windows (windows, INPUTS, length) and their conditioning vectors (windows, CONDITIONS) it makes (windows, 3, length).

    Rows of the input are the value in units of the noise, the mask, the log of the relative sd, the non-local features and the
    guess; a network that was trained with fewer rows gets those. Row 0 of the output is the noise, row 1 the log of the sd of
    the error of ``value - noise``, row 2 that of the noise's sd.
    """
    session = _session(str(weights), _threads())
    rows = session.get_inputs()[0].shape[1]
    return np.asarray(session.run(None, {"series": np.ascontiguousarray(inputs[:, :rows]), "told": conditions})[0])


def _threads() -> int:
    """As many as OMP_NUM_THREADS says, as for numpy and torch, or one to each core that this process may use."""
    stated = os.environ.get("OMP_NUM_THREADS", "")
    return int(stated) if stated.isdigit() and int(stated) > 0 else len(os.sched_getaffinity(0))


@cache
def _session(weights: str, threads: int) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    # Its own store of memory would keep 70 MB of the web process after 200,000 samples, for a quarter of the time.
    options.enable_cpu_mem_arena = False
    # Threads that wait in a loop would keep the cores from the trainings beside the web process.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return onnxruntime.InferenceSession(weights, options, providers=["CPUExecutionProvider"])
