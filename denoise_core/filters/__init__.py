"""Classical filters, and their settings suggested from the data."""

from denoise_core.filters.apply_filter import apply, suggest
from denoise_core.filters.catalogue import FILTERS, Filter, lookup

__all__ = ["FILTERS", "Filter", "apply", "lookup", "suggest"]
