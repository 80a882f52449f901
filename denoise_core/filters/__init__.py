"""Classical filters, and their settings suggested from the data. Knows no training, no truth."""

from denoise_core.filters.table import FILTERS, Filter, lookup
from denoise_core.filters.use import apply, suggest

__all__ = ["FILTERS", "Filter", "apply", "lookup", "suggest"]
