"""Show the doctor's checks as a table, as JSON and as an exit status."""

import json
from collections.abc import Sequence

from rich.console import RenderableType

from levelbench.lab.doctor.diagnosis import Diagnosis, Grade
from levelbench.report.tables.table import Cell, Column, Table, Tone
from levelbench.report.terminal import to_rich

TONES: dict[Grade, Tone] = {"ok": "good", "note": "", "bad": "bad"}


def exit_status(checks: Sequence[Diagnosis]) -> int:
    """0: a trustworthy run is possible; 1: its results would not be usable; 2: the lab lacks
    something that it needs to run at all.
    """
    bad = [check for check in checks if check.grade == "bad"]
    if any(check.required for check in bad):
        return 2
    return 1 if bad else 0


def terminal_table(checks: Sequence[Diagnosis]) -> RenderableType:
    """A line a check, as wide as the terminal."""
    return to_rich(table(checks))


def table(checks: Sequence[Diagnosis]) -> Table:
    """A line a check."""
    return Table(
        "Is this machine fit for benchmarks?",
        (
            Column("Check", numeric=False),
            Column("Grade", numeric=False),
            Column("Finding, effect and remedy", numeric=False),
        ),
        tuple(
            (Cell(check.name), Cell(check.grade, tone=TONES[check.grade]), _cell(check))
            for check in checks
        ),
        (_sentence(checks),),
    )


def _cell(check: Diagnosis) -> Cell:
    remedy = f"→ {check.remedy}" if check.remedy else ""
    return Cell(check.found, detail="\n".join(filter(None, (check.effect, remedy))))


def _sentence(checks: Sequence[Diagnosis]) -> str:
    bad = [check for check in checks if check.grade == "bad"]
    notes = sum(check.grade == "note" for check in checks)
    if bad:
        names = ", ".join(check.name.lower() for check in bad)
        can = "cannot run" if exit_status(checks) == 2 else "gives no usable results"
        return f"The lab {can} on this machine: {names}."
    said = f", with {notes} note{'s' if notes > 1 else ''}" if notes else ""
    return f"Trustworthy runs are possible on this machine{said}."


def to_json(checks: Sequence[Diagnosis]) -> str:
    """All of it: `{"trustworthy", "checks": [...]}`."""
    return json.dumps(
        {
            "trustworthy": exit_status(checks) == 0,
            "checks": [check.model_dump(mode="json") for check in checks],
        },
        indent=2,
    )
