"""The results of the series on the page, whoever made them: listed, and summed up in a few numbers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from denoise_core.assess.summary import Summary, summarise
from denoise_core.errors import DenoiseError
from denoise_core.jobs import RunView, Source
from denoise_core.jobs.versions import distinct_names, ranked, results_for
from pages.parts import state
from pages.parts.byte_cache import Kept
from pages.parts.cached import run_blend, run_noise, store
from pages.parts.result_view import ResultView


@dataclass(frozen=True, kw_only=True)
class Version:
    """Channel number `i` of a run that has a result; `name` is no other version's."""

    run: RunView
    i: int
    name: str
    summary: Summary | None

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
    numbers = [(run, run.spec.channels.index(source.column)) for run in found]
    return [Version(run=run, i=i, name=name, summary=_known(run, i)) for (run, i), name in zip(numbers, names, strict=True)]


def best(source: Source) -> RunView | None:
    """The result of least estimated error; None where there is no result."""
    found = of(source)
    return found[ranked([one.summary for one in found])[0]].run if found else None


def _known(run: RunView, i: int) -> Summary | None:
    """None where the result cannot be read, such as that of a run that another tab has just deleted."""
    try:
        return _summary(run.id, i, run)
    except DenoiseError:
        return None


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
