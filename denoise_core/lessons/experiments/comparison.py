"""Lesson 8: a network trained on the record, a pretrained one, and the filters, on several signals."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from denoise_core.figures import Line, Panel
from denoise_core.lessons import code
from denoise_core.lessons.heartbeats import seed_of
from denoise_core.lessons.lesson import NOISE, Control, Experiment, Lesson
from denoise_core.lessons.settings import settings
from denoise_core.lessons.snapshots import Choice, Snapshot
from denoise_core.series import Float64Array, Series
from denoise_core.signals import SIGNALS, add_noise

SHAPES = {"ecg_like": "heartbeats", "pressure_steps": "pressure steps", "vibration": "machine vibration"}
LENGTHS, SNRS = (500, 4000), (1, 3)
TRAINED = "trained"
METHODS = {
    "moving_average": "Moving average",
    "median": "Median",
    "savgol": "Savitzky-Golay",
    "lowpass": "Low-pass",
    "wavelet": "Wavelet",
    "instant": "Instant (pretrained)",
    TRAINED: "Trained on this record",
}
SHOWN = 300
_WINDOW, _BATCH = 128, 16


def _experiment(choice: Choice) -> Experiment:
    n, rng = int(choice["length"]), np.random.default_rng(seed_of(choice))
    clean = SIGNALS[str(choice["signal"])](n, rng)
    series = Series.of(add_noise(clean, snr=float(choice["snr"]), rng=rng), name="signal")
    changes = {
        "window.length": _WINDOW if n > 4 * _WINDOW else 64,
        "model.hidden_size": 32,
        "training.batch_size": _BATCH,
        "training.epochs": 20,
        "training.steps_per_epoch": int(np.clip(n // 150, 5, 40)),
    }
    return Experiment(series=series, clean=clean, config=settings(changes, seed=seed_of(choice)))


def _measure(choice: Choice) -> Mapping[str, Float64Array]:
    """True gain in dB of each of `METHODS`, and a stretch of the last two."""
    from denoise_core.assess import score
    from denoise_core.methods import denoise

    made = _experiment(choice)
    estimates = [denoise(made.series, **_how(name, made)) for name in METHODS]
    gains = [score(estimate, made.clean, noisy=made.series)["snr_gain_db"] for estimate in estimates]
    shown = slice(len(made.clean) // 2 - 100, len(made.clean) // 2 + 200)
    return {
        "noisy": made.series.values[shown],
        "clean": made.clean[shown],
        "estimates": np.array([estimate.values[shown] for estimate in estimates]),
        "gains": np.array(gains),
    }


def _how(name: str, made: Experiment) -> dict[str, Any]:
    return {"method": "lstm", "config": made.config} if name == TRAINED else {"method": name}


def _rows(snapshot: Snapshot, choice: Choice) -> list[list[Panel]]:
    cell = snapshot.at(choice)
    names, here = tuple(METHODS), cell["gains"]
    gains = snapshot.along(NOISE.name, choice, "gains")  # (seeds, methods)
    levels = np.arange(len(names), dtype=np.float64)
    simple = int(np.argmax(here[:-2]))
    x = np.arange(SHOWN, dtype=np.float64) + int(choice["length"]) // 2 - 100
    above = [
        Line(name="Recorded", x=x, y=cell["noisy"], role="recorded"),
        Line(name=f"Best filter ({METHODS[names[simple]]})", x=x, y=cell["estimates"][simple], role="baseline"),
        Line(name="True signal", x=x, y=cell["clean"], role="truth"),
        Line(name=METHODS[TRAINED], x=x, y=cell["estimates"][-1], role="denoised"),
    ]
    others = np.tile(levels, len(gains))
    spread = [
        Line(name="Other noise", x=gains.ravel(), y=others, role="recorded", points="line-ns-open"),
        Line(name="", x=here, y=levels, role="baseline", points="diamond"),
        Line(name="", x=here[-1:], y=levels[-1:], role="denoised", points="diamond"),
    ]
    low = min(0.0, float(gains.min()) - 1.0)
    return [
        [Panel(lines=above, x_title="Sample", height=0.75)],
        [
            Panel(
                lines=spread,
                x_title="Gain (dB)",
                x_range=(low, float(gains.max()) + 1.0),
                y_range=(-0.6, len(names) - 0.4),
                ticks=dict(zip(levels.tolist(), METHODS.values(), strict=True)),
                marks={"": 0.0},
            )
        ],
    ]


def _findings(snapshot: Snapshot, choice: Choice) -> tuple[str, str, str]:
    gains = snapshot.along(NOISE.name, choice, "gains")  # (seeds, methods)
    mean, names, trained = gains.mean(axis=0), tuple(METHODS), len(METHODS) - 1
    simple = int(np.argmax(mean[:-2]))
    winners = {"the network trained on this record": mean[trained], "Instant, the pretrained network,": mean[trained - 1]}
    winners |= {f"the best filter ({METHODS[names[simple]]})": mean[simple]}
    (most, best), *others = sorted(winners.items(), key=lambda item: -item[1])
    first = f"{_about(choice)}: {most} gains most, {best:.1f} dB on average over {len(gains)} noises; " + " and ".join(
        f"{name} {gain:.1f} dB" for name, gain in others
    )
    leads = gains[:, trained] - gains[:, simple]
    luck = "whatever the noise" if (leads > 0).all() or (leads < 0).all() else "but not with every noise"
    second = (
        f"The trained network is {abs(leads.mean()):.1f} dB {'ahead of' if leads.mean() > 0 else 'behind'} that filter "
        f"on average, {luck} ({leads.min():+.1f} to {leads.max():+.1f} dB)."
    )
    by_length = [float(one[trained] - one[:-2].max()) for one in snapshot.along("length", choice, "gains")]
    course = " and ".join(f"{lead:+.1f} dB with {n:,} samples" for n, lead in zip(LENGTHS, by_length, strict=True))
    return f"{first}.", second, f"Its distance from the best filter with this noise is {course}."


def _about(choice: Choice) -> str:
    shape = SHAPES[str(choice["signal"])]
    return f"{shape[0].upper()}{shape[1:]}, SNR {choice['snr']}, {int(choice['length']):,} samples"


def _program(choice: Choice) -> str:
    signal = str(choice["signal"])
    return code.program(
        needs=f"from denoise_core.signals import add_noise, {signal}\n",
        data=(
            f"rng = np.random.default_rng({seed_of(choice)})\n"
            f"clean = {signal}({choice['length']}, rng)\n"
            f"series = dc.Series.of(add_noise(clean, snr={choice['snr']}, rng=rng))\n"
        ),
        config=_experiment(choice).config,
        then=(
            'estimates = {name: dc.denoise(series, method=name) for name in dc.METHODS if name != "lstm"}\n'
            'estimates["trained"] = dc.fit(series, config).denoise(series)\n'
            "for name, estimate in estimates.items():\n"
            '    print(name, dc.score(estimate, clean, noisy=series)["snr_gain_db"], "dB")\n'
            'go.Figure(overlay(series, estimates["trained"], truth=clean, beside={"wavelet": estimates["wavelet"]}))\n'
        ),
    )


LESSON = Lesson(
    number=8,
    name="comparison",
    title="Do you need a network?",
    question="A network takes its time to train. For which recordings is it worth the wait, and where does a filter do as well?",
    predict="Which signals will the filter do better on, and what will a longer record change?",
    own=(
        Control(
            name="signal",
            label="Signal",
            help="What was recorded.",
            values=tuple(SHAPES),
            default="pressure_steps",
            words=SHAPES,
        ),
        Control(name="snr", label="SNR", help="Size of the signal over that of the noise.", values=SNRS, default=3),
        Control(
            name="length",
            label="Length of the record (samples)",
            help="How much there is to learn from.",
            values=LENGTHS,
            default=500,
        ),
    ),
    experiment=_experiment,
    measure=_measure,
    rows=_rows,
    findings=_findings,
    on_your_data="Method, on the Signal page: try every filter and Instant on your recording before you train a network.",
    page="app.py",
    code=_program,
)
