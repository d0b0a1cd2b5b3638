"""Regressions by ratios: find the contestant that changed from the ratios between all of them."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from levelbench.analysis.two_runs import state as states
from levelbench.analysis.two_runs.changes import Change, Measure
from levelbench.analysis.two_runs.state import State
from levelbench.model import metrics
from levelbench.model.results import Verdict

OPPOSITE: dict[Verdict, Verdict] = {"worse": "better", "better": "worse"}


@dataclass(frozen=True)
class Shift:
    """A contestant, compared with the others: slower, not slower than the margin, or undecided."""

    measure: Measure
    service: str
    state: State
    against: tuple[str, ...]
    """The contestants relative to which it became slower or faster; empty where it did neither
    relative to more than half of the others."""
    slowdown: float | None
    """The largest slowdown that the ratios to more than half of the others do not exclude."""

    @property
    def verdict(self) -> Literal["better", "worse"] | None:
        """Which way it changed; None if no change was shown."""
        if self.state == "slower":
            return "worse"
        return "better" if self.against else None


@dataclass(frozen=True)
class _Relation:
    """One contestant relative to another."""

    other: str
    state: State
    faster: bool
    slowdown: float


def shifts(ratios: Sequence[Change], margin: float) -> Iterator[Shift]:
    """Judge each contestant by its ratios to the others: one that changed did so relative to all
    others, and they only relative to it, so more than half of the others is the threshold."""
    by_measure: dict[Measure, list[Change]] = {}
    for change in ratios:
        by_measure.setdefault(change.measure, []).append(change)
    for measure, changes in by_measure.items():
        for name in sorted({name for c in changes for name in (c.service, c.other) if name}):
            yield _shift(measure, name, list(_relations(name, changes, margin)))


def _shift(measure: Measure, name: str, relations: Sequence[_Relation]) -> Shift:
    most = len(relations) // 2 + 1
    slower = tuple(r.other for r in relations if r.state == "slower")
    faster = tuple(r.other for r in relations if r.faster)
    as_good = [r for r in relations if r.state == "not slower"]
    slowdown = sorted(r.slowdown for r in relations)[most - 1]
    state: State = "undecided"
    if len(slower) >= most:
        state = "slower"
    elif len(as_good) >= most:
        state = "not slower"
    against = next((names for names in (slower, faster) if len(names) >= most), ())
    return Shift(measure, name, state, against, slowdown if math.isfinite(slowdown) else None)


def _relations(name: str, changes: Sequence[Change], margin: float) -> Iterator[_Relation]:
    for change in changes:
        if name == change.service and change.other:
            yield _relation(change, change.other, margin, inverted=False)
        elif name == change.other:
            yield _relation(change, change.service, margin, inverted=True)


def _relation(change: Change, other: str, margin: float, *, inverted: bool) -> _Relation:
    """`inverted`: of the second of the pair, relative to the first."""
    better = metrics.of(change.measure.metric).better
    interval = change.ratio.confidence_interval if change.decidable else None
    both = [
        (interval, change.verdict),
        (states.inverse(interval), OPPOSITE.get(change.verdict, change.verdict)),
    ]
    if inverted:
        both.reverse()
    own, others = both
    slowdown = states.slowdown(own[0], better)
    return _Relation(
        other=other,
        state=states.state(*own, better, margin),
        faster=states.state(*others, better, margin) == "slower",
        slowdown=math.inf if slowdown is None else slowdown,
    )
