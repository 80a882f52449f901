"""Model files made by hand: whole outside, of no use inside. For tests of what can be told without torch."""

from __future__ import annotations

import json
from typing import Any

from denoise_core.config import RunConfig
from denoise_core.model.header import FORMAT

NUMBERS = {"offset": 1.5, "scale": 2.0, "noise_sd": 0.25}


def model_bytes(*channels: str, config: RunConfig | None = None, format: str = FORMAT, **more: Any) -> bytes:
    """A model file of these channels, with `more` in what it says of itself."""
    settings = json.loads((config or RunConfig()).to_json())
    said = {"config": settings, "channels": dict.fromkeys(channels, NUMBERS), "calibration": 0.0} | more
    header = {
        "__metadata__": {"format": format, "about": json.dumps(said)},
        "bias": {"dtype": "F64", "shape": [3], "data_offsets": [0, 24]},
        "weight": {"dtype": "F32", "shape": [3, 4], "data_offsets": [24, 72]},
    }
    raw = json.dumps(header).encode()
    return len(raw).to_bytes(8, "little") + raw + bytes(range(72))
