"""A trained network with all that it needs to denoise a series of any length, and the file that it is kept in.

The names stand in `__init__.pyi` and are looked up when first used, so that a page can read a model file's header without torch.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
