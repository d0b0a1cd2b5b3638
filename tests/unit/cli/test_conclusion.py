"""The findings at the end of a run, with those of a real run on a disturbed machine."""

import json

import pytest
from syrupy.assertion import SnapshotAssertion

from levelbench.cli.conclusion import LINES_MAX, compact, findings_lines
from levelbench.model.config import ROOT
from levelbench.model.finding import Finding, Severity

DISTURBED = ROOT / "tests" / "data" / "disturbed-findings.json"


@pytest.fixture(scope="module")
def disturbed() -> list[Finding]:
    """40 findings: other programs ran during trials 6 to 25."""
    return [Finding.model_validate(f) for f in json.loads(DISTURBED.read_text())["findings"]]


def finding(code: str, severity: Severity = "error", *trials: int) -> Finding:
    return Finding(code=code, severity=severity, cause="a [cause]", remedy="", trials=trials)


@pytest.mark.parametrize("width", [60, 80])
def test_findings_of_a_disturbed_run(
    disturbed: list[Finding], width: int, snapshot: SnapshotAssertion
) -> None:
    printed = "\n".join(line.plain for line in findings_lines(disturbed, width))
    assert max(map(len, printed.splitlines())) <= width
    assert printed == snapshot


def test_wrapping_loses_no_word(disturbed: list[Finding]) -> None:
    def words(width: int) -> list[str]:
        return " ".join(line.plain for line in findings_lines(disturbed, width)).split()

    assert words(60) == words(80) == words(1000)


def test_errors_come_first_then_the_most_frequent() -> None:
    found = [
        finding("w", "warning"),
        *[finding("v", "warning")] * 2,
        finding("e"),
        finding("i", "info"),
    ]
    assert [line.plain.split()[:2] for line in findings_lines(found, 80)] == [
        ["error", "e:"],
        ["warning", "v:"],
        ["warning", "w:"],
    ]


@pytest.mark.parametrize("codes", [0, 1, LINES_MAX, LINES_MAX + 1, 20])
def test_at_most_five_lines(codes: int) -> None:
    lines = findings_lines([finding(f"code-{number}") for number in range(codes)], 80)
    assert len(lines) == min(codes, LINES_MAX)
    if codes > LINES_MAX:
        assert lines[-1].plain.strip() == f"{codes - LINES_MAX + 1} more: see the report"


def test_one_cause_is_printed_as_it_is() -> None:
    (line,) = findings_lines([finding("e", "error", 3), finding("e", "error", 4)], 80)
    assert line.plain.strip() == "error e: a [cause] (trials 3-4)"


@pytest.mark.parametrize(
    ("numbers", "text"),
    [([], ""), ([3], "3"), ([4, 3], "3-4"), ([6, 9, 10, 16, 17, 18], "6, 9-10, 16-18")],
)
def test_compact_numbers(numbers: list[int], text: str) -> None:
    assert compact(numbers) == text
