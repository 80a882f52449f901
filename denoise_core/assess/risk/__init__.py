"""What each method's error is likely to be, judged without the truth, and the combination whose error is least."""

from denoise_core.assess.risk.blending import BLEND, BLEND_LABEL, RECORDING, blend, judge
from denoise_core.assess.risk.candidate import Candidate, by_method, by_twin
from denoise_core.assess.risk.draws import ADDED, SHORTEST, Draws
from denoise_core.assess.risk.evidence import Evidence
from denoise_core.assess.risk.judged import Blended, Judged
from denoise_core.assess.risk.levels import reference_risk
from denoise_core.assess.risk.noise_model import NoiseModel
from denoise_core.assess.risk.wording import doubt_about, table

__all__ = [
    "ADDED",
    "BLEND",
    "BLEND_LABEL",
    "RECORDING",
    "SHORTEST",
    "Blended",
    "Candidate",
    "Draws",
    "Evidence",
    "Judged",
    "NoiseModel",
    "blend",
    "by_method",
    "by_twin",
    "doubt_about",
    "judge",
    "reference_risk",
    "table",
]
