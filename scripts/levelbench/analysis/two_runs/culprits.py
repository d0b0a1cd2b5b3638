"""Regressions by ratios: find the contestant that changed from the ratios between all of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from levelbench.analysis.two_runs.changes import Change, Measure
from levelbench.model.results import Verdict

OPPOSITE: dict[Verdict, Verdict] = {"worse": "better", "better": "worse"}


@dataclass(frozen=True)
class Shift:
    """A contestant that changed relative to more than half of the others."""

    measure: Measure
    service: str
    verdict: Verdict
    against: tuple[str, ...]


def shifts(ratios: Sequence[Change]) -> Iterator[Shift]:
    """Find the contestants that changed: one that did changed relative to all others, and they
    only relative to it, so more than half of the others is the threshold."""
    by_measure: dict[Measure, list[Change]] = {}
    for change in ratios:
        by_measure.setdefault(change.measure, []).append(change)
    for measure, changes in by_measure.items():
        names = sorted({name for c in changes for name in (c.service, c.other) if name})
        for name in names:
            for verdict in OPPOSITE:
                against = tuple(_moved(name, verdict, changes))
                if 2 * len(against) > len(names) - 1:
                    yield Shift(measure, name, verdict, against)


def _moved(name: str, verdict: Verdict, changes: Sequence[Change]) -> Iterator[str]:
    """The contestants relative to which one has become better, or worse."""
    for change in changes:
        if change.service == name and change.other and change.verdict == verdict:
            yield change.other
        elif change.other == name and change.verdict == OPPOSITE[verdict]:
            yield change.service
