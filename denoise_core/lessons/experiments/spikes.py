"""Lesson 5: squared or absolute error, where the recording has spikes."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from denoise_core.assess.metrics import rmse
from denoise_core.figures import Line, Panel
from denoise_core.lessons import code, heartbeats
from denoise_core.lessons.lesson import Control, Experiment, Lesson
from denoise_core.lessons.settings import settings
from denoise_core.lessons.snapshots import Choice, Snapshot
from denoise_core.series import Float64Array
from denoise_core.signals import add_noise, ecg_like, spikes

N, SNR, SIZE = 1000, 3.0, 10.0
LOSSES = {"mse": "squared error", "mae": "absolute error", "student_t": "Student-t"}
EDGES = np.linspace(-0.8, 0.8, 65)


def _experiment(choice: Choice) -> Experiment:
    rng = np.random.default_rng(heartbeats.seed_of(choice))
    clean = ecg_like(N, rng)
    noisy = add_noise(clean, snr=SNR, rng=rng)
    noisy = noisy + spikes(N, rng, share=float(choice["spikes"]) / 100, size=SIZE * clean.std() / SNR)
    changes = {"scaling.kind": "robust", "objective.loss": choice["loss"]}
    return Experiment(series=heartbeats.as_series(noisy), clean=clean, config=settings(changes, seed=heartbeats.seed_of(choice)))


def _measure(choice: Choice) -> Mapping[str, Float64Array]:
    """The estimate, histograms of residual and noise, and the error in units of the noise without spikes."""
    from denoise_core.training import fit

    made = _experiment(choice)
    noisy, clean = made.series.values, made.clean
    estimate = fit(made.series, made.config).denoise(made.series).values
    sigma = clean.std() / SNR
    spiky = np.abs(noisy - clean) > 0.5 * SIZE * sigma
    return {
        "noisy": noisy,
        "clean": clean,
        "estimate": estimate,
        "residual_counts": np.histogram(noisy - estimate, EDGES)[0].astype(np.float64),
        "noise_counts": np.histogram(noisy - clean, EDGES)[0].astype(np.float64),
        "error": np.array(rmse(estimate, clean) / sigma),
        "error_at_spikes": np.array(rmse(estimate[spiky], clean[spiky]) / sigma if spiky.any() else np.nan),
        "error_elsewhere": np.array(rmse(estimate[~spiky], clean[~spiky]) / sigma),
        "spike": np.array(_a_spike(spiky), dtype=np.float64),
    }


def _a_spike(spiky: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> int:
    """The spike nearest to the middle of the record; the middle where there is none."""
    at = np.flatnonzero(spiky)
    return int(at[np.argmin(np.abs(at - N // 2))]) if at.size else N // 2


def _rows(snapshot: Snapshot, choice: Choice) -> list[list[Panel]]:
    cell = snapshot.at(choice)
    middle = int(np.clip(cell["spike"], 100, N - 100))
    shown = slice(middle - 90, middle + 90)
    x = np.arange(N)[shown] / heartbeats.RATE_HZ
    above = [
        Line(name="Recorded", x=x, y=cell["noisy"][shown], role="recorded"),
        Line(name="True signal", x=x, y=cell["clean"][shown], role="truth"),
        Line(name="Denoised", x=x, y=cell["estimate"][shown], role="denoised"),
    ]
    centres = 0.5 * (EDGES[1:] + EDGES[:-1])
    counts = [
        Line(name="Residual", x=centres, y=np.maximum(cell["residual_counts"], 0.5), role="residual"),
        Line(name="True noise with spikes", x=centres, y=np.maximum(cell["noise_counts"], 0.5), role="truth"),
    ]
    errors, names = snapshot.along("loss", choice, "error"), tuple(LOSSES)
    levels = np.arange(len(names), dtype=np.float64)
    here = names.index(str(choice["loss"]))
    bars = [
        Line(name="", x=errors, y=levels, role="baseline", points="diamond"),
        Line(name="", x=errors[[here]], y=levels[[here]], role="denoised", points="diamond"),
    ]
    return [
        [Panel(lines=above, x_title="Time (s)", y_title="mV")],
        [
            Panel(lines=counts, x_title="Residual (mV)", y_title="Samples", log="y"),
            Panel(
                lines=bars,
                x_title="Error / noise",
                x_range=(0.0, max(1.0, 1.1 * float(errors.max()))),
                y_range=(-0.6, len(names) - 0.4),
                ticks={level: LOSSES[name] for level, name in zip(levels.tolist(), names, strict=True)},
            ),
        ],
    ]


def _findings(snapshot: Snapshot, choice: Choice) -> tuple[str, str, str]:
    cell, errors = snapshot.at(choice), dict(zip(LOSSES, snapshot.along("loss", choice, "error"), strict=True))
    share, loss = float(choice["spikes"]), LOSSES[str(choice["loss"])]
    first = f"Trained with {loss} on a recording with {share:g}% spikes, the result is off by {cell['error']:.2f} times the noise"
    if share:
        first += f": {cell['error_at_spikes']:.1f} times at the spikes and {cell['error_elsewhere']:.2f} times elsewhere"
    each = ", ".join(f"{words} {errors[name]:.2f}" for name, words in LOSSES.items())
    best = min(errors, key=errors.__getitem__)
    if share == 0:
        third = (
            f"Without spikes {LOSSES[best]} is best too, and the worst of the three is "
            f"{max(errors.values()) / errors[best]:.1f} times as far off."
        )
    elif best == "mse":
        third = "Here the squared error did best in spite of the spikes, which is unusual: try new noise."
    else:
        third = (
            "To a squared error, one spike of ten times the noise weighs as much as a hundred ordinary samples, and "
            "the result follows it. The other two losses give a single sample far less weight."
        )
    return f"{first}.", f"With the same recording: {each} times the noise.", third


def _program(choice: Choice) -> str:
    share = float(choice["spikes"]) / 100
    return code.program(
        needs="from denoise_core.signals import add_noise, ecg_like, spikes\n",
        data=(
            f"rng = np.random.default_rng({heartbeats.seed_of(choice)})\n"
            f"clean = ecg_like({N}, rng)\n"
            f"noisy = add_noise(clean, snr={SNR:g}, rng=rng)\n"
            f"noisy += spikes({N}, rng, share={share:g}, size={SIZE:g} * clean.std() / {SNR:g})\n"
            f"series = dc.Series.of(noisy, rate_hz={heartbeats.RATE_HZ:g})\n"
        ),
        config=_experiment(choice).config,
        then=(
            "estimate = dc.fit(series, config).denoise(series)\n"
            f"print(np.sqrt(np.mean((estimate.values - clean) ** 2)) / (clean.std() / {SNR:g}))  # error / noise without spikes\n"
            "go.Figure(overlay(series, estimate, truth=clean))\n"
        ),
    )


LESSON = Lesson(
    number=5,
    name="spikes",
    title="Squared or absolute error under spikes",
    question="A loose contact puts spikes into the recording. Does it matter how the training counts its errors?",
    predict="How far from the true signal will the result be at a spike, and does it suffer where there is none?",
    own=(
        Control(
            name="loss",
            label="Loss",
            help="How an error counts in training.",
            values=tuple(LOSSES),
            default="mse",
            words=LOSSES,
        ),
        Control(
            name="spikes",
            label="Spikes (% of the samples)",
            help="Share of the samples that are off by ten times the noise.",
            values=(0, 1, 2, 5),
            default=2,
        ),
    ),
    experiment=_experiment,
    measure=_measure,
    rows=_rows,
    findings=_findings,
    on_your_data=(
        "Loss, among More settings on the Train page. Where spikes are found, Student-t and robust scaling are suggested."
    ),
    page="pages/train.py",
    code=_program,
)
