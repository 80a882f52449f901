"""A trained denoiser as one file: safetensors for the weights, JSON in its header for all else. Nothing in it can run code."""

from __future__ import annotations

import json
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file

from denoise_core.config import RunConfig
from denoise_core.errors import DataError
from denoise_core.inference import Channel, TrainedDenoiser
from denoise_core.networks import build
from denoise_core.scaling import Scaler

FORMAT = "denoise-model-2"


def save(trained: TrainedDenoiser, path: str | Path) -> None:
    """Write weights and settings to `path` (by custom ending in .denoiser)."""
    about = {
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
    save_file(tensors, str(path), metadata={"format": FORMAT, "about": json.dumps(about)})


def load(path: str | Path) -> TrainedDenoiser:
    """Read what `save` wrote, onto the CPU.

    Raises
    ------
    DataError
        If the file is missing, no model file, of another version, cut short, or its parts do not fit together.
    """
    name = Path(path).name
    try:
        with safe_open(str(path), framework="pt") as file:
            metadata = file.metadata() or {}
            tensors = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118 - not a mapping
    except (SafetensorError, OSError) as error:
        raise DataError(f"{name} cannot be read as a model file ({error}). Save the model again.") from None
    if metadata.get("format") != FORMAT:
        found = metadata.get("format", "no version")
        raise DataError(f"{name} holds {found}, and this program reads {FORMAT}. Train and save the model again.")
    try:
        about = json.loads(metadata["about"])
        config = RunConfig.from_json(json.dumps(about["config"]))
        network = build(config)
        network.load_state_dict(tensors)
        return TrainedDenoiser(
            network=network.eval(),
            config=config,
            channels={
                str(name): Channel(scaler=Scaler(float(c["offset"]), float(c["scale"])), noise_sd=float(c["noise_sd"]))
                for name, c in about["channels"].items()
            },
            calibration=float(about["calibration"]),
            best_epoch=int(about["best_epoch"]),
            history=tuple((float(train), float(valid)) for train, valid in about["history"]),
        )
    except (KeyError, TypeError, ValueError, RuntimeError) as error:
        raise DataError(
            f"{name} is damaged or was edited: its parts do not fit together ({error}). Save the model again."
        ) from None
