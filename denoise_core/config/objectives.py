"""What a network learns to predict from what. Knows no network, no loss and no series."""

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
        It does not denoise, and is here to show why.
    """

    label: str
    help: str
    target: Literal["itself", "clean", "others"]
    blind: bool
    two_sided: bool = True
    teaching: bool = False


OBJECTIVES: dict[str, Objective] = {
    "blind_spot": Objective(
        label="Each sample from both sides",
        help="Predicts each sample from those before and after it. Noise cannot be predicted, so what can be is the signal.",
        target="itself",
        blind=True,
    ),
    "next_step": Objective(
        label="Each sample from the past",
        help="Predicts each sample from those before it alone, as forecasting does. It uses half of what is known.",
        target="itself",
        blind=True,
        two_sided=False,
    ),
    "supervised": Objective(
        label="A clean column",
        help="Learns to turn the noisy series into a clean one that you have, as the textbooks do.",
        target="clean",
        blind=False,
    ),
    "repeats": Objective(
        label="Repeats of the same thing",
        help="Predicts one recording from another of the same thing: their noises differ, so what they share is the signal.",
        target="others",
        blind=False,
    ),
    "reconstruct": Objective(
        label="Teaching example: copy the input",
        help="Teaching example: it sees the very sample that it is to predict, and so it learns to copy the noise.",
        target="itself",
        blind=False,
        teaching=True,
    ),
}
