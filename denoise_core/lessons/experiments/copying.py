"""Lesson 1: a network that sees the sample it has to predict learns to copy, noise and all."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from denoise_core.assess.metrics import rmse
from denoise_core.figures import Line, Panel
from denoise_core.lessons import code, heartbeats
from denoise_core.lessons.lesson import Control, Experiment, Lesson
from denoise_core.lessons.settings import settings
from denoise_core.lessons.snapshots import Choice, Snapshot
from denoise_core.lessons.training import follow_training
from denoise_core.series import Float64Array

N, EPOCHS = 1000, 40
COPIED = 0.3
"""Residual over noise below which we say that the network copies."""
SHOWN = slice(300, 700)


def _experiment(choice: Choice) -> Experiment:
    series, clean = heartbeats.heartbeats(choice, n=N)
    goal = "blind_spot" if choice["blind"] == "on" else "reconstruct"
    changes = {"objective.kind": goal, "objective.loss": "mse", "training.epochs": EPOCHS}
    return Experiment(series=series, clean=clean, config=settings(changes, seed=heartbeats.seed_of(choice)))


def _measure(choice: Choice) -> Mapping[str, Float64Array]:
    """Each epoch's residual of the whole series, its loss, and sizes in units of the noise's rms."""
    made = _experiment(choice)
    noisy, clean = made.series.values, made.clean
    noise = rmse(clean, noisy)
    losses, residuals, errors = [], [], []
    for event, network in follow_training(made.series, made.config):
        predicted = network.prediction(made.series)
        losses.append(event.train_loss)
        residuals.append(noisy - predicted)
        errors.append(rmse(predicted, clean) / noise)
    return {
        "noisy": noisy,
        "clean": clean,
        "loss": np.array(losses),
        "residual": np.array(residuals)[:, SHOWN],
        "removed": np.array([np.sqrt(np.mean(residual**2)) for residual in residuals]) / noise,
        "error": np.array(errors),
        "noise_in_loss": np.array(noise**2 / np.var(noisy)),
    }


def _rows(snapshot: Snapshot, choice: Choice) -> list[list[Panel]]:
    cell, at = snapshot.at(choice), int(choice["epoch"]) - 1
    x = np.arange(N)[SHOWN] / heartbeats.RATE_HZ
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


def _findings(snapshot: Snapshot, choice: Choice) -> tuple[str, str, str]:
    cell, at = snapshot.at(choice), int(choice["epoch"]) - 1
    loss, removed, error = cell["loss"][at], cell["removed"][at], cell["error"][at]
    first = (
        f"Epoch {at + 1}: the loss is {loss:.2g} (epoch 1: {cell['loss'][0]:.2g}), and the residual is {removed:.0%} of the "
        "noise."
    )
    last = f"Against the true signal the output is off by {error:.0%} of the noise; 100% means that nothing was gained."
    if choice["blind"] == "off":
        if removed < COPIED:
            return first, "The loss is small because the network passes its input through, noise and all.", last
        return first, "The network has not yet learned to pass its input through.", last
    floor = float(cell["noise_in_loss"])
    noise = f"The noise of a hidden sample cannot be predicted; alone it makes a loss of {floor:.2g}"
    return first, f"{noise}, so the loss stays above." if loss > floor else f"{noise}: less than that is overfitting.", last


def _program(choice: Choice) -> str:
    return code.program(
        needs=heartbeats.IMPORTS,
        data=heartbeats.code(choice, n=N),
        config=_experiment(choice).config,
        then=(
            "trained = dc.fit(series, config)\n"
            "output = trained.prediction(series)\n"
            "print(np.std(series.values - output) / np.std(series.values - clean))  # residual / noise\n"
            'go.Figure(overlay(series, dc.Estimate(values=output, method="network"), truth=clean))\n'
        ),
    )


LESSON = Lesson(
    number=1,
    name="copying",
    title="Copying is not cleaning",
    question="A network learns to reproduce a noisy recording, and its loss falls to almost nothing. Is its output clean?",
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
    experiment=_experiment,
    measure=_measure,
    rows=_rows,
    findings=_findings,
    on_your_data=(
        'Learning goal, under Training data on the Train page. "Predict each sample from its neighbours" is the blind spot; '
        '"Copy the input" repeats this lesson with your recording.'
    ),
    page="pages/train.py",
    code=_program,
)
