"""Tables of evidence: findings by check, and the order of measurements."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from levelbench.analysis.checks.table import CHECKS
from levelbench.analysis.derive import final_trials
from levelbench.analysis.text import UNDEFINED
from levelbench.model.finding import Finding
from levelbench.model.folder import Run
from levelbench.model.results import Results
from levelbench.model.run import PlannedTrial
from levelbench.model.trial import TrialRecord
from levelbench.report.tables.grid import cell_id, finding_id
from levelbench.report.tables.table import Cell, Column, Link, Table, Tone

SEVERITIES = ("error", "warning", "info")
CONSEQUENCES = {"trial": "discarded", "contestant": "failed", "run": "run not valid"}
"""What a check's finding does to a measurement, a contestant or the run; else it is a warning."""
SECOND_TIME = " (second time)"
MOST_LINKS = 12
MOST_CAUSES = 3
LEAST_IS_WORST = frozenset({"vus-idle"})
"""Checks whose first number is worse the lower it is."""
NUMBER = re.compile(r"(?<![\w.-])(?<!at )\d[\d,]*(?:\.\d+)?")
"""A number in a cause, except one that names a rate (`at 90/s`) or a load (`open-80`)."""


@dataclass(frozen=True)
class Group:
    """All findings of one check, or one finding on the run as a whole."""

    code: str
    findings: tuple[Finding, ...]

    @property
    def measurements(self) -> int:
        """How many measurements they concern; 0: the run as a whole."""
        return len({number for finding in self.findings for number in finding.trials})

    @property
    def worst(self) -> tuple[Finding, ...]:
        """The finding with the worst value for each cause in other words."""
        by_words: dict[str, list[Finding]] = {}
        for finding in self.findings:
            by_words.setdefault(NUMBER.sub("#", finding.cause), []).append(finding)
        return tuple(_worst(alike) for alike in by_words.values())


def grouped(results: Results) -> list[Group]:
    """The findings by check, errors first, the most frequent ones first.

    Findings on the run as a whole that differ in their cause are groups of their own.
    """
    groups: dict[tuple[str, str], list[Finding]] = {}
    for finding in results.findings:
        whole = "" if finding.trials else finding.cause
        groups.setdefault((finding.code, whole), []).append(finding)
    found = [Group(code, tuple(findings)) for (code, _), findings in groups.items()]
    return sorted(found, key=lambda g: (SEVERITIES.index(g.findings[0].severity), -g.measurements))


def _worst(alike: Sequence[Finding]) -> Finding:
    """Of findings whose causes differ only in numbers: the one with the worst first of them."""
    sign = -1 if alike[0].code in LEAST_IS_WORST else 1
    return max(
        alike,
        key=lambda finding: [
            sign * float(text.replace(",", "")) for text in NUMBER.findall(finding.cause)
        ],
    )


def findings(results: Results, run: Run) -> Table:
    """A row for each check that found something: how often, the worst value, and where."""
    several = len(results.workloads) > 1
    groups = grouped(results)
    anchors = {group.code: finding_id(group.code) for group in groups}
    rows = []
    for group in groups:
        first = group.findings[0]
        consequence = _consequence(group.code) or first.severity
        tone: Tone = "bad" if first.severity == "error" else ""
        rows.append(
            (
                Cell(group.code, consequence, tone, anchor=anchors.pop(group.code, None)),
                Cell(str(group.measurements) if group.measurements else "the run"),
                Cell(_causes(group)),
                Cell(group.worst[0].remedy),
                _where(group, run, several=several),
            )
        )
    kinds = "kind" if len(rows) == 1 else "kinds"
    return Table(
        f"Findings: {len(rows)} {kinds}",
        (
            Column("Check", numeric=False),
            Column("Measurements"),
            Column("Cause, with the worst value", numeric=False),
            Column("Remedy", numeric=False),
            Column("Where: round and contestant", numeric=False),
        ),
        tuple(rows),
        folded=True,
    )


def _consequence(code: str) -> str | None:
    check = next((check for check in CHECKS if check.code == code), None)
    return CONSEQUENCES.get(check.voids) if check else None


def _causes(group: Group) -> str:
    causes = [finding.cause.rstrip(".") for finding in group.worst]
    others = len(causes) - MOST_CAUSES
    more = f"; and {others} more" if others > 0 else ""
    return "; ".join(causes[:MOST_CAUSES]) + more


def _where(group: Group, run: Run, *, several: bool) -> Cell:
    """Links to the cells of the grid."""
    planned = {one.number: one for one in run.record.plan}
    final = {trial.number: trial for trial in final_trials(run.trials)}
    own = [t for t in run.trials if any(f.code == group.code for f in t.findings)]
    numbers = {number for finding in group.findings for number in finding.trials}
    places = [(trial.number, trial.attempt) for trial in own] or [
        (number, final[number].attempt if number in final else 1) for number in sorted(numbers)
    ]
    links = [
        Link(_place(run, planned[number], attempt, several=several), f"#{cell_id(number, attempt)}")
        for number, attempt in sorted(places)
        if number in planned
    ]
    others = len(links) - MOST_LINKS
    more = [Link(f"and {others} more", "")] if others > 0 else []
    return Cell("" if links else UNDEFINED, links=(*links[:MOST_LINKS], *more))


def _place(run: Run, planned: PlannedTrial, attempt: int, *, several: bool) -> str:
    name = run.record.services[planned.service].display_name
    load = f"{planned.workload} " if several else ""
    twin = SECOND_TIME if planned.label != planned.service else ""
    return f"{load}{planned.block} {name}{twin}" + (" again" if attempt > 1 else "")


def order(run: Run) -> Table:
    """The order of measurements, a row per round."""
    blocks: dict[tuple[str, int], list[PlannedTrial]] = {}
    for planned in run.record.plan:
        blocks.setdefault((planned.workload, planned.block), []).append(planned)
    last = {trial.number: trial for trial in final_trials(run.trials)}
    return Table(
        "Order of measurements",
        (
            Column("Round", numeric=False),
            Column("Order", numeric=False),
        ),
        tuple(
            (Cell(f"{workload} {block}"), Cell(_order_of(run, planned, last)))
            for (workload, block), planned in blocks.items()
        ),
        (
            f"Random within each round, from seed {run.record.seed}. Where contestants take turns, "
            "their order is given for each turn, where it was recorded; turns are separated by |.",
        ),
        folded=True,
    )


def _order_of(run: Run, planned: Sequence[PlannedTrial], last: Mapping[int, TrialRecord]) -> str:
    """The order within one block: of trials, or of turns in each slice."""

    def text(one: PlannedTrial) -> str:
        name = run.record.services[one.service].display_name
        return name if one.label == one.service else name + SECOND_TIME

    turns = {one: last[one.number].turns if one.number in last else () for one in planned}
    without = ", ".join(text(one) for one in planned if not turns[one])
    rounds = [
        ", ".join(
            text(one)
            for one in sorted(planned, key=lambda one: turns[one][i : i + 1])
            if turns[one]
        )
        for i in range(max(map(len, turns.values())))
    ]
    return " | ".join(filter(None, (*rounds, without)))
