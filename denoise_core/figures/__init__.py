"""Every chart of the product, once, as a plain plotly figure."""

from denoise_core.figures.charts import axis_values, loss, overlay, preview, spectrum, stated_error, time_values, windows
from denoise_core.figures.comparison import COLORS, Drawn, compare, grid, grid_height
from denoise_core.figures.downsampling import window
from denoise_core.figures.panels import Line, Panel, panels
from denoise_core.figures.residual_charts import residual_checks, spectrogram, transfer_chart
from denoise_core.figures.search_charts import Axis, Dot, importances, learning_curves, search_history, settings_of_trials
from denoise_core.figures.shares import shares
from denoise_core.figures.small_multiples import small_multiples
from denoise_core.figures.strip import range_around
from denoise_core.figures.traces import DARK, Figure, View, shorten

__all__ = [
    "COLORS",
    "DARK",
    "Axis",
    "Dot",
    "Drawn",
    "Figure",
    "Line",
    "Panel",
    "View",
    "axis_values",
    "compare",
    "grid",
    "grid_height",
    "importances",
    "learning_curves",
    "loss",
    "overlay",
    "panels",
    "preview",
    "range_around",
    "residual_checks",
    "search_history",
    "settings_of_trials",
    "shares",
    "shorten",
    "small_multiples",
    "spectrogram",
    "spectrum",
    "stated_error",
    "time_values",
    "transfer_chart",
    "window",
    "windows",
]
