"""What each command does, with the same functions as the pages."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from safetensors import SafetensorError

from denoise_core import assess, files, methods
from denoise_core.cli import inputs, progress, settings, validation
from denoise_core.cli.console import Say, speaker
from denoise_core.config import NoiseConfig, RunConfig
from denoise_core.dataset.selection import ChannelSelection
from denoise_core.dataset.training_set import TrainingSet
from denoise_core.errors import DataError
from denoise_core.model import about
from denoise_core.noise import describe_series, find_disturbances
from denoise_core.noise.stated import check_statement
from denoise_core.series import Estimate, Series

if TYPE_CHECKING:
    from denoise_core.model.denoiser import TrainedDenoiser


def denoise(arguments: Namespace) -> None:
    """Write the input with the denoised columns added."""
    say = speaker(quiet=arguments.quiet)
    validation.check_method(arguments)
    validation.check_start(arguments)
    target = _target(arguments)
    given = _with_known_noise(inputs.read(arguments, say, channels=_channels(arguments.model)), arguments)
    estimates = {}
    for series, estimate, stated in _estimates(given, arguments, say):
        estimates[series.name] = estimate.with_gaps_of(series) if arguments.keep_gaps else estimate
        _report(series, estimates[series.name], stated, say)
        if arguments.known_noise:
            say(_true_gain(given, series, estimates[series.name]))
    files.write(given.recording, estimates, target, like=arguments.input, residual=arguments.residual, sd=arguments.sd)
    say(f"Wrote {target}.")


def train(arguments: Namespace) -> None:
    """Train one network on the columns and save it."""
    say = speaker(quiet=arguments.quiet)
    validation.check_start(arguments)
    validation.check_noise(arguments)
    validation.check_target(arguments.output, arguments.input)
    given = inputs.read(arguments, say)
    for series in given.series():
        _warn(series, settings.stated_noise(arguments), say)
    data, config = _from_noisy_copies(given, arguments) if arguments.add_noise else _from_recording(given, arguments)
    trained = progress.train(data, config, say=say, quiet=arguments.quiet)
    try:
        trained.save(arguments.output)
    except (OSError, SafetensorError) as error:
        raise DataError(f"{arguments.output} cannot be written ({error}). Choose another location with -o.") from None
    say(f"Wrote {arguments.output}.")
    _report_test_gain(trained, given, data, config, say)


def search(arguments: Namespace) -> None:
    """Write the best settings that a search finds."""
    say = speaker(quiet=arguments.quiet)
    validation.check_start(arguments)
    validation.check_target(arguments.output, arguments.input)
    given = inputs.read(arguments, say)
    minutes, arguments.minutes = arguments.minutes, None  # of the search, not of each training
    (data,) = given.training_sets(together=True)
    config = settings.config_for(data, arguments)
    for series in data.to_denoise:
        _warn(series, config.noise, say)
    plan = settings.search_plan(data.to_denoise[0], config, arguments, minutes)
    found = progress.search(data, plan, workers=arguments.workers, say=say, quiet=arguments.quiet)
    say(found.conclusion.sentence)
    try:
        arguments.output.write_text(found.config.to_json(), encoding="utf-8")
    except OSError as error:
        raise DataError(f"{arguments.output} cannot be written ({error}). Choose another location with -o.") from None
    say(f"Wrote {arguments.output}.")


def suggest(arguments: Namespace) -> None:
    """Print the suggested settings as JSON."""
    say = speaker(quiet=True)
    recording = inputs.recording_of(arguments.input, arguments, say)
    series = recording[arguments.column or inputs.first(recording, say)]
    print(settings.recipe(arguments.recipe, series, settings.stated_noise(arguments)).to_json())


def list_methods(arguments: Namespace) -> None:
    """Print each method's name, label and sentence."""
    del arguments
    width = max(map(len, methods.METHODS))
    for name, method in methods.METHODS.items():
        print(f"{name:{width}}  {method.label}. {method.help}")


COMMANDS: dict[str, Callable[[Namespace], None]] = {
    "denoise": denoise,
    "train": train,
    "search": search,
    "suggest": suggest,
    "methods": list_methods,
}


def _target(arguments: Namespace) -> Path:
    usual: Path = arguments.input.with_name(files.denoised_name(arguments.input.name))
    target: Path = arguments.output or usual
    validation.check_target(target, arguments.input)
    if target.suffix.lower() != usual.suffix.lower():
        raise DataError(
            f"{target} should end in {usual.suffix}, because the result has the format of the input. Choose another name with -o."
        )
    return target


def _with_known_noise(given: ChannelSelection, arguments: Namespace) -> ChannelSelection:
    """The same with noise on each of its columns, if the options ask for some."""
    if not arguments.known_noise:
        return given
    added, recording = settings.known_noise(arguments.known_noise), given.recording
    for column in given.columns:
        recording = added.recording_with(recording, column)
    return replace(given, recording=recording)


def _true_gain(given: ChannelSelection, series: Series, estimate: Estimate) -> str:
    truth = assess.truth_of(given.recording, series.name)
    gain_db = assess.score(estimate, truth, noisy=series)["snr_gain_db"]
    return f"{series.name}: with known noise, the error against the series as recorded fell by {gain_db:.1f} dB."


def _channels(model: Path | None) -> tuple[str, ...]:
    """The names of the series that a model was trained on; none without a model."""
    return () if model is None else about(model).channels


def _estimates(given: ChannelSelection, arguments: Namespace, say: Say) -> Iterator[tuple[Series, Estimate, NoiseConfig]]:
    """Each chosen series with its estimate, and what was said of its noise."""
    stated = settings.stated_noise(arguments)
    if arguments.model is not None:
        yield from _by_model(given, arguments, say)
    elif methods.lookup(arguments.method).trains or arguments.train:
        repeats = settings.changes(arguments).get("objective.kind") == "repeats"  # needs several series together
        for data in given.training_sets(together=arguments.together or repeats):
            config = settings.config_for(data, arguments)
            for series in data.to_denoise:
                _warn(series, config.noise, say)
            if arguments.train:
                yield from _blended(data, settings.for_twins(config), arguments, say)
                continue
            trained = progress.train(data, config, say=say, quiet=arguments.quiet)
            yield from ((series, trained.denoise(series), config.noise) for series in data.to_denoise)
    else:
        for series in given.series():
            _warn(series, stated, say)
            changes = settings.changes(arguments)
            estimate = methods.denoise(series, method=arguments.method, fill_gaps=arguments.fill_gaps, noise=stated, **changes)
            yield series, estimate, stated


def _blended(
    data: TrainingSet, config: RunConfig, arguments: Namespace, say: Say
) -> Iterator[tuple[Series, Estimate, NoiseConfig]]:
    """Each series by a network and other methods together; a second network, trained on noisier copies, tells its error."""
    trained = progress.train(data, config, say=say, quiet=arguments.quiet)
    estimates = [trained.denoise(series) for series in data.to_denoise]
    noisier = methods.twin_of(data, stated=config.noise)
    twin = progress.train_twin(noisier, methods.for_twin(config), epochs=len(trained.history), quiet=arguments.quiet)
    for i, (series, estimate, copy) in enumerate(zip(data.to_denoise, estimates, noisier.to_denoise, strict=True)):
        found = methods.blend_with_network(series, estimate, twin.denoise(copy), i=i, stated=config.noise)
        for sentence in filter(None, (found.sentence, found.doubt)):
            say(sentence)
        yield series, found.chosen, config.noise


def _by_model(given: ChannelSelection, arguments: Namespace, say: Say) -> Iterator[tuple[Series, Estimate, NoiseConfig]]:
    from denoise_core.model import load

    model, rescale = arguments.model, arguments.rescale
    header = about(model)
    header.check_fits(given.columns)
    stated = settings.stated_noise(arguments, header.config.noise)
    trained = load(model).with_noise(stated)
    for series in given.series():
        _warn(series, stated, say)
        unlike = assess.differences(header, series, noise_sd=describe_series(series, stated).sd)
        for sentence in unlike:
            say(sentence)
        if rescale:
            trained = trained.rescaled(series.name, assess.fitted_scaling(header, series))
            say(f"The network's scaling was fitted to {series.name}.")
        elif unlike:
            say("What is removed may be signal, not noise. Try --rescale, or train a network on this recording.")
        yield series, trained.denoise(series), stated


def _from_recording(given: ChannelSelection, arguments: Namespace) -> tuple[TrainingSet, RunConfig]:
    (data,) = given.training_sets(together=True)
    return data, settings.config_for(data, arguments)


def _from_noisy_copies(given: ChannelSelection, arguments: Namespace) -> tuple[TrainingSet, RunConfig]:
    """Settings are suggested from noisy copies, which are then drawn again with the seed of these settings."""

    def draw(seed: int) -> TrainingSet:
        return TrainingSet.with_added_noise(given.series()[0], snr=arguments.snr, seed=seed, colour=arguments.add_noise)

    config = settings.config_for(draw(seed=0), arguments)
    return draw(config.training.seed), config


def _report_test_gain(trained: TrainedDenoiser, given: ChannelSelection, data: TrainingSet, config: RunConfig, say: Say) -> None:
    """The gain on the test part, where there is one and the truth is known."""
    for i, series in enumerate(data.to_denoise if config.split.test_share else ()):
        truth = data.clean[i] if data.clean else assess.truth_of(given.recording, series.name)
        if truth is None:
            continue
        gain_db = assess.on_test_part(trained.denoise(series), truth, data=data, config=config, i=i)
        if gain_db is not None:
            say(f"{series.name}: gain on the test samples: {gain_db:.1f} dB.")


def _warn(series: Series, stated: NoiseConfig, say: Say) -> None:
    """Report what to know about a series before it is denoised."""
    for sentence in assess.on_series(series):
        say(sentence.text)
    check_statement(series, stated)
    if doubt := describe_series(series, stated).doubt if stated.stretch else "":
        say(doubt)
    for name, text in assess.on_disturbances(find_disturbances(series), series.unit, how=" with --remove-{}").items():
        if name not in stated.removes:
            say(text.format(name))


def _report(series: Series, estimate: Estimate, stated: NoiseConfig, say: Say) -> None:
    """Report what was done to a series."""
    for sentence in (*estimate.notes, *(one.text for one in assess.on_gaps(series, estimate))):
        say(sentence)
    noise = describe_series(estimate.seen_of(series), stated)
    say(assess.judge(series, estimate, noise=noise).headline)
