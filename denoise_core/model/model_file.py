"""A trained denoiser as one file: safetensors for the weights, JSON in its header for all else. Nothing in it can run code."""

from __future__ import annotations

import json
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

from denoise_core.dsp.scaling import Scaler
from denoise_core.model.denoiser import Channel, TrainedDenoiser, distinct
from denoise_core.model.header import FORMAT, about, damaged
from denoise_core.networks import build


def save(trained: TrainedDenoiser, path: str | Path) -> None:
    """Write weights and settings to `path` (by custom ending in .denoiser)."""
    said = {
        "config": json.loads(trained.config.to_json()),
        "channels": {
            name: {"offset": channel.scaler.offset, "scale": channel.scaler.scale, "noise_sd": channel.noise_sd}
            for name, channel in trained.channels.items()
        },
        "calibration": trained.calibration,
        "best_epoch": trained.best_epoch,
        "history": trained.history,
        "torch": torch.__version__,
    }
    tensors = {name: tensor.detach().cpu().contiguous() for name, tensor in trained.network.state_dict().items()}
    save_file(tensors, str(path), metadata={"format": FORMAT, "about": json.dumps(said)})


def load(path: str | Path) -> TrainedDenoiser:
    """Read what `save` wrote, onto the CPU.

    Raises
    ------
    DataError
        If the file is missing, no model file, of another version, cut short, or its parts do not fit together.
    """
    header = about(path)
    said = header.about
    try:
        network = build(header.config, channels=len(distinct(header.config, header.channels)))
        network.load_state_dict(load_file(path))
        return TrainedDenoiser(
            network=network.eval(),
            config=header.config,
            channels={
                name: Channel(scaler=Scaler(float(c["offset"]), float(c["scale"])), noise_sd=float(c["noise_sd"]))
                for name, c in said["channels"].items()
            },
            calibration=float(said["calibration"]),
            best_epoch=int(said["best_epoch"]),
            history=tuple((float(train), float(valid)) for train, valid in said["history"]),
        )
    except (SafetensorError, OSError, KeyError, TypeError, ValueError, RuntimeError) as error:
        raise damaged(header.name, error) from None
