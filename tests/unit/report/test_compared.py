"""Show the comparison of two runs in the terminal and as Markdown."""

import io
import re
from typing import Any

import pytest
from rich.console import Console
from syrupy.assertion import SnapshotAssertion

from levelbench.analysis.two_runs.compare import RunComparison, compare
from levelbench.report import compared
from tests.unit.analysis.two_runs.pairs import BEFORE, THROUGHPUT, repeated
from tests.unit.factories import make_run, service


def held(**changes: Any) -> RunComparison:
    return compare(repeated(1, run_id=BEFORE), repeated(2, **changes), 0.05)


@pytest.mark.parametrize(
    "found",
    [
        held(factors={"flask": 0.7}),
        held(factors={"flask": 1.4}),
        held(noise=0.001),
        held(noise=0.02),
        held(run=make_run(failed="flask", throughput=THROUGHPUT)),
    ],
    ids=["slower", "faster", "not slower", "undecided", "failed"],
)
def test_text(found: RunComparison, snapshot: SnapshotAssertion) -> None:
    assert compared.to_markdown(found) == snapshot


def test_what_decides_comes_first() -> None:
    shown = compared.sections(held())[0]
    assert shown.tables[0].caption.startswith("Differences between")


@pytest.mark.parametrize("hostile", ["<script>alert(1)</script>", "a | b", "[red]a"])
def test_what_comes_from_outside_stays_text(hostile: str) -> None:
    run = make_run(throughput=THROUGHPUT)
    services = {**run.record.services, "flask": service("flask", packages={hostile: "1"})}
    record = run.record.model_copy(update={"services": services})
    found = held(run=run.model_copy(update={"record": record}))
    rows = [line for line in compared.to_markdown(found).splitlines() if "of flask" in line]
    assert all(len(re.findall(r"(?<!\\)\|", row)) == 4 for row in rows)
    assert not any("<script>" in row.replace("\\<", "") for row in rows)
    console = Console(file=io.StringIO(), width=200)
    console.print(compared.to_terminal(found))
    assert isinstance(console.file, io.StringIO)
    assert f"{hostile} of flask" in console.file.getvalue()
