"""A model file with its scaling fitted to another recording; the weights stay. Imports no torch."""

from __future__ import annotations

import json
from collections.abc import Mapping

from denoise_core.dsp.scaling import Scaler


def rescale_file(data: bytes, scalers: Mapping[str, Scaler]) -> bytes:
    """The model file `data` with these scalings of its channels; noise levels follow the scale.

    Parameters
    ----------
    scalers : mapping
        Name of a channel of the model -> its new scaling.
    """
    length = int.from_bytes(data[:8], "little")
    header = json.loads(data[8 : 8 + length])
    said = json.loads(header["__metadata__"]["about"])
    for name, scaler in scalers.items():
        channel = said["channels"][name]
        channel["noise_sd"] *= scaler.scale / channel["scale"]
        channel |= {"offset": scaler.offset, "scale": scaler.scale}
    header["__metadata__"]["about"] = json.dumps(said)
    raw = json.dumps(header).encode()
    return len(raw).to_bytes(8, "little") + raw + data[8 + length :]
