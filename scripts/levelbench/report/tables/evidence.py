"""Tables of evidence: findings and the order of measurements."""

from collections.abc import Mapping

from levelbench.analysis.derive import final_trials
from levelbench.model.folder import Run
from levelbench.model.results import Results
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
    by_block: dict[tuple[str, int], list[str]] = {}
    last = {trial.number: trial for trial in final_trials(run.trials)}
    for planned in run.record.plan:
        trial = last.get(planned.number)
        state = trial.status if trial else "not run"
        text = planned.label if state == "valid" else f"{planned.label} ({state})"
        by_block.setdefault((planned.workload, planned.block), []).append(text)
    return Table(
        "Order of measurements",
        (
            Column("Round", numeric=False),
            Column("Order", numeric=False),
        ),
        tuple(
            (Cell(f"{workload} {block}"), Cell(", ".join(labels)))
            for (workload, block), labels in by_block.items()
        ),
        (f"Random within each round, from seed {run.record.seed}.",),
    )
