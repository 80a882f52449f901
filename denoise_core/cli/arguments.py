"""The commands and options of the command line."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from denoise_core.cli.settings import USUAL
from denoise_core.files import KINDS
from denoise_core.files.options import ROLES
from denoise_core.signals.added_noise import NOISE_KINDS
from denoise_core.suggestions import RECIPES
from denoise_core.tuning.plan import PRESETS, PRUNERS, SAMPLERS


def parser() -> argparse.ArgumentParser:
    """The parser; `command` is the name of the chosen command."""
    root = argparse.ArgumentParser(
        prog="python -m denoise_core" if Path(sys.argv[0]).name == "__main__.py" else "denoise",
        description="Denoise a 1-D time series without clean data.",
        epilog="COMMAND -h lists the options of a command. 'worker', 'coordinator' and 'supervisor' are started by the app.",
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
    command.add_argument("--method", default="auto", metavar="NAME", help="one of the names that 'methods' lists; default: auto")
    command.add_argument("--train", action="store_true", help="with auto: also train a network, and combine it with the others")
    command.add_argument("--model", type=Path, metavar="FILE", help="use a network saved by 'train' instead of training one")
    command.add_argument("--rescale", action="store_true", help="with --model: fit the network's scaling to this recording")
    command.add_argument("--residual", action="store_true", help="also write the residual: what was removed")
    command.add_argument("--sd", action="store_true", help="also write the estimated standard deviation of the error")
    gaps = command.add_mutually_exclusive_group()
    gaps.add_argument("--keep-gaps", action="store_true", help="leave gaps empty; by default a trained network fills them")
    gaps.add_argument("--fill-gaps", action="store_true", help="continue the series over gaps, also with instant and the filters")
    command.add_argument(
        "--known-noise",
        metavar="KIND:DB",
        help=f"the input is clean: add such noise (pink:6 has an SNR of 6 dB) and tell the true gain; {', '.join(NOISE_KINDS)}",
    )
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


def _search(command: argparse.ArgumentParser) -> None:
    _input(command, columns="append")
    command.add_argument("-o", "--output", type=Path, metavar="FILE", required=True, help="the settings file to write, JSON")
    command.add_argument(
        "--preset", choices=tuple(PRESETS), default="normal", help="what is varied and for how long; default: normal"
    )
    command.add_argument(
        "--vary",
        action="append",
        default=[],
        metavar="NAME[=VALUES]",
        help="vary this setting instead: between LOW:HIGH, over A,B,C, or over the values declared for it; repeat it for several",
    )
    command.add_argument("--trials", type=int, default=0, metavar="N", help="also end after so many trials")
    command.add_argument(
        "--sampler", choices=tuple(SAMPLERS), default="tpe", help="how settings are proposed; default: tpe, which is Bayesian"
    )
    command.add_argument("--pruner", choices=tuple(PRUNERS), default="median", help="what ends poor trials early")
    command.add_argument("--workers", type=int, metavar="N", help="trainings at once; default: one for each processor core")
    _noise(command)
    _training(command, minutes="how long to search; default: as the preset says")


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
    command.add_argument("input", type=Path, metavar="INPUT", help=KINDS)
    command.add_argument("--column", action=columns, metavar="NAME", help=f"the column to use; default: the first{several}")
    command.add_argument("--time-column", metavar="NAME", help="the column that holds the time; default: detected; '' for none")
    command.add_argument("--rate", type=float, metavar="HZ", help="sampling rate, used instead of a time column")
    reading = command.add_argument_group("how the file is read; detected by default")
    reading.add_argument("--sheet", metavar="NAME", help="sheet of a workbook, or group of a file with several tables")
    reading.add_argument(
        "--delimiter", metavar="CHAR", help="between columns: one character, 'tab', 'spaces', or '' for one column"
    )
    reading.add_argument("--decimal", choices=(".", ","), help="the decimal mark")
    reading.add_argument("--header", type=int, metavar="ROW", help="the row with the names, from 1; 0 for none")
    reading.add_argument("--footer", type=int, metavar="ROWS", help="rows at the end that hold no samples")
    reading.add_argument("--gap-words", type=_words, default=(), metavar="WORDS", help="cells that are missing values: -999;OVL")
    for name, what in (("unit", "unit of a column: pressure=bar"), ("role", f"one of {', '.join(ROLES)}: pressure=ignore")):
        reading.add_argument(
            f"--{name}", type=_pair, action="append", default=[], metavar="NAME=VALUE", help=f"{what}; repeat it for several"
        )


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.split(";") if word.strip())


def _pair(text: str) -> tuple[str, str]:
    name, found, value = text.rpartition("=")
    if not found:
        raise argparse.ArgumentTypeError(f"{text!r} should be NAME=VALUE")
    return name, value


def _training(
    command: argparse.ArgumentParser, *, minutes: str = "about how long to train; default: what suits the data"
) -> None:
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
    command.add_argument("--minutes", type=float, metavar="M", help=minutes)
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
    "search": (_search, "look for better training settings by trying, and save them as JSON"),
    "suggest": (_suggest, "print the training settings suggested for a series, with reasons, as JSON"),
    "methods": (lambda _: None, "list the denoising methods"),
}
