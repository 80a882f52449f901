"""Every chart of the product, once, as a plain plotly figure."""

from denoise_core.figures.charts import DARK, Figure, View, axis_values, loss, overlay, preview, spectrum, windows

__all__ = ["DARK", "Figure", "View", "axis_values", "loss", "overlay", "preview", "spectrum", "windows"]
