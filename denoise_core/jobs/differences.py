"""In which settings results of one series differ, in words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from denoise_core.assess.summary import Summary
from denoise_core.config import config_in_words, settings_in_words
from denoise_core.filters import FILTERS
from denoise_core.jobs.spec import COMPUTED, Spec
from denoise_core.methods.referee import LABELS

_NOISE = "noise"
"""What settings of the noise begin with: found in the series unless they are given, so they are told only where they differ."""


def differences(results: Sequence[tuple[Spec, Summary | None]], *, rate_hz: float | None = None) -> list[str]:
    """For each result the settings in which others of its kind differ from it; of a filter that is there once, all of them.

    Parameters
    ----------
    rate_hz : float, optional
        Frequencies are given in hertz then.
    """
    kinds, told = [spec.method or spec.kind for spec, _ in results], [_in_words(*one, rate_hz) for one in results]
    values: dict[tuple[str, str], set[str]] = defaultdict(set)
    for kind, words in zip(kinds, told, strict=True):
        for name, text in words.items():
            values[kind, name].add(text)
    found = []
    for (spec, _), kind, words in zip(results, kinds, told, strict=True):
        alone = spec.kind == COMPUTED and kinds.count(kind) == 1
        shown = [text for name, text in words.items() if (alone and not name.startswith(_NOISE)) or len(values[kind, name]) > 1]
        found.append(", ".join(shown))
    return found


def method_settings(method: str, settings: Mapping[str, object], *, rate_hz: float | None = None) -> str:
    """The settings of a quick method in words; "" where it has none.

    Examples
    --------
    >>> method_settings("savgol", {"window": 11, "order": 2})
    'Window 11 samples, Order 2'
    """
    words = _of_method(method, settings, rate_hz)
    return ", ".join(text for name, text in words.items() if not name.startswith(_NOISE))


def _in_words(spec: Spec, summary: Summary | None, rate_hz: float | None) -> dict[str, str]:
    config = config_in_words(spec.config)
    if spec.kind != COMPUTED:
        return config
    stated = {path: words for path, words in config.items() if path.startswith(_NOISE)}
    return _of_method(spec.method, summary.settings if summary else {}, rate_hz) | stated


def _of_method(method: str, settings: Mapping[str, object], rate_hz: float | None) -> dict[str, str]:
    weights = settings.get("weights")
    if isinstance(weights, Mapping):
        shares = {LABELS.get(name, name): 100.0 * float(share) for name, share in weights.items()}
        return {"weights": " + ".join(f"{share:.0f} % {name}" for name, share in shares.items() if share >= 0.5)}
    return settings_in_words(FILTERS[method].settings, settings, rate_hz=rate_hz) if method in FILTERS else {}
