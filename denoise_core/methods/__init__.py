"""How to get an `Estimate`: the one table of methods, and the combination of several. Importing it does not import torch."""

from denoise_core.methods.automatic import blend_quick, blend_with_network, draw_seed, for_twin, risk, twin_of
from denoise_core.methods.referee import Referee
from denoise_core.methods.table import METHODS, Method, denoise, lookup

__all__ = [
    "METHODS",
    "Method",
    "Referee",
    "blend_quick",
    "blend_with_network",
    "denoise",
    "draw_seed",
    "for_twin",
    "lookup",
    "risk",
    "twin_of",
]
