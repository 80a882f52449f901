"""Whether products of 16 bits pay on this processor: bfloat16 in the forward pass of training."""

from __future__ import annotations

import time
from functools import cache

import torch

from denoise_core.config import RunConfig
from denoise_core.networks import Network, build

_WORTH_IT = 1.1  # times as fast
_TRIED = (8, 128)  # windows, samples
_ROUNDS = 3


def uses_bfloat16(config: RunConfig, device: torch.device) -> bool:
    """Whether a training with these settings computes with 16 bits; what is measured is measured once for each process."""
    if config.training.precision != "auto":
        return config.training.precision == "bfloat16" and can_use_bfloat16(device)
    return (
        device.type == "cpu" and config.model.backbone == "lstm" and can_use_bfloat16(device) and _pays(torch.get_num_threads())
    )


def can_use_bfloat16(device: torch.device) -> bool:
    """Whether the device has instructions for it: on a processor without, torch's LSTM ends in an error, all else is slower."""
    if device.type != "cpu":
        return True
    return torch.backends.mkldnn.is_available() and torch.ops.mkldnn._is_mkldnn_bf16_supported()  # type: ignore[no-any-return, no-untyped-call]


@cache
def _pays(threads: int) -> bool:
    """Whether the default LSTM trains faster so, by the least of a few times."""
    del threads  # another number, another measurement
    with torch.random.fork_rng(devices=[]):
        network, inputs = build(RunConfig()), torch.randn(*_TRIED, 2)
    seconds: dict[bool, list[float]] = {False: [], True: []}
    for _ in range(1 + _ROUNDS):
        for sixteen, taken in seconds.items():
            taken.append(_step_seconds(network, inputs, sixteen=sixteen))
    return min(seconds[False][1:]) > _WORTH_IT * min(seconds[True][1:])


def _step_seconds(network: Network, inputs: torch.Tensor, *, sixteen: bool) -> float:
    began = time.thread_time()
    with torch.autocast("cpu", torch.bfloat16, enabled=sixteen):
        mean, log_variance = network(inputs)
    (mean.float().square().mean() + log_variance.float().square().mean()).backward()
    network.zero_grad(set_to_none=True)
    return time.thread_time() - began
