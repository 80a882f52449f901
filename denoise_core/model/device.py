"""The torch device that a setting names."""

from __future__ import annotations

import torch

from denoise_core.errors import SettingsError


def resolve_device(name: str) -> torch.device:
    """The torch device for "auto", "cuda", "mps" or "cpu".

    Raises
    ------
    SettingsError
        If this machine does not have the named device.
    """
    available = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    if name == "auto":
        name = next(device for device, present in available.items() if present)
    if not available[name]:
        raise SettingsError([f'training.device = "{name}": this machine has no such device. Choose "auto".'])
    return torch.device(name)
