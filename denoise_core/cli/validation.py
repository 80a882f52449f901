"""What is refused before anything is read or trained: options that would not be heeded, and places that cannot be written to."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from denoise_core import methods
from denoise_core.errors import DataError, SettingsError

_OF_TRAINING = ("config", "recipe", "device", "together", "clean", "more")


def check_method(arguments: Namespace) -> None:
    """SettingsError where an option for trainings is given, and nothing is trained."""
    trains = methods.lookup(arguments.method).trains and arguments.model is None
    given = [f"--{name}" for name in _OF_TRAINING if getattr(arguments, name)]
    if arguments.changes and arguments.model is not None:
        given.append("--set")
    if given and not trains:
        without = "--model" if arguments.model is not None else f"--method {arguments.method}"
        raise SettingsError(
            [f"{' and '.join(given)} cannot be used with {without}, which trains no network. Leave one of them out."]
        )


def check_start(arguments: Namespace) -> None:
    """SettingsError where settings come from two places."""
    if arguments.config is not None and arguments.recipe is not None:
        raise SettingsError(["--config and --recipe both say which settings to start from. Leave one of them out."])


def check_noise(arguments: Namespace) -> None:
    """SettingsError unless noise is added to one clean column of one file, at a given strength, or none is added."""
    if (arguments.add_noise is None) != (arguments.snr is None):
        raise SettingsError(["--add-noise and --snr belong together: say which noise is added, and how strong the signal is."])
    if arguments.add_noise is None:
        return
    if not arguments.snr > 0:
        raise SettingsError([f"--snr {arguments.snr:g} is the sd of the signal over that of the noise: make it larger than 0."])
    if arguments.clean or arguments.more or len(arguments.column or [""]) > 1:
        raise SettingsError(
            ["--add-noise takes one clean column of one file, so --clean, --more and further columns have no place beside it."]
        )


def check_target(target: Path, source: Path) -> None:
    """Before hours of training, not after."""
    if target.exists() and source.exists() and target.samefile(source):
        raise DataError(f"{target} is the input itself. Choose another name with -o, so that the recording is kept.")
    if not target.resolve().parent.is_dir():
        raise DataError(
            f"There is no folder {target.resolve().parent} to write {target.name} to. Make it, or choose another with -o."
        )
