"""Archive: all published runs, the series in them, and latest.json."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from levelbench.history.series import ChangePoint, Series, collect
from levelbench.history.store import REPORT_FILE, Published
from levelbench.model.store import RUNS_FOLDER, Latest, LatestChange
from levelbench.report.answer import answer, main_workload
from levelbench.report.status import Word


@dataclass(frozen=True)
class Archive:
    """All published runs by their start, and what follows from them."""

    runs: tuple[Published, ...]

    @cached_property
    def quotable(self) -> tuple[Published, ...]:
        """Runs that may be quoted, the newest first."""
        return tuple(run for run in reversed(self.runs) if run.results.publishable)

    @cached_property
    def comparing(self) -> tuple[Published, ...]:
        """Those of them that compare contestants."""
        return tuple(run for run in self.quotable if run.compares)

    @cached_property
    def newest(self) -> Published | None:
        """The newest one of these with contestants compared by time."""
        timed = (r for r in self.comparing if r.results.workloads and len(r.contestants) > 1)
        return next(timed, None)

    @cached_property
    def names(self) -> dict[str, str]:
        """Contestant -> display name, as the newest run has it."""
        oldest_first = reversed(self.comparing)
        found = {name: run.display_name(name) for run in oldest_first for name in run.contestants}
        return dict(sorted(found.items()))

    @cached_property
    def series(self) -> dict[tuple[str, ...], tuple[Series, ...]]:
        """Contestant, or pair -> its series."""
        return collect(reversed(self.comparing))

    @cached_property
    def pairs(self) -> list[tuple[str, str]]:
        return [(of[0], of[1]) for of in sorted(self.series) if len(of) == 2]

    @cached_property
    def changes(self) -> tuple[ChangePoint, ...]:
        """Of all contestants, the newest first."""
        return newest_first(one for found in self.series.values() for one in found)

    def of(self, *names: str) -> tuple[Series, ...]:
        return self.series.get(names, ())

    def title(self, *names: str) -> str:
        """`Django v FastAPI`."""
        return " v ".join(self.names[name] for name in names)


def newest_first(found: Iterable[Series]) -> tuple[ChangePoint, ...]:
    """The change points of some series."""
    changes = (change for series in found for change in series.changes)
    return tuple(sorted(changes, key=lambda one: one.seen.entry.started_at, reverse=True))


def report_path(run: Published) -> str:
    """Of its report, from the front page."""
    return f"{RUNS_FOLDER}/{run.entry.run_id}/{REPORT_FILE}"


def word(run: Published) -> Word:
    """The status of a run, in one word."""
    if not run.entry.publishable:
        return "Do not quote" if run.entry.valid else "Not valid"
    shared = not run.record.counting and run.results.environment.development_grade
    return "Ratios only" if shared else "Publishable"


def latest(archive: Archive) -> Latest:
    """The newest answer and all change points, for programs."""
    changes = tuple(
        LatestChange(
            service=change.series.of[0],
            series=change.series.title,
            machine=change.series.machine,
            first_run=change.run.entry.run_id,
            found_by=change.seen.entry.run_id,
            ratio=change.ratio,
            provisional=True,
            changed=change.changed,
        )
        for change in archive.changes
    )
    run = archive.newest
    workload = main_workload(run.results) if run else None
    if run is None or workload is None:
        return Latest(changes=changes)
    compared = run.results.workloads[workload].comparisons
    return Latest(
        run=run.entry,
        status=word(run),
        report=report_path(run),
        answer=answer(run.results, run.run),
        workload=workload,
        pairs=tuple(pair for pair in compared if pair.primary),
        changes=changes,
    )
