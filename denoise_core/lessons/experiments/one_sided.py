"""Lesson 2: a network that sees only the past, as in most tutorials, against one that sees both sides."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from denoise_core.figures import Line, Panel
from denoise_core.lessons import code, heartbeats
from denoise_core.lessons.lesson import Control, Experiment, Lesson
from denoise_core.lessons.settings import CLASSIC, settings
from denoise_core.lessons.snapshots import Choice, Snapshot, Value
from denoise_core.series import Float64Array

N, LONGEST_LAG = 1000, 8
SIDES = {"classic": "past only, classic recipe", "past": "past only, same network", "both": "both sides"}
_CHANGES: dict[str, dict[str, Value]] = {
    "classic": {**CLASSIC, "training.steps_per_epoch": N // 32},
    "past": {"objective.kind": "next_step"},
    "both": {},
}


def _experiment(choice: Choice) -> Experiment:
    series, clean = heartbeats.heartbeats(choice, n=N)
    config = settings(_CHANGES[str(choice["sides"])], seed=heartbeats.seed_of(choice))
    return Experiment(series=series, clean=clean, config=config)


def _measure(choice: Choice) -> Mapping[str, Float64Array]:
    """The prediction, and how well it fits the truth when it is moved by some samples."""
    from denoise_core.training import fit

    made = _experiment(choice)
    noisy, clean = made.series.values, made.clean
    predicted = fit(made.series, made.config).prediction(made.series)
    known = ~np.isnan(predicted)
    fits = _correlations(np.where(known, predicted, np.nan), clean)
    return {
        "noisy": noisy,
        "clean": clean,
        "predicted": predicted,
        "correlation": fits,
        "lag": np.array(_peak(fits)),
        "error": np.array(np.sqrt(np.nanmean((predicted - clean) ** 2) / np.mean((noisy - clean) ** 2))),
    }


def _correlations(predicted: Float64Array, clean: Float64Array) -> Float64Array:
    """``out[k + LONGEST_LAG]``: correlation of ``predicted[t + k]`` with ``clean[t]``; highest at k > 0 where it is late."""
    lags = range(-LONGEST_LAG, LONGEST_LAG + 1)
    middle = slice(32, N - 32)
    return np.array([np.corrcoef(np.roll(predicted, -k)[middle], clean[middle])[0, 1] for k in lags])


def _peak(fits: Float64Array) -> float:
    """Lag of the highest value, between samples by a parabola through it and its neighbours."""
    at = int(np.clip(np.argmax(fits), 1, len(fits) - 2))
    before, top, after = fits[at - 1 : at + 2]
    return float(at - LONGEST_LAG + 0.5 * (before - after) / (before - 2 * top + after))


def _rows(snapshot: Snapshot, choice: Choice) -> list[list[Panel]]:
    cell = snapshot.at(choice)
    shown = _zoomed(cell["clean"]) if choice["zoom"] == "beat" else slice(300, 700)
    x, lags = np.arange(N)[shown] / heartbeats.RATE_HZ, np.arange(-LONGEST_LAG, LONGEST_LAG + 1.0)
    above = [
        Line(name="Recorded", x=x, y=cell["noisy"][shown], role="recorded"),
        Line(name="True signal", x=x, y=cell["clean"][shown], role="truth"),
        Line(name="Network's output", x=x, y=cell["predicted"][shown], role="denoised"),
    ]
    fits = [
        Line(name="", x=lags, y=cell["correlation"], role="denoised"),
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
            Panel(lines=fits, x_title="Lag of the output (samples)", y_title="Correlation", marks={"on time": 0.0}),
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


def _findings(snapshot: Snapshot, choice: Choice) -> tuple[str, str, str]:
    cell, errors = snapshot.at(choice), dict(zip(SIDES, snapshot.along("sides", choice, "error"), strict=True))
    first = (
        f"{_capital(SIDES[str(choice['sides'])])}: the output {_when(float(cell['lag']))}, and it is off by {cell['error']:.0%} "
        "of the noise."
    )
    second = (
        f"In the same recording the classic recipe is off by {errors['classic']:.0%}, the same network on the past only by "
        f"{errors['past']:.0%}, and on both sides by {errors['both']:.0%}."
    )
    best = min(errors, key=errors.__getitem__)
    third = (
        "What comes after a sample tells as much about it as what came before. A forecast has to do without; a denoiser does not."
        if best == "both"
        else f"Here {SIDES[best]} did best, which is unusual: try new noise."
    )
    return first, second, third


def _when(lag: float) -> str:
    """In words, for a lag in samples; less than a quarter of a sample counts as none."""
    if abs(lag) < 0.25:
        return "is on time"
    return f"{'lags' if lag > 0 else 'leads'} the true signal by {abs(lag):.1f} samples"


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]


def _zoomed(clean: Float64Array) -> slice:
    """About one beat near the middle of the record."""
    middle = slice(N // 2 - 110, N // 2 + 110)
    at = middle.start + int(np.argmax(clean[middle]))
    return slice(at - 30, at + 40)


def _program(choice: Choice) -> str:
    return code.program(
        needs=heartbeats.IMPORTS,
        data=heartbeats.code(choice, n=N),
        config=_experiment(choice).config,
        then=(
            "trained = dc.fit(series, config)\n"
            "output = trained.prediction(series)\n"
            "print(np.sqrt(np.nanmean((output - clean) ** 2)) / np.std(series.values - clean))  # error / noise\n"
            'go.Figure(overlay(series, dc.Estimate(values=output, method="network"), truth=clean))\n'
        ),
    )


LESSON = Lesson(
    number=2,
    name="one_sided",
    title="Past only, or both sides?",
    question="Most tutorials predict the next sample from those before it. What does a denoiser lose by never looking ahead?",
    predict="Will an output that knows only the past be too noisy, too late, or both?",
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
    experiment=_experiment,
    measure=_measure,
    rows=_rows,
    findings=_findings,
    on_your_data='Recipe, under Training data on the Train page. "Suggested" sees both sides; "Classic recipe" is the one above.',
    page="pages/train.py",
    code=_program,
)
