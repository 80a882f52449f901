"""What is refused before anything is read or trained: options without effect, and outputs that cannot be written."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from denoise_core import methods
from denoise_core.assess.risk import BLEND
from denoise_core.errors import DataError, SettingsError

_OF_TRAINING = ("config", "recipe", "device", "together", "clean", "more", "minutes")


def check_method(arguments: Namespace) -> None:
    """SettingsError if a training option is given but nothing is trained."""
    automatic = arguments.method == BLEND and arguments.model is None
    if arguments.train and not automatic:
        told = "--model" if arguments.model is not None else f"--method {arguments.method}"
        raise SettingsError([f"--train combines a network with other methods, so it cannot be used with {told}. Leave one out."])
    trains = (methods.lookup(arguments.method).trains and arguments.model is None) or arguments.train
    given = [f"--{name}" for name in _OF_TRAINING if getattr(arguments, name)]
    if arguments.changes and (arguments.model is not None or automatic):
        given.append("--set")
    if given and not trains:
        remedy = "Add --train, or --method lstm." if automatic else "Leave one of them out."
        without = "--model" if arguments.model is not None else f"--method {arguments.method}"
        raise SettingsError([f"{' and '.join(given)} cannot be used with {without}, which does not train a network. {remedy}"])


def check_start(arguments: Namespace) -> None:
    """SettingsError if the settings come from two places."""
    if arguments.config is not None and arguments.recipe is not None:
        raise SettingsError(["--config and --recipe both choose the settings to start from. Leave one of them out."])


def check_noise(arguments: Namespace) -> None:
    """SettingsError unless noise is added to one clean column of one file at a given SNR, or none is added."""
    if (arguments.add_noise is None) != (arguments.snr is None):
        raise SettingsError(["--add-noise and --snr belong together: give the kind of noise and the signal-to-noise ratio."])
    if arguments.add_noise is None:
        return
    if not arguments.snr > 0:
        raise SettingsError([f"--snr {arguments.snr:g} must be above 0: it is the sd of the signal over that of the noise."])
    if arguments.clean or arguments.more or len(arguments.column or [""]) > 1:
        raise SettingsError(
            ["--add-noise works on one clean column of one file, so not with --clean, --more or several columns."]
        )


def check_target(target: Path, source: Path) -> None:
    """DataError if the output cannot be written: before hours of training, not after."""
    if target.exists() and source.exists() and target.samefile(source):
        raise DataError(f"{target} is the input file itself. Choose another name with -o; the recording is never overwritten.")
    if not target.resolve().parent.is_dir():
        raise DataError(
            f"There is no folder {target.resolve().parent} to write {target.name} to. Create it, or choose another with -o."
        )
