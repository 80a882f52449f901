"""What training and inference need of a network, and the features it is shown. Knows no particular network."""

from __future__ import annotations

from torch import Tensor, nn

# Features of a sample: the scaled value (0 where missing), 1 where it was observed, and, where the configuration asks for it,
# the time step that led to it, in logarithms of the usual step.
VALUE, OBSERVED, STEP = 0, 1, 2


class Network(nn.Module):
    """(batch, length, in_features) -> two tensors (batch, length): mean and log-variance of each sample given what may be seen.

    Attributes
    ----------
    span : int or None
        How many samples away from a prediction the farthest input that can change it lies; None where there is no limit.
        (A linear start looks further where samples are missing, to the nearest that is there.)
    first : int
        The first sample of a training window that is predicted; those before it are NaN and no targets.
    """

    span: int | None = None
    first: int = 0

    def prepare(self, inputs: Tensor, target: Tensor, chosen: Tensor, *, noise_variance: float) -> None:
        """Set what is measured, not learnt, from inputs (n, in_features), targets (n,) and those to learn from, `chosen` (n,)."""
