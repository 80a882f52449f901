"""What each command does, with the functions that the pages call too."""

from __future__ import annotations

import json
from argparse import Namespace
from collections.abc import Callable
from pathlib import Path
from typing import Any

from safetensors import SafetensorError

from denoise_core import assess, files, methods
from denoise_core.cli import progress
from denoise_core.cli.speech import Say, speaker
from denoise_core.config import RunConfig
from denoise_core.errors import DataError, SettingsError
from denoise_core.series import Estimate, Recording, Series


def denoise(arguments: Namespace) -> None:
    """Write the input with the denoised columns added."""
    say = speaker(quiet=arguments.quiet)
    _check_method(arguments)
    usual = arguments.input.with_name(files.denoised_name(arguments.input.name))
    target = arguments.output or usual
    _check_target(target, arguments.input)
    if target.suffix.lower() != usual.suffix.lower():
        raise DataError(
            f"{target} should end in {usual.suffix}: the result has the format of the input. Choose another name with -o."
        )
    recording = _read(arguments, say)
    names = arguments.column or [_first(recording, say)]
    estimates = {name: _estimate(recording[name], arguments, say) for name in names}
    files.write(recording, estimates, target, like=arguments.input, residual=arguments.residual, sd=arguments.sd)
    say(f"Wrote {target}.")


def train(arguments: Namespace) -> None:
    """Train on one column and save the network."""
    say = speaker(quiet=arguments.quiet)
    _check_target(arguments.output, arguments.input)
    series = _series(arguments, say)
    trained = progress.train(series, _config(series, arguments), say=say, quiet=arguments.quiet)
    try:
        trained.save(arguments.output)
    except (OSError, SafetensorError) as error:
        raise DataError(f"{arguments.output} cannot be written ({error}). Choose another place with -o.") from None
    say(f"Wrote {arguments.output}.")


def suggest(arguments: Namespace) -> None:
    """Print the suggested settings as JSON."""
    from denoise_core.suggestions import suggest as suggested

    print(suggested(_series(arguments, speaker(quiet=True))).to_json())


def list_methods(arguments: Namespace) -> None:
    """Print each method's name, label and sentence."""
    del arguments
    width = max(map(len, methods.METHODS))
    for name, method in methods.METHODS.items():
        print(f"{name:{width}}  {method.label}. {method.help}")


COMMANDS: dict[str, Callable[[Namespace], None]] = {
    "denoise": denoise,
    "train": train,
    "suggest": suggest,
    "methods": list_methods,
}


def _estimate(series: Series, arguments: Namespace, say: Say) -> Estimate:
    for sentence in assess.on_series(series):
        say(sentence.text)
    estimate = _by_method(series, arguments, say)
    say(assess.judge(series, estimate).headline)
    return estimate


def _by_method(series: Series, arguments: Namespace, say: Say) -> Estimate:
    if arguments.model is not None:
        from denoise_core.export import load

        return load(arguments.model).denoise(series)
    method = methods.lookup(arguments.method)
    if not method.trains:
        return methods.denoise(series, method=arguments.method, **_changes(arguments))
    return progress.train(series, _config(series, arguments), say=say, quiet=arguments.quiet).denoise(series)


def _series(arguments: Namespace, say: Say) -> Series:
    recording = _read(arguments, say)
    return recording[arguments.column or _first(recording, say)]


def _read(arguments: Namespace, say: Say) -> Recording:
    options = files.ReadOptions(time_column=arguments.time_column, rate_hz=arguments.rate)
    recording = files.read(arguments.input, options=options)
    for note in recording.notes:
        say(note)
    return recording


def _first(recording: Recording, say: Say) -> str:
    first, *others = recording.channels
    if others:
        say(f"Taking the column {first!r}; --column chooses another: {', '.join(others)}.")
    return first


def _config(series: Series, arguments: Namespace) -> RunConfig:
    from denoise_core.suggestions import suggest as suggested

    config = suggested(series) if arguments.config is None else RunConfig.from_json(_text(arguments.config))
    changes = _changes(arguments)
    if arguments.device is not None:
        changes["training.device"] = arguments.device
    return _changed(config, changes).check(samples=len(series))


def _changed(config: RunConfig, changes: dict[str, Any]) -> RunConfig:
    raw = json.loads(config.to_json())
    for path, value in changes.items():
        group, _, name = path.partition(".")
        raw.setdefault(group, {})[name] = value
    return RunConfig.from_json(json.dumps(raw))


def _changes(arguments: Namespace) -> dict[str, Any]:
    changes = {}
    for word in arguments.changes:
        name, equals, value = word.partition("=")
        if not equals:
            raise SettingsError([f"--set {word} has no value: write it as --set NAME=VALUE, such as --set window=21."])
        changes[name] = _value(value)
    return changes


def _value(word: str) -> Any:
    """A number where the word is one, else the word."""
    try:
        return json.loads(word)
    except ValueError:
        return word


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"{path} cannot be read as settings ({error}). Check the path.") from None


def _check_method(arguments: Namespace) -> None:
    """Options that would not be heeded are refused."""
    trains = methods.lookup(arguments.method).trains and arguments.model is None
    given = [f"--{name}" for name in ("config", "device") if getattr(arguments, name) is not None]
    if arguments.changes and arguments.model is not None:
        given.append("--set")
    if given and not trains:
        without = "--model" if arguments.model is not None else f"--method {arguments.method}"
        raise SettingsError(
            [f"{' and '.join(given)} cannot be used with {without}, which trains no network. Leave one of them out."]
        )


def _check_target(target: Path, source: Path) -> None:
    """Before hours of training, not after."""
    if target.exists() and source.exists() and target.samefile(source):
        raise DataError(f"{target} is the input itself. Choose another name with -o, so that the recording is kept.")
    if not target.resolve().parent.is_dir():
        raise DataError(
            f"There is no folder {target.resolve().parent} to write {target.name} to. Make it, or choose another with -o."
        )
