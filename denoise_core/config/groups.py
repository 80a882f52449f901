"""Every setting of a run, in groups, with default, range, unit and help. Knows not how they depend on each other."""

from __future__ import annotations

from dataclasses import dataclass

from denoise_core.config.declare import setting
from denoise_core.config.objectives import OBJECTIVES

GROUPS = {
    "input": "Before the network",
    "scaling": "Scaling",
    "window": "Windows",
    "model": "Network",
    "objective": "Goal",
    "split": "What is held out",
    "training": "Training",
}
"""Field of `RunConfig` -> what a person calls that group of settings."""


@dataclass(frozen=True, kw_only=True)
class ScalingConfig:
    kind: str = setting(
        "standard",
        label="Scaling",
        choices={
            "standard": "Mean and spread",
            "minmax": "Smallest to largest",
            "robust": "Robust against spikes",
            "none": "None",
        },
        help="How values are brought to a common size before the network sees them. Robust ignores spikes.",
    )


@dataclass(frozen=True, kw_only=True)
class WindowConfig:
    length: int = setting(
        128,
        label="Window length",
        unit="samples",
        low=16,
        high=2048,
        help="How many samples the network sees at once. A few periods of the slowest rhythm is a good choice.",
    )
    overlap: float = setting(
        0.5,
        label="Window overlap",
        low=0.0,
        high=0.9,
        help="Share of a window that the next one repeats. More overlap, more windows in each epoch.",
    )

    @property
    def hop(self) -> int:
        """Samples between the starts of neighbouring windows; at least 1."""
        return max(1, round(self.length * (1.0 - self.overlap)))


@dataclass(frozen=True, kw_only=True)
class InputConfig:
    uneven: str = setting(
        "ignore",
        label="Uneven time steps",
        choices={"ignore": "Ignore", "channel": "Tell the network", "resample": "Make even"},
        help="Treat samples as evenly spaced, tell the network each step's length, or bring the series to even steps first.",
    )
    whiten: float = setting(
        0.0,
        label="Whitening",
        low=0.0,
        high=0.98,
        help="Share of each sample's predecessor taken off before training and put back after: it makes coloured noise white.",
    )


@dataclass(frozen=True, kw_only=True)
class ModelConfig:
    backbone: str = setting(
        "lstm",
        label="Network",
        choices={
            "lstm": "LSTM",
            "gru": "GRU",
            "mingru": "minGRU",
            "tcn": "Convolutions (TCN)",
            "transformer": "Transformer",
            "classic": "Classic LSTM",
        },
        help="The kind of network that reads the series. LSTM suits most; classic is the recipe that tutorials show.",
    )
    hidden_size: int = setting(
        64,
        label="Hidden size",
        unit="cells",
        low=4,
        high=512,
        help="Memory cells in each layer. More cells learn finer shapes and need more data and time.",
    )
    layers: int = setting(2, label="Layers", low=1, high=4, help="Layers on top of each other, in each direction.")
    heads: int = setting(
        4, label="Attention heads", low=1, high=16, help="Transformer only: how many places it looks at together."
    )
    positions: str = setting(
        "rotary",
        label="Positions",
        choices={"rotary": "By distance (rotary)", "sinusoidal": "By place (sinusoidal)"},
        help="Transformer only: how it knows where a sample stands, by distance (rotary) or by place in the window.",
    )
    dropout: float = setting(
        0.0,
        label="Dropout",
        low=0.0,
        high=0.8,
        help="Share of signals switched off at random between layers, against learning by heart. Needs two layers.",
    )
    baseline: str = setting(
        "none",
        label="Starting point",
        choices={"none": "From scratch", "linear": "Linear prediction"},
        help="What the network corrects: nothing, or the best weighted mean of the neighbours. Linear suits weak noise.",
    )
    gap: int = setting(
        1,
        label="Blind gap",
        unit="samples",
        low=1,
        high=64,
        help="How near neighbours must be to be hidden from a prediction. 1 hides the sample itself; more suits coloured noise. "
        "It does nothing where the goal is a clean column, repeats or a copy.",
    )


@dataclass(frozen=True, kw_only=True)
class ObjectiveConfig:
    kind: str = setting(
        "blind_spot",
        label="Learning goal",
        choices={name: objective.label for name, objective in OBJECTIVES.items()},
        help="What the network learns to predict: each sample from both sides, from the past alone, a clean column, another "
        "recording of the same thing, or (a teaching example only) the noisy sample it sees.",
    )
    loss: str = setting(
        "gaussian",
        label="Loss",
        choices={
            "gaussian": "Gaussian",
            "student_t": "Student-t",
            "mse": "Squared error (MSE)",
            "mae": "Absolute error (MAE)",
            "huber": "Huber",
        },
        help="How an error counts. Gaussian also learns how sure it is; Student-t too, and forgives spikes.",
    )


@dataclass(frozen=True, kw_only=True)
class SplitConfig:
    kind: str = setting(
        "scattered",
        label="Split",
        choices={"scattered": "Scattered blocks", "in_time": "One after the other"},
        help="Held-out blocks scattered over the series, or one stretch after the other: to train, to choose, to test.",
    )
    valid_share: float = setting(
        0.15,
        label="Held-out share",
        low=0.02,
        high=0.5,
        help="Share of samples never learnt from, by which the best epoch is chosen.",
    )
    test_share: float = setting(
        0.0,
        label="Test share",
        low=0.0,
        high=0.5,
        help="Share of samples neither learnt from nor used to choose: where a truth is known, the gain is measured on them.",
    )
    block: int = setting(
        16,
        label="Held-out block",
        unit="samples",
        low=1,
        high=1024,
        help="Length of each held-out stretch, where they are scattered.",
    )
    guard: int = setting(
        0,
        label="Guard",
        unit="samples",
        low=0,
        high=4096,
        help="Samples left out on each side of a held-out part, so that nothing of it is learnt from neighbours.",
    )


@dataclass(frozen=True, kw_only=True)
class TrainingConfig:
    epochs: int = setting(28, label="Epochs", low=1, high=2000, help="Rounds of training; the best one is kept.")
    steps_per_epoch: int = setting(
        5, label="Steps per epoch", low=1, high=2000, help="Learning steps in each round, one batch of windows each."
    )
    batch_size: int = setting(
        32, label="Batch size", unit="windows", low=1, high=4096, help="Windows that are learnt from at the same time."
    )
    optimizer: str = setting(
        "adamw",
        label="Optimiser",
        choices={"adamw": "AdamW", "adam": "Adam", "sgd": "SGD"},
        help="The rule by which weights are changed. SGD has a momentum of 0.9 and wants a larger learning rate.",
    )
    learning_rate: float = setting(
        1e-2, label="Learning rate", low=1e-5, high=1.0, log=True, help="Size of a learning step at its largest."
    )
    schedule: str = setting(
        "one_cycle",
        label="Schedule",
        choices={"one_cycle": "Up and down", "cosine": "Down", "constant": "Constant"},
        help="How the learning rate moves: up and down again, down only, or not at all.",
    )
    weight_decay: float = setting(
        1e-3, label="Weight decay", low=0.0, high=1.0, help="Pulls weights towards zero, against learning by heart."
    )
    gradient_clip: float = setting(1.0, label="Gradient clip", low=0.01, high=100.0, help="Largest length of one gradient.")
    patience: int = setting(
        12, label="Patience", unit="epochs", low=1, high=2000, help="Stop after this many epochs without a better one."
    )
    seed: int = setting(0, label="Seed", low=0, high=2**31 - 1, help="The same seed on the same machine gives the same result.")
    device: str = setting(
        "auto",
        label="Device",
        choices={"auto": "Automatic", "cuda": "NVIDIA GPU", "mps": "Apple GPU", "cpu": "Processor"},
        help="Where to train. Auto takes an NVIDIA GPU, else an Apple GPU, else the processor.",
    )

    @property
    def steps(self) -> int:
        """All optimiser steps of a full run."""
        return self.epochs * self.steps_per_epoch
