"""Torch's random numbers, drawn from a seed of one's own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import torch


@contextmanager
def temporary_seed(device: torch.device, *seed: int) -> Iterator[None]:
    """Seed the global generators, which initialisation and dropout draw from, and put them back afterwards.

    Only those of the CPU and of `device` are touched: another GPU may be at work for another program.
    """
    number = int(np.random.SeedSequence(seed).generate_state(1)[0])
    with torch.random.fork_rng(devices=[device] if device.type == "cuda" else []):
        torch.default_generator.manual_seed(number)
        if device.type == "cuda":
            with torch.cuda.device(device):
                torch.cuda.manual_seed(number)
        elif device.type == "mps":
            torch.mps.manual_seed(number)
        yield
