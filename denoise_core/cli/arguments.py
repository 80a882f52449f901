"""The commands and options of the command line."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from denoise_core.cli.settings import USUAL
from denoise_core.suggestions import RECIPES


def parser() -> argparse.ArgumentParser:
    """The parser; `command` is the name of the chosen command."""
    root = argparse.ArgumentParser(
        prog="python -m denoise_core" if Path(sys.argv[0]).name == "__main__.py" else "denoise",
        description="Denoise a 1-D time series without clean data.",
        epilog="COMMAND -h lists the options of a command. 'worker RUN_FOLDER' and 'supervisor' are started by the app.",
    )
    commands = root.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, (add_options, help) in _COMMANDS.items():
        add_options(commands.add_parser(name, help=help, description=f"{help[0].upper()}{help[1:]}."))
    return root


def _denoise(command: argparse.ArgumentParser) -> None:
    _input(command, columns="append")
    command.add_argument(
        "-o", "--output", type=Path, metavar="FILE", help="the file to write; default: NAME_denoised, beside the input"
    )
    command.add_argument("--method", default="lstm", metavar="NAME", help="one of the names that 'methods' lists; default: lstm")
    command.add_argument("--model", type=Path, metavar="FILE", help="use a network saved by 'train' instead of training one")
    command.add_argument("--rescale", action="store_true", help="with --model: fit the network's scaling to this recording")
    command.add_argument("--residual", action="store_true", help="also write the residual: what was removed")
    command.add_argument("--sd", action="store_true", help="also write the estimated standard deviation of the error")
    gaps = command.add_mutually_exclusive_group()
    gaps.add_argument("--keep-gaps", action="store_true", help="leave gaps empty; by default a trained network fills them")
    gaps.add_argument("--fill-gaps", action="store_true", help="continue the series over gaps, also with instant and the filters")
    command.add_argument("--together", action="store_true", help="train one network for all columns instead of one for each")
    _noise(command)
    _training(command)


def _train(command: argparse.ArgumentParser) -> None:
    _input(command, columns="append")
    command.add_argument("-o", "--output", type=Path, metavar="FILE", required=True, help="the model file to write")
    command.add_argument(
        "--add-noise",
        choices=("white", "coloured"),
        help="the input is clean: add white or autocorrelated noise, and train to remove it",
    )
    command.add_argument("--snr", type=float, metavar="RATIO", help="with --add-noise: signal-to-noise ratio, sd over sd")
    _noise(command)
    _training(command)


def _suggest(command: argparse.ArgumentParser) -> None:
    _input(command)
    command.add_argument("--recipe", default=USUAL, metavar="NAME", help=f"one of {', '.join(RECIPES)}; default: {USUAL}")
    _noise(command)


def _noise(command: argparse.ArgumentParser) -> None:
    command.add_argument("--remove-hum", action="store_true", help="also remove mains hum, if some is found")
    command.add_argument("--remove-drift", action="store_true", help="also remove drift of the baseline, if some is found")
    command.add_argument(
        "--noise-from",
        metavar="START:STOP",
        help="a stretch that holds nothing but noise, in the unit of the time column, such as 0:2.5; the noise is measured there",
    )
    command.add_argument("--noise-level", type=float, metavar="SD", help="the standard deviation of the noise, where it is known")


def _input(command: argparse.ArgumentParser, *, columns: str = "store") -> None:
    several = "; repeat it for several columns" if columns == "append" else ""
    command.add_argument("input", type=Path, metavar="INPUT", help="CSV, XLSX, ODS, Parquet, NPY, NPZ or WAV")
    command.add_argument("--column", action=columns, metavar="NAME", help=f"the column to use; default: the first{several}")
    command.add_argument("--time-column", metavar="NAME", help="the column that holds the time; default: detected; '' for none")
    command.add_argument("--rate", type=float, metavar="HZ", help="sampling rate, used instead of a time column")


def _training(command: argparse.ArgumentParser) -> None:
    command.add_argument("--config", type=Path, metavar="FILE", help="settings as JSON; default: suggested from the data")
    command.add_argument("--recipe", metavar="NAME", help=f"the settings to start from: {', '.join(RECIPES)}; default: {USUAL}")
    command.add_argument(
        "--clean",
        action="append",
        default=[],
        metavar="NAME",
        help="a column with the clean version of the noisy one, to train on; give it once for each --column",
    )
    command.add_argument(
        "--more",
        action="append",
        default=[],
        type=Path,
        metavar="FILE",
        help="also train on the same columns of this file; repeat it for several files",
    )
    command.add_argument("--device", metavar="NAME", help="where to train: auto, cuda, mps or cpu")
    command.add_argument(
        "--set",
        action="append",
        default=[],
        dest="changes",
        metavar="NAME=VALUE",
        help="change one setting, such as training.epochs=60 for lstm or window=21 for a filter; repeat it for several settings",
    )
    command.add_argument("--quiet", action="store_true", help="print nothing but errors")


_COMMANDS: dict[str, tuple[Callable[[argparse.ArgumentParser], None], str]] = {
    "denoise": (_denoise, "write a copy of a file with the denoised series added"),
    "train": (_train, "train a network on one or more series and save the network"),
    "suggest": (_suggest, "print the training settings suggested for a series, with reasons, as JSON"),
    "methods": (lambda _: None, "list the denoising methods"),
}
