"""Denoise a 1-D time series without clean data.

The public names stand in `__init__.pyi`. They are looked up when first used, so that importing this package imports neither torch
nor scipy.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
