"""The optimisers are torch's to the last bit, without its compiler, whose import takes as long as torch itself."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import torch
from torch import nn, optim

from denoise_core.training.optimisation import MOMENTUM, OPTIMIZERS
from tests.common import small_config

ROOT = Path(__file__).parents[2]
THEIRS = {
    "adamw": lambda p, c: optim.AdamW(p, lr=c.learning_rate, weight_decay=c.weight_decay, fused=True),
    "adam": lambda p, c: optim.Adam(p, lr=c.learning_rate, weight_decay=c.weight_decay, fused=True),
    "sgd": lambda p, c: optim.SGD(p, lr=c.learning_rate, weight_decay=c.weight_decay, momentum=MOMENTUM, fused=True),
}


def stepped(make):
    """The weights of a small network after three steps, of which the last is made by an optimiser that was stored."""
    torch.manual_seed(0)
    network, training = nn.Linear(5, 3), small_config({"training.weight_decay": 0.1}).training
    optimiser = make(network.parameters(), training)
    for step in range(3):
        if step == 2:
            state, optimiser = optimiser.state_dict(), make(network.parameters(), training)
            optimiser.load_state_dict(state)
        optimiser.zero_grad()
        network(torch.randn(7, 5)).square().mean().backward()
        optimiser.step()
    return torch.cat([weight.detach().ravel() for weight in network.parameters()])


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_each_steps_as_that_of_torch(name):
    assert torch.equal(stepped(OPTIMIZERS[name]), stepped(THEIRS[name]))


@pytest.mark.slow
def test_a_training_imports_no_compiler():
    program = "\n".join(
        [
            "import sys, numpy, denoise_core",
            "from tests.common import small_config",
            "denoise_core.fit(denoise_core.Series.of(numpy.sin(numpy.arange(99.0))), small_config({'training.epochs': 1}))",
            "sys.exit('torch._dynamo' in sys.modules)",
        ]
    )
    assert subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=False).returncode == 0
