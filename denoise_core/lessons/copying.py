"""Lesson 1: a network that sees the sample it has to predict learns to copy, noise and all."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from denoise_core.figures import Line, Panel
from denoise_core.lessons import code
from denoise_core.lessons.lesson import Control, Experiment, Lesson
from denoise_core.lessons.settings import settings
from denoise_core.lessons.snapshots import Choice, Snapshot
from denoise_core.lessons.training import follow_training
from denoise_core.series import Float64Array, Series
from denoise_core.signals import add_noise, ecg_like

N, SNR, EPOCHS = 1000, 3.0, 40
SHOWN = slice(300, 700)


def experiment(choice: Choice) -> Experiment:
    rng = np.random.default_rng(choice["seed"])
    clean = ecg_like(N, rng)
    series = Series.of(add_noise(clean, snr=SNR, rng=rng), rate_hz=250.0, name="heartbeat", unit="mV")
    goal = "blind_spot" if choice["blind"] == "on" else "reconstruct"
    changes = {"objective.kind": goal, "objective.loss": "mse", "training.epochs": EPOCHS}
    return Experiment(series=series, clean=clean, config=settings(changes, seed=int(choice["seed"])))


def measure(choice: Choice) -> Mapping[str, Float64Array]:
    """Each epoch's residual of the whole series, its loss, and sizes in units of the noise's rms."""
    made = experiment(choice)
    noisy, clean = made.series.values, made.clean
    noise = _rms(noisy - clean)
    losses, residuals, errors = [], [], []
    for event, network in follow_training(made.series, made.config):
        predicted = network.prediction(made.series)
        losses.append(event.train_loss)
        residuals.append(noisy - predicted)
        errors.append(_rms(predicted - clean) / noise)
    return {
        "noisy": noisy,
        "clean": clean,
        "loss": np.array(losses),
        "residual": np.array(residuals)[:, SHOWN],
        "removed": np.array([_rms(residual) for residual in residuals]) / noise,
        "error": np.array(errors),
        "noise_in_loss": np.array(noise**2 / np.var(noisy)),
    }


def rows(snapshot: Snapshot, choice: Choice) -> list[list[Panel]]:
    cell, at = snapshot.at(choice), int(choice["epoch"]) - 1
    x = np.arange(N)[SHOWN] / 250.0
    noisy, clean, residual = cell["noisy"][SHOWN], cell["clean"][SHOWN], cell["residual"][at]
    epochs = np.arange(1.0, EPOCHS + 1)
    above = [
        Line(name="Recorded", x=x, y=noisy, role="recorded"),
        Line(name="True signal", x=x, y=clean, role="truth"),
        Line(name="Network's output", x=x, y=noisy - residual, role="denoised"),
    ]
    below = [Line(name="Residual", x=x, y=residual, role="residual")]
    size = float(np.abs(noisy - clean).max()) * 1.5
    curves = [
        Line(name="Training loss", x=epochs, y=cell["loss"], role="train"),
        Line(name="", x=epochs[[at]], y=cell["loss"][[at]], role="train", points="circle"),
    ]
    removed = [
        Line(name="Residual", x=epochs, y=cell["removed"], role="residual"),
        Line(name="", x=epochs[[at]], y=cell["removed"][[at]], role="residual", points="circle"),
    ]
    return [
        [
            Panel(lines=above, y_title="mV", width=2.0),
            Panel(lines=curves, y_title="Loss", log="y", levels={"noise": float(cell["noise_in_loss"])}),
        ],
        [
            Panel(lines=below, x_title="Time (s)", y_title="Residual (mV)", y_range=(-size, size), width=2.0),
            Panel(lines=removed, x_title="Epoch", y_title="Residual / noise", log="y", levels={"all noise": 1.0}),
        ],
    ]


def findings(snapshot: Snapshot, choice: Choice) -> tuple[str, str, str]:
    cell, at = snapshot.at(choice), int(choice["epoch"]) - 1
    first, loss, removed, error = cell["loss"][0], cell["loss"][at], cell["removed"][at], cell["error"][at]
    course = f"Epoch {at + 1}: the loss has gone from {first:.2g} to {loss:.2g}, and the residual is {removed:.0%} of the noise."
    if choice["blind"] == "off":
        verdict = (
            "The network found the shortest way to a small loss: it passes its input through."
            if removed < 0.3
            else "The network is still on its way to copying its input."
        )
        last = f"A small loss is no proof: against the true signal the error is {error:.0%} of the noise, where 100% means nothing was gained."
        return course, verdict, last
    floor = float(cell["noise_in_loss"])
    verdict = (
        f"The noise of a hidden sample cannot be predicted, so the loss cannot honestly fall below the noise's share of {floor:.2g}"
        + ("; on the training samples it did, which is overfitting." if loss < floor else ".")
    )
    return course, verdict, f"Against the true signal the error is {error:.0%} of the noise: what is missing was removed."


def program(choice: Choice) -> str:
    made = experiment(choice)
    return code.program(
        needs="from denoise_core.signals import add_noise, ecg_like\n",
        data=(
            f"rng = np.random.default_rng({choice['seed']})\n"
            f"clean = ecg_like({N}, rng)\n"
            f"series = dc.Series.of(add_noise(clean, snr={SNR:g}, rng=rng), rate_hz=250)\n"
        ),
        config=made.config,
        then=(
            "trained = dc.fit(series, config)\n"
            "output = trained.prediction(series)\n"
            "print(np.std(series.values - output), np.std(series.values - clean))  # removed, noise\n"
            "go.Figure(overlay(series, dc.Estimate(values=output, method='network'), truth=clean))\n"
        ),
    )


def _rms(values: Float64Array) -> float:
    return float(np.sqrt(np.mean(values**2)))


LESSON = Lesson(
    number=1,
    name="copying",
    title="Copying is not cleaning",
    question="A network is trained to reproduce a noisy recording, and its loss falls to almost nothing. Is the recording clean now?",
    predict="When the loss reaches its lowest value, what is left in the residual: the noise, part of it, or nothing?",
    own=(
        Control(
            name="blind",
            label="The sample to be predicted is",
            help="Whether the network sees the very sample that it has to predict.",
            values=("off", "on"),
            default="off",
            words={"off": "visible", "on": "hidden (blind spot)"},
        ),
        Control(
            name="epoch",
            label="Epoch",
            help="How far the training had come.",
            values=tuple(range(1, EPOCHS + 1)),
            default=EPOCHS,
            trained=False,
        ),
    ),
    experiment=experiment,
    measure=measure,
    rows=rows,
    findings=findings,
    on_your_data='Train, Training data, Learning goal: "Predict each sample from its neighbours" is the blind spot; "Copy the input" is this lesson on your own recording.',
    page="pages/train.py",
    code=program,
)
