"""How two runs are shown: in words, as tables, in the terminal and as Markdown."""

import io
import re
from typing import Any

import pytest
from rich.console import Console

from levelbench.analysis.two_runs.compare import RunComparison, compare
from levelbench.report import compared
from tests.unit.analysis.two_runs.pairs import AFTER, BEFORE, THROUGHPUT, repeated
from tests.unit.factories import make_run, service


def held(by_ratio: bool = False, **changes: Any) -> RunComparison:
    return compare(repeated(1, run_id=BEFORE), repeated(2, **changes), by_ratio=by_ratio)


def test_a_regression_is_the_first_thing_said() -> None:
    said = compared.outcome(held(factors={"flask": 0.7}))
    assert re.match(
        r"Worse beyond noise: flask 0\.\d\d \(0\.\d\d to 0\.\d\d\) times A's "
        r"\(closed: throughput\)\.$",
        said[0],
    )


def test_where_nothing_is_found_it_is_said_what_could_have_been() -> None:
    said = compared.outcome(held(noise=0.001))
    assert re.match(
        r"No difference detected in 4 primary figures; a change by a factor of 1\.0\d or more is "
        r"ruled out in all of them together\.$",
        said[0],
    )


def test_by_ratio_the_ratios_are_what_was_looked_at() -> None:
    said = compared.outcome(held(by_ratio=True))
    assert said[0].startswith("No difference detected in 6 ratios between contestants; a change")


def test_by_ratio_it_is_said_against_whom() -> None:
    said = compared.outcome(held(by_ratio=True, factors={"flask": 0.7}))
    assert said[0].startswith("Worse beyond noise: flask against django (django / flask: 1.4")
    assert "times A's), fastapi (fastapi / flask: 1.4" in said[0]
    assert said[0].endswith("(closed: throughput).")


def test_one_that_fails_now_is_named() -> None:
    failing = make_run(failed="flask", throughput=THROUGHPUT)
    assert compared.outcome(held(run=failing))[0] == "flask failed in B and not in A."


def test_what_decides_comes_first() -> None:
    for by_ratio, first in ((False, "Each contestant's figures"), (True, "Ratios between")):
        shown = compared.sections(held(by_ratio=by_ratio))[0]
        assert shown.tables[0].caption.startswith(first)


def test_markdown_holds_the_outcome_the_figures_and_the_differences() -> None:
    found = held(factors={"flask": 0.7})
    text = compared.to_markdown(found)
    assert text.startswith(f"# {AFTER} (B) against {BEFORE} (A)\n")
    assert "| Contestant | Workload | Metric | A | B | B / A | Verdict |" in text
    assert re.search(r"^\| flask \| closed \| Throughput, requests/s \| 2\d\d ", text, re.MULTILINE)
    assert "| django / fastapi | closed |" in text
    assert "| Started |" in text


def test_the_terminal_shows_the_same() -> None:
    console = Console(file=io.StringIO(), width=140)
    console.print(compared.to_terminal(held(factors={"flask": 0.7})))
    assert isinstance(console.file, io.StringIO)
    text = console.file.getvalue()
    for expected in (f"{AFTER} (B) against {BEFORE} (A)", "What changed", "worse", "B / A"):
        assert expected in text


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
