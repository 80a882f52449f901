"""What can be taken away besides the denoised series. Knows no page."""

from denoise_core.export.model_file import load, save

__all__ = ["load", "save"]
