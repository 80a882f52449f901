"""The results of the series on the page, whoever made them: listed, and summed up in a few numbers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from denoise_core.assess.summary import Summary, summarise
from denoise_core.errors import DenoiseError
from denoise_core.jobs import RunView, Source
from denoise_core.jobs.spec import TRAIN
from denoise_core.jobs.versions import distinct_names, ranked, results_for
from pages.parts import state
from pages.parts.byte_cache import Kept
from pages.parts.cached import store, studies
from pages.parts.cached_runs import run_blend, run_noise
from pages.parts.result_view import ResultView

_MOST_TRIALS = 10  # of each search


@dataclass(frozen=True, kw_only=True)
class Version:
    """Channel number `i` of a run that has a result; `name` is no other version's.

    Parameters
    ----------
    summary : Summary or None
        Its numbers; None where it cannot be compared with the others, for the reason in `refusal`.
    """

    run: RunView
    i: int
    name: str
    summary: Summary | None
    refusal: str = ""

    @property
    def id(self) -> str:
        return self.run.id

    @property
    def result(self) -> ResultView:
        return ResultView(run=self.run, i=self.i, combines=True)


def mine() -> list[RunView]:
    """All runs of this browser."""
    return store().runs(state.current().workspace)


def of(source: Source, *, linked: Iterable[str] = (), among: Sequence[RunView] | None = None) -> list[Version]:
    """Results of this browser for the series of `source`, and those that a link names, in the order in which they were made."""
    known = {run.id: run for run in (mine() if among is None else among)}
    for run_id in linked:
        if run_id not in known:
            with suppress(DenoiseError):
                known[run_id] = store().run(run_id)
    found = results_for(known.values(), source)
    names = distinct_names([run.name for run in found])
    return [_version(run, run.spec.channels.index(source.column), name) for run, name in zip(found, names, strict=True)]


def leading_trials(source: Source) -> list[str]:
    """Runs of the best trials of each search on the series of `source`."""
    found = [one.id for one in studies().of_owner(state.current().workspace) if one.spec.source.is_read_like(source)]
    return [run_id for study_id in found for run_id in studies().study(study_id).leading(_MOST_TRIALS)]


def best(source: Source) -> RunView | None:
    """The result of least estimated error; None where there is no result."""
    found = of(source)
    return found[ranked([one.summary for one in found])[0]].run if found else None


def _version(run: RunView, i: int, name: str) -> Version:
    """With its numbers, or why it has none, such as that another tab has just deleted it."""
    try:
        if _noise_was_added(run.id, i, run):
            return Version(run=run, i=i, name=name, summary=None, refusal=_OF_NOISIER)
        return Version(run=run, i=i, name=name, summary=_summary(run.id, i, run))
    except DenoiseError:
        return Version(run=run, i=i, name=name, summary=None, refusal="The files of this result cannot be read.")


_OF_NOISIER = "Noise was added to the recording before this training, so it cannot be compared with the others."


@Kept
def _noise_was_added(run_id: str, i: int, _run: RunView) -> bool:
    del run_id
    adds = _run.spec.kind == TRAIN and not _run.spec.source.added_noise  # where the source has it, all results have
    return adds and ResultView(run=_run, i=i).noise_was_added


@Kept
def _summary(run_id: str, i: int, _run: RunView) -> Summary:
    """As it was kept with the result; else found now, and kept."""
    if (known := store().versions.summary(run_id, i)) is not None:
        return known
    result, blended = ResultView(run=_run, i=i, combines=True), run_blend(run_id, i)
    made = summarise(
        result.series,
        result.whole_estimate.with_gaps_of(result.series),
        noise=run_noise(run_id, i),
        truth=result.truth,
        judged=None if blended is None else blended.combined,
        seconds=_run.elapsed_s,
        doubt="" if blended is None else blended.doubt,
    )
    store().versions.keep_summary(run_id, i, made)
    return made
