"""Every chart of the product, once, as a plain plotly figure."""

from denoise_core.figures.charts import axis_values, loss, overlay, preview, spectrum, stated_error, windows
from denoise_core.figures.traces import DARK, Figure, View

__all__ = ["DARK", "Figure", "View", "axis_values", "loss", "overlay", "preview", "spectrum", "stated_error", "windows"]
