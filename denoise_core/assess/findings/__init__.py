"""Where and in what the residual is not noise: what was lost at details, edges, repeated events, tones and slow movements."""

from denoise_core.assess.findings.finding import Finding
from denoise_core.assess.findings.search import Findings, find

__all__ = ["Finding", "Findings", "find"]
