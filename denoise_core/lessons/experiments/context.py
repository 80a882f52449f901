"""Lesson 3: how long the windows of a network and of a filter should be, against the period of the signal."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from denoise_core.assess.metrics import rmse
from denoise_core.figures import Line, Panel
from denoise_core.lessons import code
from denoise_core.lessons.heartbeats import seed_of
from denoise_core.lessons.lesson import Control, Experiment, Lesson
from denoise_core.lessons.settings import settings
from denoise_core.lessons.snapshots import Choice, Snapshot
from denoise_core.series import Float64Array, Series
from denoise_core.signals import add_noise

N, SNR = 1500, 2.0
WINDOWS = (16, 32, 64, 128, 256)
FILTERS = (3, 5, 9, 17, 25, 33, 49, 65, 97, 129, 193, 257)
SAMPLES_PER_STEP = 1024
SHOWN = slice(600, 900)


def _clean(period: float) -> Float64Array:
    t = np.arange(N) / period
    return np.asarray(np.sin(2 * np.pi * t) + 0.5 * np.sin(4 * np.pi * t + 1) + 0.5 * np.sin(6 * np.pi * t + 2))


def _experiment(choice: Choice) -> Experiment:
    clean = _clean(float(choice["period"]))
    series = Series.of(add_noise(clean, snr=SNR, rng=np.random.default_rng(seed_of(choice))), name="signal")
    window = int(choice["window"])
    changes = {"window.length": window, "training.batch_size": max(4, SAMPLES_PER_STEP // window)}
    return Experiment(series=series, clean=clean, config=settings(changes, seed=seed_of(choice)))


def _measure(choice: Choice) -> Mapping[str, Float64Array]:
    """Error of the network, and of moving averages of every width, in units of the noise's rms."""
    from denoise_core.methods import denoise
    from denoise_core.training import fit

    made = _experiment(choice)
    noise = rmse(made.series.values, made.clean)
    estimate = fit(made.series, made.config).denoise(made.series).values
    averages = [denoise(made.series, method="moving_average", window=width).values for width in FILTERS]
    same_width = averages[int(np.argmin(np.abs(np.array(FILTERS) - int(choice["window"]))))]
    return {
        "noisy": made.series.values[SHOWN],
        "clean": made.clean[SHOWN],
        "estimate": estimate[SHOWN],
        "average": same_width[SHOWN],
        "error": np.array(rmse(estimate, made.clean) / noise),
        "average_error": np.array([rmse(average, made.clean) / noise for average in averages]),
    }


def _rows(snapshot: Snapshot, choice: Choice) -> list[list[Panel]]:
    cell, errors = snapshot.at(choice), snapshot.along("window", choice, "error")
    x, windows = np.arange(float(N))[SHOWN], np.array(WINDOWS, dtype=np.float64)
    above = [
        Line(name="Recorded", x=x, y=cell["noisy"], role="recorded"),
        Line(name="Moving average", x=x, y=cell["average"], role="baseline"),
        Line(name="True signal", x=x, y=cell["clean"], role="truth"),
        Line(name="Network", x=x, y=cell["estimate"], role="denoised"),
    ]
    below = [
        Line(name="Moving average", x=np.array(FILTERS, dtype=np.float64), y=cell["average_error"], role="baseline"),
        Line(name="Network", x=windows, y=errors, role="denoised"),
        Line(name="", x=np.array([float(choice["window"])]), y=cell["error"][None], role="denoised", points="circle"),
    ]
    ticks = {float(width): str(width) for width in (4, 8, 16, 32, 64, 128, 256)}
    return [
        [Panel(lines=above, x_title="Sample")],
        [
            Panel(
                lines=below,
                x_title="Window (samples)",
                y_title="Error / noise",
                log="x",
                marks={"one period": float(choice["period"])},
                x_ticks=ticks,
                y_range=(0.0, 1.6),
                levels={"nothing gained": 1.0},
            )
        ],
    ]


def _findings(snapshot: Snapshot, choice: Choice) -> tuple[str, str, str]:
    cell, errors = snapshot.at(choice), snapshot.along("window", choice, "error")
    period, averages = int(choice["period"]), cell["average_error"]
    width, window = FILTERS[int(np.argmin(averages))], WINDOWS[int(np.argmin(errors))]
    first = (
        f"Trained on windows of {choice['window']} samples, the network is off by {cell['error']:.0%} of the noise; the "
        f"best of the windows tried is {window} samples or {window / period:.1f} periods ({errors.min():.0%})."
    )
    second = (
        f"The moving average is best at {width} samples or {width / period:.2f} periods ({averages.min():.0%}); much wider, it "
        "averages the signal away."
    )
    enough = errors[np.array(WINDOWS) >= period]
    stays = {f"{enough.min():.0%}", f"{enough.max():.0%}"}
    third = (
        "A filter's width is a compromise between noise and detail. A network learns what to use: with windows of one "
        f"period or more it is off by {' to '.join(sorted(stays))}."
    )
    return first, second, third


def _program(choice: Choice) -> str:
    return code.program(
        needs="from denoise_core.signals import add_noise\n",
        data=(
            f"t = np.arange({N}) / {choice['period']}\n"
            "clean = np.sin(2 * np.pi * t) + 0.5 * np.sin(4 * np.pi * t + 1) + 0.5 * np.sin(6 * np.pi * t + 2)\n"
            f"series = dc.Series.of(add_noise(clean, snr={SNR:g}, rng=np.random.default_rng({seed_of(choice)})))\n"
        ),
        config=_experiment(choice).config,
        then=(
            "estimate = dc.fit(series, config).denoise(series)\n"
            f'average = dc.denoise(series, method="moving_average", window={int(choice["window"]) | 1})\n'
            "for result in (estimate, average):\n"
            "    print(result.method, np.sqrt(np.mean((result.values - clean) ** 2)) / np.std(series.values - clean))\n"
            'go.Figure(overlay(series, estimate, truth=clean, beside={"Moving average": average}))\n'
        ),
    )


LESSON = Lesson(
    number=3,
    name="context",
    title="How much context?",
    question="A filter averages over a window, and a network is trained on windows. How long should each be?",
    predict="At which width is each at its best: well below the signal's period, at one period, or above it?",
    own=(
        Control(
            name="window",
            label="Window (samples)",
            help="Samples in each training window of the network; the moving average in the upper picture is as wide.",
            values=WINDOWS,
            default=64,
        ),
        Control(
            name="period",
            label="Period of the signal (samples)",
            help="After how many samples the signal repeats.",
            values=(25, 100),
            default=25,
        ),
    ),
    experiment=_experiment,
    measure=_measure,
    rows=_rows,
    findings=_findings,
    on_your_data="Window length, on the Train page. The suggestion follows the period found in your recording.",
    page="pages/train.py",
    code=_program,
)
