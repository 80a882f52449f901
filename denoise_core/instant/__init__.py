"""A network pretrained on synthetic signals denoises any series without training. Imports no torch."""

from denoise_core.instant.denoiser import denoise
from denoise_core.instant.session import WEIGHTS

__all__ = ["WEIGHTS", "denoise"]
