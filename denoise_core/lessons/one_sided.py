"""Lesson 2: a network that sees only the past, as in most tutorials, against one that sees both sides."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from denoise_core.figures import Line, Panel
from denoise_core.lessons import code
from denoise_core.lessons.lesson import Control, Experiment, Lesson
from denoise_core.lessons.settings import CLASSIC, settings
from denoise_core.lessons.snapshots import Choice, Snapshot
from denoise_core.series import Float64Array, Series
from denoise_core.signals import add_noise, ecg_like

N, SNR, RATE_HZ, LONGEST_LAG = 1000, 3.0, 250.0, 8
SIDES = {"classic": "past only, classic recipe", "past": "past only, same network", "both": "both sides"}
_CHANGES = {
    "classic": {**CLASSIC, "training.steps_per_epoch": N // 32},
    "past": {"objective.kind": "next_step"},
    "both": {},
}


def experiment(choice: Choice) -> Experiment:
    rng = np.random.default_rng(choice["seed"])
    clean = ecg_like(N, rng, rate_hz=RATE_HZ)
    series = Series.of(add_noise(clean, snr=SNR, rng=rng), rate_hz=RATE_HZ, name="heartbeat", unit="mV")
    return Experiment(series=series, clean=clean, config=settings(_CHANGES[str(choice["sides"])], seed=int(choice["seed"])))


def measure(choice: Choice) -> Mapping[str, Float64Array]:
    """The prediction, and how well it fits the truth when it is moved by some samples."""
    from denoise_core.training import fit

    made = experiment(choice)
    noisy, clean = made.series.values, made.clean
    predicted = fit(made.series, made.config).prediction(made.series)
    known = ~np.isnan(predicted)
    fits = correlations(np.where(known, predicted, np.nan), clean)
    return {
        "noisy": noisy,
        "clean": clean,
        "predicted": predicted,
        "correlation": fits,
        "lag": np.array(peak(fits)),
        "error": np.array(np.sqrt(np.nanmean((predicted - clean) ** 2) / np.mean((noisy - clean) ** 2))),
    }


def correlations(predicted: Float64Array, clean: Float64Array) -> Float64Array:
    """``out[k + LONGEST_LAG]``: correlation of ``predicted[t + k]`` with ``clean[t]``; highest at k > 0 where the output is late."""
    lags = range(-LONGEST_LAG, LONGEST_LAG + 1)
    middle = slice(32, N - 32)
    return np.array([np.corrcoef(np.roll(predicted, -k)[middle], clean[middle])[0, 1] for k in lags])


def peak(fits: Float64Array) -> float:
    """Lag of the highest value, between samples by a parabola through it and its neighbours."""
    at = int(np.clip(np.argmax(fits), 1, len(fits) - 2))
    before, top, after = fits[at - 1 : at + 2]
    return at - LONGEST_LAG + 0.5 * (before - after) / (before - 2 * top + after)


def rows(snapshot: Snapshot, choice: Choice) -> list[list[Panel]]:
    cell = snapshot.at(choice)
    shown = _zoomed(cell["clean"]) if choice["zoom"] == "beat" else slice(300, 700)
    x, lags = np.arange(N)[shown] / RATE_HZ, np.arange(-LONGEST_LAG, LONGEST_LAG + 1.0)
    above = [
        Line(name="Recorded", x=x, y=cell["noisy"][shown], role="recorded"),
        Line(name="True signal", x=x, y=cell["clean"][shown], role="truth"),
        Line(name="Network's output", x=x, y=cell["predicted"][shown], role="denoised"),
    ]
    fits = [
        Line(name="Correlation with the true signal", x=lags, y=cell["correlation"], role="denoised"),
        Line(name="", x=cell["lag"][None], y=cell["correlation"].max()[None], role="denoised", points="star"),
    ]
    errors = snapshot.along("sides", choice, "error")
    names = tuple(SIDES)
    bars = [
        Line(name="", x=errors, y=np.arange(len(names), dtype=np.float64), role="baseline", points="diamond"),
        Line(
            name="",
            x=cell["error"][None],
            y=np.array([float(names.index(str(choice["sides"])))]),
            role="denoised",
            points="diamond",
        ),
    ]
    return [
        [Panel(lines=above, x_title="Time (s)", y_title="mV")],
        [
            Panel(lines=fits, x_title="Output moved by (samples)", y_title="Correlation", marks={"on time": 0.0}),
            Panel(
                lines=bars,
                x_title="Error / noise",
                x_range=(0.0, max(1.05, 1.05 * float(errors.max()))),
                y_range=(-0.6, len(names) - 0.4),
                ticks={float(i): SIDES[name].replace(", ", ",<br>") for i, name in enumerate(names)},
                marks={"noise": 1.0},
            ),
        ],
    ]


def findings(snapshot: Snapshot, choice: Choice) -> tuple[str, str, str]:
    cell, errors = snapshot.at(choice), dict(zip(SIDES, snapshot.along("sides", choice, "error"), strict=True))
    lag = float(cell["lag"])
    late = f"late by {lag:.1f} samples" if lag > 0.25 else f"early by {-lag:.1f} samples" if lag < -0.25 else "on time"
    first = f"With {SIDES[str(choice['sides'])]}, the output fits the true signal best when it is taken as {late}; its error is {cell['error']:.0%} of the noise."
    second = f"Error in the same recording: classic recipe {errors['classic']:.0%}, past only {errors['past']:.0%}, both sides {errors['both']:.0%} of the noise."
    best = min(errors, key=errors.__getitem__)
    third = (
        "What comes after a sample says as much about it as what came before, and only a forecast has to do without."
        if best == "both"
        else f"Here {SIDES[best]} did best, which is not what one expects: try other noise."
    )
    return first, second, third


def _zoomed(clean: Float64Array) -> slice:
    """About one beat near the middle of the record."""
    middle = slice(N // 2 - 110, N // 2 + 110)
    at = middle.start + int(np.argmax(clean[middle]))
    return slice(at - 30, at + 40)


def program(choice: Choice) -> str:
    made = experiment(choice)
    return code.program(
        needs="from denoise_core.signals import add_noise, ecg_like\n",
        data=(
            f"rng = np.random.default_rng({choice['seed']})\n"
            f"clean = ecg_like({N}, rng)\n"
            f"series = dc.Series.of(add_noise(clean, snr={SNR:g}, rng=rng), rate_hz={RATE_HZ:g})\n"
        ),
        config=made.config,
        then=(
            "trained = dc.fit(series, config)\n"
            "output = trained.prediction(series)\n"
            "print(np.sqrt(np.nanmean((output - clean) ** 2)) / np.std(series.values - clean))  # error / noise\n"
            "go.Figure(overlay(series, dc.Estimate(values=output, method='network'), truth=clean))\n"
        ),
    )


LESSON = Lesson(
    number=2,
    name="one_sided",
    title="Past only, or both sides?",
    question="Most tutorials predict the next sample from those before it. What does a denoiser lose by never looking ahead?",
    predict="Will the output that knows only the past be too small, too late, or both?",
    own=(
        Control(
            name="sides",
            label="The network sees",
            help="The samples from which each sample is predicted.",
            values=tuple(SIDES),
            default="classic",
            words=SIDES,
        ),
        Control(
            name="zoom",
            label="Show",
            help="One heartbeat, or a longer stretch.",
            values=("beat", "stretch"),
            default="beat",
            words={"beat": "one heartbeat", "stretch": "1.6 seconds"},
            trained=False,
        ),
    ),
    experiment=experiment,
    measure=measure,
    rows=rows,
    findings=findings,
    on_your_data='Train, Training data: the recipe "Suggested" sees both sides; "Classic recipe" and the goal "Predict each sample from the past" see one.',
    page="pages/train.py",
    code=program,
)
