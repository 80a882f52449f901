"""The words that the command line understands. Knows nothing of what they do."""

from __future__ import annotations

import argparse
from pathlib import Path

from denoise_core.cli.settings import USUAL
from denoise_core.suggestions import RECIPES


def parser() -> argparse.ArgumentParser:
    """The parser; `command` names the chosen one."""
    root = argparse.ArgumentParser(
        prog="python -m denoise_core",
        description="Denoise a 1-D time series without clean data.",
        epilog="'worker RUN_FOLDER' and 'supervisor' run the app's background work.",
    )
    commands = root.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _denoise(commands.add_parser("denoise", help="write a file with the denoised series added"))
    _train(commands.add_parser("train", help="train one network on one or several series and save it"))
    _suggest(commands.add_parser("suggest", help="print the training settings that suit a series, with the reasons, as JSON"))
    commands.add_parser("methods", help="list the methods")
    return root


def _denoise(command: argparse.ArgumentParser) -> None:
    _input(command, columns="append")
    command.add_argument(
        "-o", "--output", type=Path, metavar="FILE", help="what to write; default NAME_denoised beside the input"
    )
    command.add_argument("--method", default="lstm", metavar="NAME", help="one of those that 'methods' lists; default lstm")
    command.add_argument("--model", type=Path, metavar="FILE", help="denoise with a network that 'train' saved, without training")
    command.add_argument("--residual", action="store_true", help="also write what was removed")
    command.add_argument("--sd", action="store_true", help="also write the standard deviation of the error, where it is known")
    command.add_argument("--keep-gaps", action="store_true", help="leave gaps as gaps; a network fills them otherwise")
    command.add_argument("--together", action="store_true", help="train one network for all columns, instead of one for each")
    _training(command)


def _train(command: argparse.ArgumentParser) -> None:
    _input(command, columns="append")
    command.add_argument("-o", "--output", type=Path, metavar="FILE", required=True, help="the model file to write")
    command.add_argument(
        "--add-noise", choices=("white", "coloured"), help="the input is clean: learn to denoise it with such noise added"
    )
    command.add_argument("--snr", type=float, metavar="RATIO", help="with --add-noise: sd of the signal over that of the noise")
    _training(command)


def _suggest(command: argparse.ArgumentParser) -> None:
    _input(command)
    command.add_argument("--recipe", default=USUAL, metavar="NAME", help=f"one of {', '.join(RECIPES)}; default {USUAL}")


def _input(command: argparse.ArgumentParser, *, columns: str = "store") -> None:
    several = "; may be given several times" if columns == "append" else ""
    command.add_argument("input", type=Path, metavar="INPUT", help="CSV, XLSX, ODS, Parquet, NPY, NPZ or WAV")
    command.add_argument("--column", action=columns, metavar="NAME", help=f"the column to use; default the first{several}")
    command.add_argument("--time-column", metavar="NAME", help="the column that holds the time; default: found out, '' for none")
    command.add_argument("--rate", type=float, metavar="HZ", help="samples per second, in place of a time column")


def _training(command: argparse.ArgumentParser) -> None:
    command.add_argument("--config", type=Path, metavar="FILE", help="settings as JSON; default: suggested from the data")
    command.add_argument("--recipe", metavar="NAME", help=f"settings to start from: {', '.join(RECIPES)}; default {USUAL}")
    command.add_argument(
        "--clean",
        action="append",
        default=[],
        metavar="NAME",
        help="the column that holds what the noisy one should be: learn to turn one into the other; once for each --column",
    )
    command.add_argument(
        "--more",
        action="append",
        default=[],
        type=Path,
        metavar="FILE",
        help="learn from the same columns of this file as well; may be given several times",
    )
    command.add_argument("--device", metavar="NAME", help="auto, cuda, mps or cpu")
    command.add_argument(
        "--set",
        action="append",
        default=[],
        dest="changes",
        metavar="NAME=VALUE",
        help="change one setting, such as training.epochs=60 for lstm or window=21 for a filter; may be given several times",
    )
    command.add_argument("--quiet", action="store_true", help="print nothing but errors")
