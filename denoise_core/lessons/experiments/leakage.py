"""Lesson 7: a score measured on samples that the training has seen the surroundings of says nothing about later data."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from denoise_core.assess.metrics import rmse
from denoise_core.figures import Line, Panel
from denoise_core.lessons import code, heartbeats
from denoise_core.lessons.lesson import Control, Experiment, Lesson
from denoise_core.lessons.settings import settings
from denoise_core.lessons.snapshots import Choice, Snapshot, Value
from denoise_core.lessons.training import held_out
from denoise_core.series import Float64Array
from denoise_core.signals import add_noise, ecg_like

N, KNOWN, SNR, DRIFT = 2400, 1600, 3.0, 3.0
"""Samples of the whole record, and of its first part, which is there when the network is trained; drift in mV over all of it."""
SPLITS = {"scattered": "scattered at random", "in_time": "the last part"}
SCALERS = {"all": "on the whole record", "train": "on the training part"}
_SHORT = {"scattered": "scattered", "in_time": "last part", "all": "all data", "train": "training data"}
_HELD_OUT = {"scattered": "scattered samples", "in_time": "the last part"}
_SPLIT: dict[str, dict[str, Value]] = {
    "scattered": {"split.kind": "scattered", "split.block": 1, "split.valid_share": 0.25},
    "in_time": {"split.kind": "in_time", "split.valid_share": 0.25},
}


def _record(choice: Choice) -> tuple[Float64Array, Float64Array]:
    """Noisy and true values of all N samples: heartbeats on a baseline that drifts downwards."""
    rng = np.random.default_rng(heartbeats.seed_of(choice))
    beats = ecg_like(N, rng)
    clean = beats - DRIFT * np.arange(N) / N
    return add_noise(beats, snr=SNR, rng=rng) - beats + clean, clean


def _experiment(choice: Choice) -> Experiment:
    noisy, clean = _record(choice)
    changes: dict[str, object] = dict(_SPLIT[str(choice["split"])])
    if choice["scaler"] == "all":
        changes["scaling.kind"] = "none"
        noisy, clean = ((values - noisy.mean()) / noisy.std() for values in (noisy, clean))
    known = heartbeats.as_series(noisy[:KNOWN])
    return Experiment(series=known, clean=clean[:KNOWN], config=settings(changes, seed=heartbeats.seed_of(choice)))


def _measure(choice: Choice) -> Mapping[str, Float64Array]:
    """Prediction of the whole record in mV; rms errors on the held-out samples and on the later part, over the noise."""
    from denoise_core.training import fit

    made, (noisy, clean) = _experiment(choice), _record(choice)
    offset, scale = (noisy.mean(), noisy.std()) if choice["scaler"] == "all" else (0.0, 1.0)
    trained = fit(made.series, made.config)
    whole = heartbeats.as_series((noisy - offset) / scale)
    predicted = trained.prediction(whole) * scale + offset
    noise = rmse(clean, noisy)
    out = np.concatenate((held_out(made.series, made.config), np.zeros(N - KNOWN, dtype=np.bool_)))
    return {
        "noisy": noisy,
        "clean": clean,
        "predicted": predicted,
        "reported": np.array(rmse(predicted[out], noisy[out]) / noise),
        "later": np.array(rmse(predicted[KNOWN:], noisy[KNOWN:]) / noise),
    }


def _rows(snapshot: Snapshot, choice: Choice) -> list[list[Panel]]:
    cell = snapshot.at(choice)
    x = np.arange(N) / heartbeats.RATE_HZ
    above = [
        Line(name="Recorded", x=x, y=cell["noisy"], role="recorded"),
        Line(name="True signal", x=x, y=cell["clean"], role="truth"),
        Line(name="Prediction", x=x, y=cell["predicted"], role="denoised"),
    ]
    marks = {"later data": KNOWN / heartbeats.RATE_HZ}
    if choice["split"] == "in_time":
        marks["held out"] = 0.75 * KNOWN / heartbeats.RATE_HZ
    ways = [(split, scaler) for split in SPLITS for scaler in SCALERS][::-1]
    cells = [snapshot.at({**choice, "split": split, "scaler": scaler}) for split, scaler in ways]
    levels = np.arange(len(ways), dtype=np.float64)
    reported, later = (np.array([one[name] for one in cells]) for name in ("reported", "later"))
    here = [ways.index((str(choice["split"]), str(choice["scaler"])))]
    scores = [
        Line(name="Reported score", x=reported, y=levels, role="valid", points="circle"),
        Line(name="Score on later data", x=later, y=levels, role="residual", points="diamond"),
        Line(name="Shown above", x=reported[here], y=levels[here], role="truth", points="circle-open"),
    ]
    labels = dict(zip(levels.tolist(), (f"{_SHORT[split]}, {_SHORT[scaler]}" for split, scaler in ways), strict=True))
    top = 1.1 * float(max(later.max(), reported.max()))
    return [
        [Panel(lines=above, x_title="Time (s)", y_title="mV", marks=marks, height=0.9)],
        [
            Panel(
                lines=scores,
                x_title="Prediction error / noise (1 is perfect)",
                x_range=(0.0, top),
                y_range=(-0.6, len(ways) - 0.4),
                ticks=labels,
                marks={"perfect": 1.0},
            )
        ],
    ]


def _findings(snapshot: Snapshot, choice: Choice) -> tuple[str, str, str]:
    cell = snapshot.at(choice)
    reported, later = float(cell["reported"]), float(cell["later"])
    first = (
        f"With {_HELD_OUT[str(choice['split'])]} held out and the scaling fitted {SCALERS[str(choice['scaler'])]}, the "
        f"reported error is {reported:.1f} times the noise; on the data that came later it is {later:.1f} times."
    )
    scattered, last = (snapshot.at({**choice, "split": split}) for split in ("scattered", "in_time"))
    warns = "it warns, but too mildly" if scattered["reported"] < last["reported"] < last["later"] else "it warns no better"
    second = (
        f"Scattered samples have neighbours from the same time, so they promise {scattered['reported']:.1f}. The last part has "
        f"drifted away as later data will and says {last['reported']:.1f}, against {last['later']:.1f} later: {warns}."
    )
    other = "train" if choice["scaler"] == "all" else "all"
    swapped = snapshot.at({**choice, "scaler": other})
    third = (
        f"With the scaling fitted {SCALERS[other]} instead, the report is {swapped['reported']:.1f} and the later error "
        f"{swapped['later']:.1f}."
    )
    return first, second, third


def _program(choice: Choice) -> str:
    scale = "noisy = (noisy - noisy.mean()) / noisy.std()  # leaks: later data are in it\n" if choice["scaler"] == "all" else ""
    return code.program(
        needs=f"from denoise_core.lessons.training import held_out\n{heartbeats.IMPORTS}",
        data=(
            f"rng = np.random.default_rng({heartbeats.seed_of(choice)})\n"
            f"beats = ecg_like({N}, rng)\n"
            f"clean = beats - {DRIFT:g} * np.arange({N}) / {N}\n"
            f"noisy = add_noise(beats, snr={SNR:g}, rng=rng) - beats + clean\n"
            f"{scale}"
            f"whole = dc.Series.of(noisy, rate_hz={heartbeats.RATE_HZ:g})\n"
            f"series = whole.part(slice(0, {KNOWN}))  # what is there at training time\n"
        ),
        config=_experiment(choice).config,
        then=(
            "output = dc.fit(series, config).prediction(whole)\n"
            "error = whole.values - output\n"
            f'print("reported", np.sqrt(np.mean(error[:{KNOWN}][held_out(series, config)] ** 2)))\n'
            f'print("later", np.sqrt(np.mean(error[{KNOWN}:] ** 2)))\n'
            'go.Figure(overlay(whole, dc.Estimate(values=output, method="network")))\n'
        ),
    )


LESSON = Lesson(
    number=7,
    name="leakage",
    title="A score too good to be true",
    question="A network is tested on samples that it was not trained on, and does well. Will it do as well on tomorrow's data?",
    predict="Which report comes closer to the truth: held-out samples scattered over the record, or its last part?",
    own=(
        Control(
            name="split",
            label="Held-out samples",
            help="Which samples are kept from training to measure the reported score.",
            values=tuple(SPLITS),
            default="scattered",
            words=SPLITS,
        ),
        Control(
            name="scaler",
            label="Scaling fitted",
            help="From which samples the mean and the spread for the scaling were taken.",
            values=tuple(SCALERS),
            default="all",
            words=SCALERS,
        ),
    ),
    experiment=_experiment,
    measure=_measure,
    rows=_rows,
    findings=_findings,
    on_your_data=(
        'Split, among the settings of the Train page: "Consecutive parts" tests on the last part. The scaling is always fitted '
        "on the training part alone."
    ),
    page="pages/train.py",
    code=_program,
)
