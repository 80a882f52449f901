"""What training and inference need of a network, and the features of its input."""

from __future__ import annotations

from torch import Tensor, nn

from denoise_core.config import RunConfig

# Features of a sample: the scaled value (0 where missing), 1 where it was observed; where the configuration asks for it, the time
# step that led to it, in logarithms of the usual step; and, with several channels, a 1 in the place of its own among zeros.
VALUE, OBSERVED, STEP = 0, 1, 2


def in_features(config: RunConfig, channels: int) -> int:
    """How many features a sample has."""
    return STEP + has_steps(config) + (channels if channels > 1 else 0)


def has_steps(config: RunConfig) -> bool:
    """Whether the time step is among the features."""
    return config.input.uneven == "channel"


class Network(nn.Module):
    """(batch, length, in_features) -> two tensors (batch, length): mean and log-variance of each sample given what may be seen.

    Attributes
    ----------
    span : int or None
        How many samples away from a prediction the farthest input that can change it lies; None where there is no limit.
        (A linear baseline looks further where samples are missing, to the nearest that is there.)
    first : int
        The first sample of a training window that is predicted; those before it are NaN and no targets.
    """

    span: int | None = None
    first: int = 0

    def prepare(self, inputs: Tensor, target: Tensor, chosen: Tensor, *, noise_variance: float) -> None:
        """Set what is measured, not learned, from inputs (n, in_features), targets (n,) and which to use, `chosen` (n,)."""
