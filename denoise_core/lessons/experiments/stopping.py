"""Lesson 4: when to stop, and why the validation loss knows."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from denoise_core.figures import Line, Panel
from denoise_core.lessons import code, heartbeats
from denoise_core.lessons.lesson import Control, Experiment, Lesson
from denoise_core.lessons.settings import settings
from denoise_core.lessons.snapshots import Choice, Snapshot
from denoise_core.lessons.training import follow_training, held_out
from denoise_core.series import Float64Array

N, EPOCHS = 2000, 120
SHOWN = slice(500, 820)
_CHANGES = {
    "model.hidden_size": 64,
    "objective.loss": "mse",
    "split.valid_share": 0.5,
    "training.epochs": EPOCHS,
    "training.schedule": "constant",
    "training.learning_rate": 0.005,
    "training.weight_decay": 0.0,
}


def _experiment(choice: Choice) -> Experiment:
    series, clean = heartbeats.heartbeats(choice, n=N)
    return Experiment(series=series, clean=clean, config=settings(_CHANGES, seed=heartbeats.seed_of(choice)))


def _measure(choice: Choice) -> Mapping[str, Float64Array]:
    """Mean square errors of each epoch's prediction, in units of the noise's mean square; the held-out samples alone count."""
    made = _experiment(choice)
    noisy, clean, out = made.series.values, made.clean, held_out(made.series, made.config)
    noise = float(np.mean((noisy - clean)[out] ** 2))
    train, valid, true, predictions = [], [], [], []
    for _, network in follow_training(made.series, made.config):
        predicted = network.prediction(made.series)
        train.append(np.mean((noisy - predicted)[~out] ** 2))
        valid.append(np.mean((noisy - predicted)[out] ** 2))
        true.append(np.mean((clean - predicted)[out] ** 2))
        predictions.append(predicted[SHOWN])
    return {
        "noisy": noisy[SHOWN],
        "clean": clean[SHOWN],
        "predictions": np.array(predictions),
        "train": np.array(train) / noise,
        "valid": np.array(valid) / noise,
        "true": np.array(true) / noise,
    }


def _stopped(valid: Float64Array, patience: int) -> int:
    """Index of the epoch after which a training of that patience ends."""
    for epoch in range(len(valid)):
        if epoch - int(np.argmin(valid[: epoch + 1])) >= patience:
            return epoch
    return len(valid) - 1


def _rows(snapshot: Snapshot, choice: Choice) -> list[list[Panel]]:
    cell, at = snapshot.at(choice), int(choice["epoch"]) - 1
    x, epochs = np.arange(N)[SHOWN] / heartbeats.RATE_HZ, np.arange(1.0, EPOCHS + 1)
    stop = _stopped(cell["valid"], int(choice["patience"]))
    best = int(np.argmin(cell["valid"][: stop + 1]))
    above = [
        Line(name="Recorded", x=x, y=cell["noisy"], role="recorded"),
        Line(name="True signal", x=x, y=cell["clean"], role="truth"),
        Line(name="Prediction", x=x, y=cell["predictions"][at], role="denoised"),
    ]
    excess = cell["valid"] - 1.0
    below = [
        Line(name="Training", x=epochs, y=cell["train"], role="train"),
        Line(name="Validation", x=epochs, y=cell["valid"], role="valid"),
        Line(name="Validation less noise", x=epochs, y=np.where(excess > 0, excess, np.nan), role="baseline"),
        Line(name="True error", x=epochs, y=cell["true"], role="truth"),
        Line(name="", x=epochs[[best]], y=cell["valid"][[best]], role="valid", points="star"),
        Line(name="", x=epochs[[at]], y=cell["true"][[at]], role="truth", points="circle"),
    ]
    return [
        [Panel(lines=above, x_title="Time (s)", y_title="mV", height=0.7)],
        [
            Panel(
                lines=below,
                x_title="Epoch",
                y_title="Loss / noise",
                log="y",
                marks={f"patience ends it: {stop + 1}": float(stop + 1)} if stop + 1 < EPOCHS else {},
            )
        ],
    ]


def _findings(snapshot: Snapshot, choice: Choice) -> tuple[str, str, str]:
    cell, at = snapshot.at(choice), int(choice["epoch"]) - 1
    train, valid, true = cell["train"], cell["valid"], cell["true"]
    best, patience = int(np.argmin(valid)), int(choice["patience"])
    stop = _stopped(valid, patience)
    kept = int(np.argmin(valid[: stop + 1]))
    first = (
        f"Epoch {at + 1}: training loss {train[at]:.2f}, validation loss {valid[at]:.2f}, true error {true[at]:.2f}. The lowest "
        f"validation loss is that of epoch {best + 1}, where the true error is {true[best]:.2f}; the least at any epoch "
        f"is {true.min():.2f}."
    )
    end = f"stops after epoch {stop + 1}" if stop + 1 < EPOCHS else "runs to the end"
    second = (
        f"With a patience of {patience} the training {end} and keeps epoch {kept + 1}, with a true error of {true[kept]:.2f}."
    )
    trained = valid < 2.0  # before that, both are large and the noise hardly counts
    ratio = float(np.median((valid[trained] - 1.0) / true[trained]))
    third = (
        "Without the true signal nobody can draw the true error, but held-out noise cannot be predicted, so the "
        f"validation loss less the noise shows it: here it is {ratio:.2f} times the true error (median)."
    )
    return first, second, third


def _program(choice: Choice) -> str:
    return code.program(
        needs=f"from denoise_core.lessons.training import follow_training, held_out\n{heartbeats.IMPORTS}",
        data=heartbeats.code(choice, n=N),
        config=_experiment(choice).config,
        then=(
            "out = held_out(series, config)\n"
            "noise = np.mean((series.values - clean)[out] ** 2)\n"
            "valid, true = [], []\n"
            "for epoch, network in follow_training(series, config):\n"
            "    output = network.prediction(series)\n"
            "    valid.append(np.mean((series.values - output)[out] ** 2) / noise - 1)\n"
            "    true.append(np.mean((clean - output)[out] ** 2) / noise)\n"
            'lines = [go.Scatter(y=valid, name="validation loss less noise"), go.Scatter(y=true, name="true error")]\n'
            'go.Figure(lines).update_yaxes(type="log")\n'
        ),
    )


LESSON = Lesson(
    number=4,
    name="stopping",
    title="When to stop",
    question="The training loss falls and falls. At which epoch should a training end, and who knows without the true signal?",
    predict="Where is the true error least: where the training loss is least, where the validation loss is, or elsewhere?",
    own=(
        Control(
            name="epoch",
            label="Epoch",
            help="How far the training had come.",
            values=tuple(range(1, EPOCHS + 1)),
            default=EPOCHS,
            trained=False,
        ),
        Control(
            name="patience",
            label="Patience (epochs)",
            help="A training ends after this many epochs without a lower validation loss.",
            values=(1, 2, 5, 10, 20, 50),
            default=10,
            trained=False,
        ),
    ),
    experiment=_experiment,
    measure=_measure,
    rows=_rows,
    findings=_findings,
    on_your_data="Patience, on the Train page. The epoch with the lowest validation loss is kept in any case.",
    page="pages/train.py",
    code=_program,
)
