"""The one training loop, a generator of events, and what it is fed.

The names stand in `__init__.pyi` and are looked up when first used, so that a page can read events without torch.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
