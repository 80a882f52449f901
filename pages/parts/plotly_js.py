"""plotly.js for the browser: a file of its own, which browsers keep compiled, as it is larger than the rest of a page."""

from __future__ import annotations

import gzip
import hashlib
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import streamlit as st
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

_HERE = Path(__file__).parent
_FOR_A_YEAR = {"Cache-Control": "public, max-age=31536000, immutable", "Content-Encoding": "gzip"}


def load() -> None:
    """Have this browser load plotly.js from where `route` serves it; before the rest of the page, which waits for it."""
    _LOADER(key="plotly_library", data=address().encode())


def route() -> Route:
    """What serves plotly.js: its address changes with its content, so no browser need ever ask again."""
    return Route(address(), _serve)


@cache
def address() -> str:
    """Where plotly.js is served."""
    base = str(st.get_option("server.baseUrlPath")).strip("/")
    digest = hashlib.sha256(program()).hexdigest()[:16]
    return f"{'/' + base if base else ''}/plotly-{digest}.js"


@cache
def program() -> bytes:
    """plotly.js from its package, which is not imported, with all module loaders hidden, so that it always lands on window."""
    package = find_spec("plotly")
    if package is None or package.origin is None:
        raise ModuleNotFoundError("plotly is not installed: pip install -r requirements.txt")
    source = (Path(package.origin).parent / "package_data" / "plotly.min.js").read_bytes()
    # In parentheses: browsers take them as a sign that the function is called at once, and compile it while they parse.
    return b"(function (module, exports, define) {\n" + source + b"\n}).call(window)\n"


@cache
def _packed() -> bytes:
    return gzip.compress(program(), compresslevel=6)


def _serve(request: Request) -> Response:
    del request
    return Response(_packed(), media_type="text/javascript", headers=_FOR_A_YEAR)


# The library draws nothing itself; style.css takes its place on the page out of the flow.
_LOADER = st.components.v2.component(
    "denoise_plotly",
    js=(_HERE / "plotly_js.js").read_text(),
    isolate_styles=False,
)
