"""What moved since the last run, in sentences."""

from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from levelbench.analysis.derive import derive
from levelbench.analysis.two_runs.since import since
from levelbench.model.estimate import Estimate
from levelbench.model.folder import Run
from levelbench.model.since import Moved
from levelbench.report import markdown, moved
from tests.unit.analysis.two_runs.pairs import BEFORE, THROUGHPUT, repeated
from tests.unit.factories import NOISY, make_run


def compared(**changes: Any) -> Run:
    """A run that was compared with the one before it."""
    run = repeated(2, **changes)
    return run.model_copy(update={"since": since(repeated(1, run_id=BEFORE), run)})


@pytest.mark.parametrize(
    "run",
    [
        compared(factors={"flask": 0.7}),
        compared(factors={"flask": 1.4}),
        compared(noise=0.001),
        compared(run=make_run(failed="flask", throughput=THROUGHPUT)),
        compared(run=make_run(control_factor=NOISY, throughput=THROUGHPUT)),
        compared(run=make_run(cores=8)),
        make_run(),
    ],
    ids=["slower", "faster", "nothing", "failed", "do not quote", "refused", "no last run"],
)
def test_sentences(run: Run, snapshot: SnapshotAssertion) -> None:
    assert "\n".join(moved.lines(derive(run))) == snapshot


def test_many_changes_are_counted() -> None:
    run = compared(factors={"flask": 0.7})
    assert run.since is not None
    more = tuple(
        Moved(service=name, workload="closed", metric="throughput_rps", verdict="better",
              ratio=Estimate())
        for name in THROUGHPUT
    )  # fmt: skip
    several = run.since.model_copy(update={"moved": (*run.since.moved, *more)})
    lines = moved.lines(derive(run.model_copy(update={"since": several})))
    assert len(lines) == 4
    assert lines[-1] == "2 more changed."


def test_reports_start_with_it_after_the_status() -> None:
    run = compared(noise=0.001)
    _, status, line, *_ = markdown.summary(derive(run), run).split("\n\n")
    assert "Ratios only" in status
    assert "nothing moved beyond noise" in line
