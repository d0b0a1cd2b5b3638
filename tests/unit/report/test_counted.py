"""What a paired count shows: instructions, and never time."""

import io
import re

import pytest
from rich.console import Console
from syrupy.assertion import SnapshotAssertion

from levelbench.analysis.derive import derive
from levelbench.model.folder import Run
from levelbench.report import counted, html, markdown, paired, terminal
from levelbench.report.machine import rerun
from levelbench.report.sections import LIMITS
from tests.unit.factories.counts import LAYOUT, SAME, changed, make_pair

RUNS = {
    "more": make_pair({"list": SAME, "detail": changed(0.01)}),
    "no more": make_pair({"list": SAME, "detail": changed(-0.002)}),
    "undecided": make_pair({"list": SAME, "detail": [20 * value for value in SAME]}),
    "steady part": make_pair({"detail": changed(0.01)}, layout=LAYOUT),
    "one seed": make_pair({"detail": SAME[:1]}, seeds=1),
    "ended early": make_pair({"detail": SAME[:6]}, status="partial"),
}
TIME = re.compile(r"\b(slow|fast|quick)(er|est)?\b", re.IGNORECASE)


def printed(run: Run, width: int) -> str:
    console = Console(file=io.StringIO(), width=width)
    with console.capture() as shown:
        console.print(terminal.instructions_table(derive(run)))
    return shown.get()


@pytest.mark.parametrize("run", RUNS.values(), ids=RUNS)
def test_outcome(run: Run, snapshot: SnapshotAssertion) -> None:
    results = derive(run)
    assert results.paired_instructions is not None
    assert paired.counts_to_markdown(results, results.paired_instructions) == snapshot


@pytest.mark.parametrize("run", RUNS.values(), ids=RUNS)
def test_instructions_are_never_called_slower(run: Run) -> None:
    results = derive(run)
    assert results.paired_instructions is not None
    section = markdown.of_section(counted.section(results))
    shown = (
        paired.counts_to_markdown(results, results.paired_instructions), section,
        markdown.render(results, run), printed(run, 160),
    )  # fmt: skip
    for text in shown:
        assert not TIME.search(text.replace(markdown.escape(LIMITS), ""))
    assert section in markdown.render(results, run)
    assert "Instructions are not time" in html.render(results, run)


def test_the_terminal_shows_what_changed(snapshot: SnapshotAssertion) -> None:
    assert printed(RUNS["more"], 110) == snapshot


def test_the_report_says_how_to_count_again() -> None:
    run = RUNS["more"]
    assert rerun(derive(run), run) == (
        "make bench-paired SERVICES=fastapi BASE=0123456789abcdef BY=instructions SEEDS=8 "
        "ENDPOINTS=list,detail"
    )
