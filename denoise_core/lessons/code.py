"""A lesson as a program: the shortest that trains the same, with the public interface; and as a notebook."""

from __future__ import annotations

import json
from typing import Any

from denoise_core.config import RunConfig, settings

_USUAL = """import numpy as np
import plotly.graph_objects as go

import denoise_core as dc
from denoise_core.figures import overlay
"""

_APPLY = """config = dc.RunConfig()
for path, value in changes.items():
    config = config.replace(path, value)
"""


def program(*, needs: str, data: str, config: RunConfig, then: str) -> str:
    """`needs` are further imports, `data` makes `series` and `clean`; `then` begins with `config` and `series` at hand."""
    return f"{_USUAL}{needs}\n{data}\n{_settings(config)}\n{then}".rstrip() + "\n"


def _settings(config: RunConfig) -> str:
    """Only what differs from the defaults."""
    usual = {path: value for path, _, value in settings(RunConfig())}
    changes = {path: value for path, _, value in settings(config) if value != usual[path]}
    lines = "".join(f"    {json.dumps(path)}: {json.dumps(value)},\n" for path, value in changes.items())
    return f"changes = {{\n{lines}}}\n{_APPLY}"


def notebook(title: str, question: str, source: str, findings: tuple[str, ...]) -> str:
    """The program as a notebook (nbformat 4.5) with the question before and the measured findings after it."""
    before = f"# {title}\n\n{question}\n\nNeeds `denoise_core` (from its checkout: `pip install .`)."
    after = "What the lesson found with these settings:\n\n" + "\n".join(f"- {sentence}" for sentence in findings)
    code: dict[str, Any] = {"cell_type": "code", "execution_count": None, "outputs": []}
    parts = [("markdown", before), *(("code", part) for part in source.strip().split("\n\n\n")), ("markdown", after)]
    cells = [
        {"id": f"part-{i}", "metadata": {}, "source": text.strip().splitlines(keepends=True)}
        | (dict(code) if kind == "code" else {"cell_type": "markdown"})
        for i, (kind, text) in enumerate(parts)
    ]
    about = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    return json.dumps({"cells": cells, "metadata": about, "nbformat": 4, "nbformat_minor": 5}, indent=1)
