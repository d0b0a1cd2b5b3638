"""Tables of evidence: findings and the order of measurements."""

from collections.abc import Mapping, Sequence

from levelbench.analysis.derive import final_trials
from levelbench.model.folder import Run
from levelbench.model.results import Results
from levelbench.model.run import PlannedTrial
from levelbench.model.trial import TrialRecord
from levelbench.report.tables.table import Cell, Column, Table, Tone


def findings(results: Results) -> Table:
    severities = ("error", "warning", "info")
    tones: Mapping[str, Tone] = {"error": "bad", "info": "muted"}
    return Table(
        "Findings",
        (
            Column("Severity", numeric=False),
            Column("Code", numeric=False),
            Column("Cause", numeric=False),
            Column("Remedy", numeric=False),
            Column("Measurements", numeric=False),
        ),
        tuple(
            (
                Cell(finding.severity, tone=tones.get(finding.severity, "")),
                Cell(finding.code),
                Cell(finding.cause),
                Cell(finding.remedy),
                Cell(", ".join(map(str, finding.trials)) or "the run"),
            )
            for finding in sorted(results.findings, key=lambda f: severities.index(f.severity))
        ),
    )


def order(run: Run) -> Table:
    """The order of trials, a row per block, with those marked that do not count."""
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
            (Cell(f"{workload} {block}"), Cell(_order_of(planned, last)))
            for (workload, block), planned in blocks.items()
        ),
        (
            f"Random within each round, from seed {run.record.seed}. Where contestants take turns, "
            "the order of each slice is given, where it was recorded; slices are separated by |.",
        ),
    )


def _order_of(planned: Sequence[PlannedTrial], last: Mapping[int, TrialRecord]) -> str:
    """The order within one block: of trials, or of turns in each slice."""

    def text(one: PlannedTrial) -> str:
        trial = last.get(one.number)
        state = trial.status if trial else "not run"
        return one.label if state == "valid" else f"{one.label} ({state})"

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
