"""Every setting of a run, in groups, with default, range, unit and help."""

from __future__ import annotations

from dataclasses import dataclass, replace

from denoise_core.config.declare import Searched, setting
from denoise_core.config.objectives import OBJECTIVES

GROUPS = {
    "noise": "Noise",
    "input": "Preprocessing",
    "scaling": "Scaling",
    "window": "Windows",
    "model": "Network",
    "objective": "Learning goal and loss",
    "split": "Validation and test",
    "training": "Training",
}
"""Field of `RunConfig` -> what a person calls that group of settings."""


@dataclass(frozen=True, kw_only=True)
class NoiseConfig:
    """What a person says of the noise, and what is removed before any method sees the series."""

    remove_hum: bool = setting(
        False,
        label="Remove hum",
        help="Removes mains hum, a steady tone near 50, 60, 100 or 120 Hz with its overtones, if there is one.",
    )
    remove_drift: bool = setting(
        False,
        label="Remove drift",
        help="Removes drift of the baseline: what moves more slowly than the signal does, if the two can be told apart.",
    )
    level: float = setting(
        0.0,
        label="Noise level",
        low=0.0,
        high=1e300,
        help="Standard deviation of the noise in the unit of the recording, where you know it. 0: estimated.",
    )
    start: float = setting(
        0.0,
        label="Only noise from",
        low=-1e15,
        high=1e15,
        help="Start of a stretch of the recording that holds nothing but noise, in the unit of its time. The noise is then "
        "measured there.",
    )
    stop: float = setting(
        0.0,
        label="Only noise until",
        low=-1e15,
        high=1e15,
        help="End of that stretch. The same as its start: no stretch is marked.",
    )

    @property
    def removes(self) -> tuple[str, ...]:
        """What is removed: some of "hum" and "drift"."""
        return tuple(name for name, chosen in (("hum", self.remove_hum), ("drift", self.remove_drift)) if chosen)

    def without_statement(self) -> NoiseConfig:
        """What is removed, without what is true of one recording alone."""
        return NoiseConfig(remove_hum=self.remove_hum, remove_drift=self.remove_drift)

    def without_stretch(self) -> NoiseConfig:
        """The same without the marked stretch."""
        return replace(self, start=0.0, stop=0.0)

    @property
    def stretch(self) -> tuple[float, float] | None:
        """The stretch that holds only noise, in the unit of the time axis; None where none is marked."""
        return None if self.start == self.stop else (self.start, self.stop)


@dataclass(frozen=True, kw_only=True)
class ScalingConfig:
    """How values are brought to a common size."""

    kind: str = setting(
        "standard",
        label="Scaling",
        choices={
            "standard": "Standardise (mean, sd)",
            "minmax": "Min-max",
            "robust": "Robust (median, IQR)",
            "none": "None",
        },
        help="How values are rescaled before the network sees them: by mean and standard deviation, to the range 0 to 1, "
        "or by median and interquartile range, which spikes do not affect.",
        searched=Searched(choices=("standard", "robust")),
    )


@dataclass(frozen=True, kw_only=True)
class WindowConfig:
    """What the network sees at once."""

    length: int = setting(
        128,
        label="Window length",
        unit="samples",
        low=16,
        high=2048,
        help="How many consecutive samples the network sees at once. One period of the main oscillation is a good choice; "
        "windows above 128 did not help in our tests.",
        searched=Searched(choices=(64, 96, 128, 192, 256, 384, 512)),
    )
    overlap: float = setting(
        0.5,
        label="Window overlap",
        low=0.0,
        high=0.9,
        help="Fraction of each window that the next one shares. More overlap gives more windows to train on.",
    )

    @property
    def hop(self) -> int:
        """Samples between the starts of neighbouring windows; at least 1."""
        return max(1, round(self.length * (1.0 - self.overlap)))


@dataclass(frozen=True, kw_only=True)
class InputConfig:
    """What is done to the series before the network sees it."""

    uneven: str = setting(
        "ignore",
        label="Uneven time steps",
        choices={"ignore": "Ignore", "channel": "Extra network input", "resample": "Resample evenly"},
        help="Treat the samples as evenly spaced, give the network the length of each time step as an extra input, "
        "or resample the series to even steps first.",
    )
    whiten: float = setting(
        0.0,
        label="Prewhitening",
        low=0.0,
        high=0.98,
        help="AR(1) prewhitening coefficient: this fraction of the previous sample is subtracted from each sample before "
        "training, and the filter is inverted afterwards. It makes autocorrelated noise nearly white. 0 switches it off.",
        searched=Searched(low=0.0, high=0.9),
    )


@dataclass(frozen=True, kw_only=True)
class ModelConfig:
    """The network."""

    backbone: str = setting(
        "lstm",
        label="Network",
        choices={
            "lstm": "LSTM",
            "gru": "GRU",
            "mingru": "minGRU",
            "tcn": "Convolutional (TCN)",
            "transformer": "Transformer",
            "classic": "Classic LSTM",
        },
        help="The type of network. LSTM suits most recordings; Classic LSTM is the one found in tutorials, for comparison.",
        searched=Searched(choices=("lstm", "gru", "tcn")),
    )
    hidden_size: int = setting(
        64,
        label="Hidden size",
        unit="cells",
        low=4,
        high=512,
        help="Memory cells in each layer. More cells can follow finer shapes, but need more data and time.",
        searched=Searched(choices=(16, 32, 64, 96)),
    )
    layers: int = setting(
        2,
        label="Layers",
        low=1,
        high=4,
        help="Stacked layers in each direction.",
        searched=Searched(choices=(1, 2, 3)),
    )
    start: str = setting(
        "random",
        label="First weights",
        choices={"pretrained": "Pretrained on synthetic signals", "random": "Random"},
        help="What the training starts from: a network that has already learned from synthetic signals of many kinds, or random "
        "weights. Pretrained weights exist for an LSTM of 64 cells in 2 layers that predicts each sample from its neighbours on "
        "both sides, without residual learning; any other network starts from random ones.",
        searched=Searched(choices=("pretrained", "random")),
    )
    heads: int = setting(
        4,
        label="Attention heads",
        low=1,
        high=16,
        help="Transformer only: attention patterns that each layer computes in parallel.",
    )
    positions: str = setting(
        "rotary",
        label="Position encoding",
        choices={"rotary": "Relative (rotary)", "sinusoidal": "Absolute (sinusoidal)"},
        help="Transformer only: whether it locates samples by their distance from each other (rotary) or by their place in "
        "the window (sinusoidal).",
    )
    dropout: float = setting(
        0.0,
        label="Dropout",
        low=0.0,
        high=0.8,
        help="Fraction of the values between layers set to zero at random in training; reduces overfitting. "
        "Needs at least two layers.",
        searched=Searched(low=0.0, high=0.3),
    )
    baseline: str = setting(
        "none",
        label="Residual learning",
        choices={"none": "Off", "linear": "Linear predictor"},
        help="With a linear predictor, the network only learns to correct the best weighted mean of the neighbouring samples "
        "(residual learning). This helps where the noise is weak.",
        searched=Searched(choices=("none", "linear")),
    )
    gap: int = setting(
        1,
        label="Blind spot",
        unit="samples",
        low=1,
        high=64,
        help="Samples closer than this to the predicted one are hidden from the network. 1 hides only the sample itself; "
        "autocorrelated noise needs more. No effect where the learning goal is a clean column, repeats or a copy.",
        searched=Searched(choices=(1, 2, 3, 4, 6, 8)),
    )


@dataclass(frozen=True, kw_only=True)
class ObjectiveConfig:
    """What it is trained to predict, and how an error counts."""

    kind: str = setting(
        "blind_spot",
        label="Learning goal",
        choices={name: objective.label for name, objective in OBJECTIVES.items()},
        help="What the network learns to predict: each sample from its neighbours on both sides, each sample from the past "
        "only, a clean column, a repeat of the recording, or (as a teaching example) the noisy sample that it sees.",
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
        help="How prediction errors are penalised. Gaussian and Student-t also estimate the uncertainty of each prediction; "
        "Student-t tolerates spikes.",
        searched=Searched(choices=("gaussian", "student_t", "mse")),
    )


@dataclass(frozen=True, kw_only=True)
class SplitConfig:
    """Which samples are kept from training."""

    kind: str = setting(
        "scattered",
        label="Split",
        choices={"scattered": "Scattered blocks", "in_time": "Consecutive parts"},
        help="Hold out short blocks scattered over the series, or split it into consecutive parts: training, validation, test.",
    )
    valid_share: float = setting(
        0.15,
        label="Validation share",
        low=0.02,
        high=0.5,
        help="Fraction of the samples held out from training and used to choose the best epoch.",
    )
    test_share: float = setting(
        0.0,
        label="Test share",
        low=0.0,
        high=0.5,
        help="Fraction of the samples used neither for training nor to choose the best epoch. Where the true signal is known, "
        "the gain is also measured on these samples alone.",
    )
    block: int = setting(
        16,
        label="Held-out block",
        unit="samples",
        low=1,
        high=1024,
        help="Length of each held-out block, where the blocks are scattered.",
    )
    guard: int = setting(
        0,
        label="Guard",
        unit="samples",
        low=0,
        high=4096,
        help="Samples left unused on each side of a held-out part, so that correlated neighbours reveal nothing about it.",
    )


@dataclass(frozen=True, kw_only=True)
class TrainingConfig:
    """How long and how it is trained, and on what device."""

    epochs: int = setting(
        28,
        label="Epochs",
        low=1,
        high=2000,
        help="Rounds of training; the best epoch is kept.",
        searched=Searched(low=0.5, high=4.0, log=True, relative=True),
    )
    minutes: float = setting(
        0.0,
        label="Time budget",
        unit="min",
        low=0.0,
        high=1440.0,
        help="About how long to train. The speed is measured at the start, and the number of epochs chosen so that they fill "
        "this time; then the same seed gives the same result only where that number is the same. A second network, which checks "
        "the result, takes as long again. 0 trains as many epochs as are set.",
    )
    steps_per_epoch: int = setting(
        5, label="Steps per epoch", low=1, high=2000, help="Weight updates in each epoch, one batch of windows each."
    )
    batch_size: int = setting(
        32,
        label="Batch size",
        unit="windows",
        low=1,
        high=4096,
        help="Windows processed together in each step.",
        searched=Searched(low=0.5, high=4.0, log=True, relative=True),
    )
    optimizer: str = setting(
        "adamw",
        label="Optimiser",
        choices={"adamw": "AdamW", "adam": "Adam", "sgd": "SGD"},
        help="The algorithm that updates the weights. SGD has a momentum of 0.9 and needs a larger learning rate.",
    )
    learning_rate: float = setting(
        1e-2,
        label="Learning rate",
        low=1e-5,
        high=1.0,
        log=True,
        help="How far each step moves the weights, at its largest; pretrained weights move a twentieth as far.",
        searched=Searched(low=0.2, high=5.0, log=True, relative=True),
    )
    schedule: str = setting(
        "one_cycle",
        label="Schedule",
        choices={"one_cycle": "One-cycle", "cosine": "Cosine", "constant": "Constant"},
        help="How the learning rate changes during training: up and then down (one-cycle), only down (cosine), or not at all.",
    )
    weight_decay: float = setting(
        1e-3,
        label="Weight decay",
        low=0.0,
        high=1.0,
        help="Pulls the weights towards zero; reduces overfitting.",
        searched=Searched(low=1e-4, high=0.3, log=True),
    )
    averaging: int = setting(
        0,
        label="Weight averaging",
        unit="steps",
        low=0,
        high=1000,
        help="The network that is validated and kept has the running mean of the weights over about so many steps, which evens "
        "out their jitter. 0 keeps the weights as they are.",
        searched=Searched(choices=(0, 20, 50, 100)),
    )
    gradient_clip: float = setting(
        1.0,
        label="Gradient clipping",
        low=0.01,
        high=100.0,
        help="Larger gradients (error slopes) are scaled down to this norm, so that no single step upsets the training.",
    )
    patience: int = setting(
        12, label="Patience", unit="epochs", low=1, high=2000, help="Stop after this many epochs without improvement."
    )
    precision: str = setting(
        "auto",
        label="Arithmetic",
        choices={"auto": "Automatic", "float32": "32 bits", "bfloat16": "16 bits where it does no harm"},
        help="How many bits the products in the network have during training. 16 are about twice as fast on processors made for "
        "it; Automatic uses them where a short measurement says so. The result is always computed with 32.",
    )
    seed: int = setting(0, label="Seed", low=0, high=2**31 - 1, help="The same seed on the same machine gives the same result.")
    device: str = setting(
        "auto",
        label="Device",
        choices={"auto": "Automatic", "cuda": "NVIDIA GPU", "mps": "Apple GPU", "cpu": "Processor (CPU)"},
        help="Where to train. Automatic uses an NVIDIA GPU if there is one, else an Apple GPU, else the processor.",
    )

    @property
    def steps(self) -> int:
        """All optimiser steps of a full run."""
        return self.epochs * self.steps_per_epoch
