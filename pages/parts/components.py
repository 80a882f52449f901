"""Parts of a page with HTML, a style sheet and a program of their own, and how data are sent to them."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import streamlit as st

_HERE = Path(__file__).parent


def component(name: str, *, html: str, beside: str) -> Callable[..., Any]:
    """Declare the component `name`; ``beside.css`` and ``beside.js`` lie beside this module."""
    css, js = ((_HERE / f"{beside}.{ending}").read_text() for ending in ("css", "js"))
    return st.components.v2.component(name, html=html, css=css, js=js, isolate_styles=False)


def pack(data: Mapping[str, Any]) -> bytes:
    """As bytes: Streamlit would import pandas and pyarrow to look for tables in a dictionary."""
    return gzip.compress(json.dumps(data, default=vars).encode(), compresslevel=3, mtime=0)
