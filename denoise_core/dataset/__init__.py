"""What a network is trained on: series and their targets, how they are split and preprocessed. Imports no torch."""

from denoise_core.dataset.training_set import Target, TrainingSet

__all__ = ["Target", "TrainingSet"]
