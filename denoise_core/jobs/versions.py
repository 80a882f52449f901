"""Results of one series beside each other, whoever made them: kept, named, and summed up in a few numbers."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path

from denoise_core.assess.summary import Summary
from denoise_core.config import NoiseConfig, RunConfig
from denoise_core.dataset.training_set import TrainingSet
from denoise_core.errors import RunError
from denoise_core.jobs.spec import COMPUTED, DONE, Source, Spec
from denoise_core.jobs.storage import disk_errors
from denoise_core.jobs.storage.arrays import save_estimate
from denoise_core.jobs.storage.catalogue import Catalogue
from denoise_core.jobs.storage.folders import find_folder, make_folder, read_folder
from denoise_core.jobs.storage.home import Home
from denoise_core.jobs.storage.ids import check_id, id_from
from denoise_core.jobs.storage.run_folder import RunFolder, missing_run
from denoise_core.jobs.view import RunView
from denoise_core.noise.stated import NO_STATEMENT
from denoise_core.series import Estimate, Series

LONGEST_NAME = 80
MOST_KEPT_OF_ONE = 500
"""Results that were kept as they were; trainings are limited by the queue."""


class Versions:
    """The results in a data folder. Every method raises RunError for a run that is gone, or a disk that is full."""

    def __init__(self, home: Home) -> None:
        self._home = home

    def keep(
        self,
        series: Series,
        estimate: Estimate,
        summary: Summary,
        *,
        owner: str,
        title: str,
        source: Source,
        stated: NoiseConfig = NO_STATEMENT,
        token: str,
    ) -> str:
        """Keep a result that is there already, as a run that has ended; its id.

        Parameters
        ----------
        stated : NoiseConfig
            What the method was told of the noise.
        token : str
            The same owner and token give the same run, however often and from however many tabs they come.
        """
        run_id = id_from(check_id(owner), token)
        if (self._home.runs / run_id).exists():
            return run_id
        self._check_count(owner)
        spec = Spec(
            title=title[:200],
            owner=owner,
            created=time.time(),
            channels=(series.name,),
            unit=series.unit,
            samples=len(series),
            config=RunConfig(noise=stated),
            source=source,
            kind=COMPUTED,
            method=estimate.method,
        )

        def fill(path: Path) -> None:
            part = RunFolder(path)
            part.fill(spec, TrainingSet.of(series))
            save_estimate(part.result, estimate)
            part.save_summary(0, summary)
            part.end(DONE, "")

        make_folder(self._home, self._home.runs / run_id, fill)
        return run_id

    def _check_count(self, owner: str) -> None:
        """RunError where one person keeps so many already that they could fill the disk."""
        if sum(entry.spec.kind == COMPUTED for entry in Catalogue(self._home).of_owner(owner)) >= MOST_KEPT_OF_ONE:
            raise RunError(f"{MOST_KEPT_OF_ONE} results of yours are kept already. Delete some of them on the Compare page.")

    def summary(self, run_id: str, i: int = 0) -> Summary | None:
        """The numbers of the result for the run's series number `i`; None where `keep_summary` was not given them yet."""
        return read_folder(self._home, run_id, lambda folder: folder.summary(i))

    def keep_summary(self, run_id: str, i: int, summary: Summary) -> None:
        """Keep the numbers of a result with it; where that is not possible, they are found again."""
        with suppress(OSError, RunError):
            find_folder(self._home, run_id).save_summary(i, summary)

    def rename(self, run_id: str, name: str) -> None:
        """Call a run so; "" gives it back the name that says what it is."""
        try:
            find_folder(self._home, run_id).rename(" ".join(name.split())[:LONGEST_NAME])
        except FileNotFoundError:
            raise missing_run(run_id) from None
        except OSError as error:
            raise RunError(disk_errors.describe(error)) from None


def results_for(runs: Iterable[RunView], source: Source) -> list[RunView]:
    """Those that have a result for the series of `source`, in the order in which they were made."""
    found = [run for run in runs if run.has_result and run.spec.source.is_read_like(source)]
    return sorted((run for run in found if source.column in run.spec.channels), key=lambda run: (run.spec.created, run.id))


def distinct_names(names: Sequence[str]) -> list[str]:
    """The same names, those that come again with a number.

    Examples
    --------
    >>> distinct_names(["Wavelet", "Median", "Wavelet"])
    ['Wavelet', 'Median', 'Wavelet (2)']
    """
    seen: Counter[str] = Counter()
    told = []
    for name in names:
        seen[name] += 1
        told.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return told


def ranked(summaries: Sequence[Summary | None]) -> list[int]:
    """Their places in the list, the least estimated error first; those without one last, the latest of them first."""

    def key(at: int) -> tuple[bool, float]:
        error = one.error if (one := summaries[at]) is not None else None
        return error is None, -at if error is None else error

    return sorted(range(len(summaries)), key=key)
