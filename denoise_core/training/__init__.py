"""Training: what a network is fed, the one loop, optimisers and schedules. Knows no page, no job, no file."""

from denoise_core.training.trainer import Trainer, fit, train

__all__ = ["Trainer", "fit", "train"]
