"""A network trained once on synthetic signals denoises any series at once. Knows no user's training; imports no torch."""

from denoise_core.instant.session import WEIGHTS
from denoise_core.instant.use import denoise

__all__ = ["WEIGHTS", "denoise"]
