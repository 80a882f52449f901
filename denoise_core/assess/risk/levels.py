"""How large each candidate's error is, and how far that figure may be off."""

from __future__ import annotations

import numpy as np

from denoise_core.assess.risk.draws import ADDED
from denoise_core.assess.risk.evidence import Evidence
from denoise_core.assess.risk.noise_model import NoiseModel
from denoise_core.series import Estimate, Float64Array

_OWN_ERROR = 0.6  # sd of the log of the mean of a network's own variance, over its true mean square error
_NINETY = 1.645  # normal sds
_LEAST = 0.1  # of the reference's risk: less is not claimed of any other
_MOST_SPREAD = 1.0  # sd of the log of a risk where the noise level is known
_MOST_BY_LEVEL = 3.0  # likewise, where it is not: a factor of 12 of the error's rms, which says that nothing is known of it


def estimated_risks(evidence: Evidence, reference: Estimate) -> tuple[Float64Array, Float64Array]:
    """Mean square errors and the sds of these figures, in the square of the series' unit; shape (m,) each.

    The first candidate's is weighted of what it says itself and of what its residual says; the others' come from their excess,
    found at more noise than there is. Errors left of the noise grow with it, and are smaller without; smoothed peaks do not.
    """
    risk, sd = reference_risk(evidence, reference)
    noisier = risk + min(ADDED * risk, float(evidence.addition[0])) + evidence.excess
    risks = np.maximum(noisier / (1.0 + ADDED), noisier - evidence.addition)
    risks = np.maximum(risks, _LEAST * risk)
    return risks, np.sqrt(sd**2 + evidence.by_chance**2 + evidence.by_level**2)


def interval(risk: float, sd: float, model: NoiseModel) -> tuple[float, float]:
    """Contains the true value with about 90 % probability, where its log is normal."""
    by_level = min(2.0 * model.level_error, _MOST_BY_LEVEL)
    factor = float(np.exp(_NINETY * min(sd / risk, max(_MOST_SPREAD, by_level))))
    return risk / factor, risk * factor * float(np.exp(2.0 * model.lowered))


def reference_risk(evidence: Evidence, reference: Estimate) -> tuple[float, float]:
    """Mean square error of the first candidate, and the sd of that figure."""
    by_residual, sd = evidence.risk_by_residual()
    if reference.sd is None:
        return max(by_residual, 0.02 * evidence.noise_variance), sd
    own = float(np.nanmean(reference.sd[evidence.places] ** 2))
    precision, own_precision = 1.0 / sd**2, 1.0 / max(_OWN_ERROR * own, 1e-9 * evidence.noise_variance) ** 2
    total = precision + own_precision
    return (precision * max(by_residual, 0.0) + own_precision * own) / total, float(total**-0.5)
