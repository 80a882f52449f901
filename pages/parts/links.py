"""What a link says, and how: the query parameters that carry a session to another page, another tab or another person."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from denoise_core.config import NoiseConfig, RunConfig, parse_untrusted
from denoise_core.errors import DenoiseError
from denoise_core.figures import COLORS
from denoise_core.jobs import Source

PARAMETERS = ("run", "study", "series", "name", "column", "read", "added", "noise", "versions", "baseline")
"""All that `write` gives. Five say which series: its file, the name and column, how it is read, and the noise added to it."""
_LONGEST_OPTIONS = 4096


@dataclass(frozen=True, kw_only=True)
class Linked:
    """The part of a session that a link carries.

    Parameters
    ----------
    source : Source or None
        The series that was chosen; None for the first sample.
    run : str or None
        The run that is open.
    study : str or None
        The search that is open; shown where no run is.
    noise : NoiseConfig
        What was said of the noise of the series, and what is removed from it before.
    drawn : tuple of str or None
        The results that the Compare page draws, each at the place of its colour, "" where none is; None for those it suggests.
    baseline : str
        The result with which the others are compared; "" for none.
    """

    source: Source | None = None
    run: str | None = None
    study: str | None = None
    noise: NoiseConfig = field(default_factory=NoiseConfig)
    drawn: tuple[str, ...] | None = None
    baseline: str = ""


def write(linked: Linked) -> dict[str, str]:
    """The query parameters; none that would be empty."""
    source = linked.source
    query = {"run": linked.run or "", "study": linked.study or ""}
    if source is not None:
        query |= {"series": source.input or "", "name": source.file_name, "column": source.column}
        query |= {"read": _json(source.options), "added": _json(source.added_noise)}
    query |= {"noise": _json(_stated(linked.noise)), "versions": ",".join(linked.drawn or ()), "baseline": linked.baseline}
    return {name: text for name, text in query.items() if text}


def read(query: Mapping[str, str]) -> Linked:
    """What a link says; whatever of it cannot be read is as if it were not there."""
    drawn = query.get("versions", "").split(",")[: len(COLORS)]
    return Linked(
        source=_read_source(query) if "series" in query else None,
        run=query.get("run") or None,
        study=query.get("study") or None,
        noise=_read_noise(query.get("noise", "{}")),
        drawn=tuple(drawn) if any(drawn) else None,
        baseline=query.get("baseline", ""),
    )


def parse_options(text: str) -> dict[str, Any]:
    """The reading options of a link, or its added noise; what is in them is checked where they are used."""
    try:
        options = parse_untrusted(text or "{}", longest=_LONGEST_OPTIONS)
    except ValueError:
        return {}
    return options if isinstance(options, dict) else {}


def _json(settings: Mapping[str, Any]) -> str:
    return json.dumps(dict(settings)) if settings else ""


def _stated(noise: NoiseConfig) -> dict[str, Any]:
    """What differs from saying nothing."""
    usual = asdict(NoiseConfig())
    return {name: value for name, value in asdict(noise).items() if value != usual[name]}


def _read_source(query: Mapping[str, str]) -> Source:
    return Source(
        input=query["series"],
        file_name=query.get("name", ""),
        column=query.get("column", ""),
        options=parse_options(query.get("read", "")),
        added_noise=parse_options(query.get("added", "")),
    )


def _read_noise(text: str) -> NoiseConfig:
    try:
        return RunConfig.from_json(json.dumps({"noise": json.loads(text)})).noise
    except (ValueError, DenoiseError):
        return NoiseConfig()
