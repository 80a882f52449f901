"""A result as the Python program that makes it again."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from denoise_core.config import NoiseConfig
from denoise_core.filters import FILTERS
from denoise_core.noise.stated import NO_STATEMENT
from denoise_core.series import Estimate


def as_code(estimate: Estimate, *, file_name: str, column: str, stated: NoiseConfig = NO_STATEMENT) -> str:
    """The program that denoises the same column by the same quick method with the same settings.

    Examples
    --------
    >>> import numpy as np
    >>> found = Estimate(values=np.zeros(3), method="median", settings={"window": 9})
    >>> print(as_code(found, file_name="pump.csv", column="pressure"))
    import denoise_core as dc
    <BLANKLINE>
    series = dc.read('pump.csv')['pressure']
    estimate = dc.denoise(series, method='median', window=9)
    """
    given = {"method": estimate.method, **given_settings(estimate)}
    words = [f"{name}={value!r}" for name, value in given.items()]
    imports = ["import denoise_core as dc"]
    if stated != NO_STATEMENT:
        imports.append("from denoise_core.config import NoiseConfig")
        usual = asdict(NO_STATEMENT)
        changed = ", ".join(f"{name}={value!r}" for name, value in asdict(stated).items() if value != usual[name])
        words.append(f"noise=NoiseConfig({changed})")
    read = f"series = dc.read({file_name!r})[{column!r}]"
    return "\n".join([*imports, "", read, f"estimate = dc.denoise(series, {', '.join(words)})"])


def given_settings(estimate: Estimate) -> dict[str, Any]:
    """The settings with which the same filter makes the same estimate: not a noise level that it found in the series."""
    if estimate.method not in FILTERS:
        return {}
    return {name: value for name, value in estimate.settings.items() if (name, value) != ("noise_sd", estimate.noise_sd)}
