"""plotly.js for the browser, sent before anything else: compiling it takes a browser longer than the rest of a page takes."""

from __future__ import annotations

import gzip
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import streamlit as st

_HERE = Path(__file__).parent


def load() -> None:
    """Send plotly.js to this browser; Streamlit repeats it by reference only, because it never changes."""
    _LIBRARY(key="plotly_library", data=_compress())


@cache
def _compress() -> bytes:
    """plotly.js from its package, compressed; the package itself is not imported."""
    package = find_spec("plotly")
    if package is None or package.origin is None:
        raise ModuleNotFoundError("plotly is not installed: pip install -r requirements.txt")
    source = (Path(package.origin).parent / "package_data" / "plotly.min.js").read_bytes()
    return gzip.compress(compile_eagerly(source), compresslevel=1)


def compile_eagerly(source: bytes) -> bytes:
    """The same program with its one outer function in parentheses.

    Browsers take them as a sign that the function is called at once and parse it only once, which saves about 0.15 s.
    """
    head, opening, body = source.rstrip().partition(b"this, () => {")
    if not (opening and body.endswith(b"}));")):
        return source
    return head + b"this, (() => {" + body.removesuffix(b"));") + b")));"


# The library draws nothing itself, so its own place on the page is taken out of the flow.
_LIBRARY = st.components.v2.component(
    "denoise_plotly",
    css=".st-key-plotly_library {\n  position: absolute;\n}",
    js=(_HERE / "plotly_js.js").read_text(),
    isolate_styles=False,
)
