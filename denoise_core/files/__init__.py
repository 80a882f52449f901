"""Files: reading uploads in a throw-away process, and writing results the way they came."""

from denoise_core.files.options import NO_TIME, Limits, ReadOptions
from denoise_core.files.reading import read

__all__ = ["NO_TIME", "Limits", "ReadOptions", "read"]
