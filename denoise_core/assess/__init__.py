"""Metrics against a true signal, diagnostics of the residual, and the verdict in plain words."""

from denoise_core.assess.diagnostics import on_gaps, on_noise, on_series, on_training
from denoise_core.assess.disturbances import on_disturbances
from denoise_core.assess.familiarity import can_rescale, differences, fitted_scaling
from denoise_core.assess.findings import Finding
from denoise_core.assess.held_out import on_test_part
from denoise_core.assess.measurements import measurements, stretch_in_words
from denoise_core.assess.metrics import METRICS, score
from denoise_core.assess.noise_words import noise_density, noise_in_words
from denoise_core.assess.residual import Residual, diagnose
from denoise_core.assess.residual_checks import check_residual
from denoise_core.assess.spectra import Spectra, spectra
from denoise_core.assess.spectrograms import spectrograms
from denoise_core.assess.transfer import transfer
from denoise_core.assess.truth import truth_of
from denoise_core.assess.verdict import Figure, Sentence, Verdict, judge

__all__ = [
    "METRICS",
    "Figure",
    "Finding",
    "Residual",
    "Sentence",
    "Spectra",
    "Verdict",
    "can_rescale",
    "check_residual",
    "diagnose",
    "differences",
    "fitted_scaling",
    "judge",
    "measurements",
    "noise_density",
    "noise_in_words",
    "on_disturbances",
    "on_gaps",
    "on_noise",
    "on_series",
    "on_test_part",
    "on_training",
    "score",
    "spectra",
    "spectrograms",
    "stretch_in_words",
    "transfer",
    "truth_of",
]
