"""The learning goals: what a network learns to predict from what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, kw_only=True)
class Objective:
    """One learning goal.

    Parameters
    ----------
    target : "itself", "clean" or "others"
        The noisy sample itself, the clean one, or the mean of the other repeats.
    blind : bool
        Whether the predicted sample, and all nearer than the gap, are hidden from the network.
    two_sided : bool
        Whether it sees what comes after the predicted sample.
    teaching : bool
        It does not denoise; it is there to show why.
    """

    label: str
    help: str
    target: Literal["itself", "clean", "others"]
    blind: bool
    two_sided: bool = True
    teaching: bool = False


OBJECTIVES: dict[str, Objective] = {
    "blind_spot": Objective(
        label="Predict each sample from its neighbours",
        help="Predicts each sample from those before and after it, without seeing the sample itself. Noise cannot be predicted, "
        "so what can be predicted is the signal.",
        target="itself",
        blind=True,
    ),
    "next_step": Objective(
        label="Predict each sample from the past",
        help="Predicts each sample only from those before it, as in forecasting. It uses half of the available information.",
        target="itself",
        blind=True,
        two_sided=False,
    ),
    "supervised": Objective(
        label="Match a clean column",
        help="Learns to turn the noisy series into a clean one that you provide (supervised learning).",
        target="clean",
        blind=False,
    ),
    "repeats": Objective(
        label="Predict one repeat from another",
        help="Predicts one recording from another of the same event. Their noise differs, so what they share is the signal.",
        target="others",
        blind=False,
    ),
    "reconstruct": Objective(
        label="Teaching example: copy the input",
        help="Teaching example: the network sees the very sample it has to predict, so it learns to copy the noise.",
        target="itself",
        blind=False,
        teaching=True,
    ),
}
