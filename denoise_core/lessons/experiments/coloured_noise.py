"""Lesson 6: noise that lasts longer than a sample can be predicted, so a blind spot of one sample keeps it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from denoise_core.dsp.autocorrelation import autocorrelations
from denoise_core.dsp.spectrum import psd
from denoise_core.figures import Line, Panel
from denoise_core.lessons import code, heartbeats
from denoise_core.lessons.lesson import Control, Experiment, Lesson
from denoise_core.lessons.settings import settings
from denoise_core.lessons.snapshots import Choice, Snapshot
from denoise_core.series import Float64Array
from denoise_core.signals import ar1_noise, ecg_like

N, SNR, LAGS = 1500, 3.0, 20
RHOS, GAPS = (0.0, 0.5, 0.8, 0.95), (1, 2, 3, 5, 8)
SHOWN = slice(600, 900)


def _experiment(choice: Choice) -> Experiment:
    rng = np.random.default_rng(heartbeats.seed_of(choice))
    clean = ecg_like(N, rng)
    noisy = clean + clean.std() / SNR * ar1_noise(N, rng, rho=float(choice["rho"]))
    gap = int(choice["gap"])
    changes = {"model.gap": gap, "split.block": max(16, 8 * gap), "split.guard": gap - 1}
    return Experiment(series=heartbeats.as_series(noisy), clean=clean, config=settings(changes, seed=heartbeats.seed_of(choice)))


def _measure(choice: Choice) -> Mapping[str, Float64Array]:
    """The prediction, the residual's and the noise's autocorrelation and spectrum, and the gain in dB."""
    from denoise_core.training import fit

    made = _experiment(choice)
    noisy, clean = made.series.values, made.clean
    predicted = fit(made.series, made.config).prediction(made.series)
    frequency, residual = psd(noisy - predicted, step=1 / heartbeats.RATE_HZ)
    _, noise = psd(noisy - clean, step=1 / heartbeats.RATE_HZ)
    return {
        "noisy": noisy[SHOWN],
        "clean": clean[SHOWN],
        "predicted": predicted[SHOWN],
        "residual_correlation": autocorrelations(noisy - predicted, longest_lag=LAGS),
        "noise_correlation": autocorrelations(noisy - clean, longest_lag=LAGS),
        "frequency": frequency,
        "residual_density": residual,
        "noise_density": noise,
        "gain": np.array(10 * np.log10(np.mean((noisy - clean) ** 2) / np.mean((predicted - clean) ** 2))),
        "removed": np.array((noisy - predicted).std() / (noisy - clean).std()),
    }


def _rows(snapshot: Snapshot, choice: Choice) -> list[list[Panel]]:
    cell, gains = snapshot.at(choice), snapshot.along("gap", choice, "gain")
    x, lags = np.arange(N)[SHOWN] / heartbeats.RATE_HZ, np.arange(LAGS + 1.0)
    above = [
        Line(name="Recorded", x=x, y=cell["noisy"], role="recorded"),
        Line(name="True signal", x=x, y=cell["clean"], role="truth"),
        Line(name="Prediction", x=x, y=cell["predicted"], role="denoised"),
    ]
    gaps = np.array(GAPS, dtype=np.float64)
    gain = [
        Line(name="Gain", x=gaps, y=gains, role="denoised"),
        Line(name="", x=np.array([float(choice["gap"])]), y=cell["gain"][None], role="denoised", points="circle"),
    ]
    correlation = [
        Line(name="True noise", x=lags, y=np.r_[1.0, cell["noise_correlation"]], role="truth"),
        Line(name="Residual", x=lags, y=np.r_[1.0, cell["residual_correlation"]], role="residual"),
    ]
    density = [
        Line(name="True noise", x=cell["frequency"], y=cell["noise_density"], role="truth"),
        Line(name="Residual", x=cell["frequency"], y=cell["residual_density"], role="residual"),
    ]
    return [
        [
            Panel(lines=above, x_title="Time (s)", y_title="mV", width=1.6),
            Panel(lines=gain, x_title="Blind spot (samples)", y_title="Gain (dB)", levels={"": 0.0}),
        ],
        [
            Panel(lines=correlation, x_title="Lag (samples)", y_title="Autocorrelation", width=1.0),
            Panel(lines=density, x_title="Frequency (Hz)", y_title="Power (mV²/Hz)", log="xy", width=1.0),
        ],
    ]


def _findings(snapshot: Snapshot, choice: Choice) -> tuple[str, str, str]:
    cell, gains = snapshot.at(choice), snapshot.along("gap", choice, "gain")
    rho, best = float(choice["rho"]), int(np.argmax(gains))
    first = (
        f"Autocorrelation {rho:g}, blind spot {_samples(int(choice['gap']))}: the gain is {cell['gain']:.1f} dB, and "
        f"the residual is {cell['removed']:.0%} of the noise in size."
    )
    others = " and ".join(f"{gains[i]:.1f} dB with {_samples(GAPS[i])}" for i in (0, len(GAPS) - 1) if i != best)
    second = f"For this noise a blind spot of {_samples(GAPS[best])} gains most, {gains[best]:.1f} dB, against {others}."
    if best == 0 and rho == 0:
        third = "White noise needs no more than one hidden sample; every further one only costs detail."
    elif best == 0:
        third = "A wider blind spot does not pay here: it loses more in detail than it spares of the noise."
    else:
        third = (
            "Such noise can be predicted from its neighbours, so a narrow blind spot lets it through. A wide one "
            "removes it, but hides the samples that carry the detail as well."
        )
    return first, second, third


def _samples(count: int) -> str:
    return "1 sample" if count == 1 else f"{count} samples"


def _program(choice: Choice) -> str:
    return code.program(
        needs="from denoise_core.signals import ar1_noise, ecg_like\n",
        data=(
            f"rng = np.random.default_rng({heartbeats.seed_of(choice)})\n"
            f"clean = ecg_like({N}, rng)\n"
            f"noise = clean.std() / {SNR:g} * ar1_noise({N}, rng, rho={float(choice['rho']):g})\n"
            f"series = dc.Series.of(clean + noise, rate_hz={heartbeats.RATE_HZ:g})\n"
        ),
        config=_experiment(choice).config,
        then=(
            "output = dc.fit(series, config).prediction(series)\n"
            'print(10 * np.log10(np.mean(noise**2) / np.mean((output - clean) ** 2)), "dB")\n'
            'go.Figure(overlay(series, dc.Estimate(values=output, method="network"), truth=clean))\n'
        ),
    )


LESSON = Lesson(
    number=6,
    name="coloured_noise",
    title="Coloured noise defeats the blind spot",
    question="A blind spot works because noise cannot be predicted from its neighbours. What if it can?",
    predict="The noise now lasts for some samples. Will a blind spot of one sample remove it, and would a wider one?",
    own=(
        Control(
            name="rho",
            label="Autocorrelation of the noise",
            help="How much a noise sample resembles the one before it: 0 is white noise.",
            values=RHOS,
            default=0.8,
        ),
        Control(
            name="gap",
            label="Blind spot (samples)",
            help="Samples closer than this to the predicted one are hidden from the network.",
            values=GAPS,
            default=1,
        ),
    ),
    experiment=_experiment,
    measure=_measure,
    rows=_rows,
    findings=_findings,
    on_your_data=(
        "Blind spot and Prewhitening, among the settings of the Train page. Where the noise is autocorrelated, the app says so "
        "and suggests both."
    ),
    page="pages/train.py",
    code=_program,
)
