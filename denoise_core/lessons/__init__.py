"""Eight experiments that teach denoising with neural networks: measured once, shown at once.

`LESSONS` has them in order; `picture` and `findings` say what a choice of controls showed. Nothing here imports torch
until something is trained.
"""

from denoise_core.lessons.catalogue import LESSONS, explain, picture, snapshot
from denoise_core.lessons.code import notebook
from denoise_core.lessons.lesson import NOISE, Control, Experiment, Lesson, to_csv
from denoise_core.lessons.links import parse, to_query
from denoise_core.lessons.snapshots import Choice, Snapshot, Value

__all__ = [
    "LESSONS",
    "NOISE",
    "Choice",
    "Control",
    "Experiment",
    "Lesson",
    "Snapshot",
    "Value",
    "explain",
    "notebook",
    "parse",
    "picture",
    "snapshot",
    "to_csv",
    "to_query",
]
