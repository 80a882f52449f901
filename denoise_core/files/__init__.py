"""Files: reading uploads in throw-away processes, and writing results the way they came.

The names stand in `__init__.pyi` and are looked up when first used, so that the throw-away process starts quickly.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
