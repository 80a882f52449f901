"""A network trained once on synthetic signals denoises any series at once. Knows no user's training; imports no torch."""

from denoise_core.instant.denoiser import denoise
from denoise_core.instant.session import WEIGHTS

__all__ = ["WEIGHTS", "denoise"]
