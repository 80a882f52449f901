"""Files: reading uploads in a throw-away process, and writing results the way they came."""

from denoise_core.files.options import NO_TIME, Limits, ReadOptions
from denoise_core.files.reading import read
from denoise_core.files.samples import SAMPLES, Sample, sample_path
from denoise_core.files.writing import denoised_name, render, write

__all__ = ["NO_TIME", "SAMPLES", "Limits", "ReadOptions", "Sample", "denoised_name", "read", "render", "sample_path", "write"]
