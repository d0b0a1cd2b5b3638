"""Approved snapshots of every sentence, caption and column of each kind of report."""

import pytest
from syrupy.assertion import SnapshotAssertion

from levelbench.analysis.claims.article import article
from levelbench.analysis.claims.judge import judged
from levelbench.analysis.derive import derive
from levelbench.model.finding import Finding
from levelbench.model.folder import Run
from levelbench.model.results import Results
from levelbench.report import guide, markdown
from levelbench.report.answer import answer
from tests.unit.factories import NOISY, UNEVEN, alone, make_run, statistics
from tests.unit.factories.code import coded_run
from tests.unit.factories.loads import (
    capacity_run,
    interference_run,
    open_run,
    overload_run,
    session_run,
)
from tests.unit.factories.published import published_run
from tests.unit.factories.standard import standard_run

SENTENCE = 60
"""Characters of a table's cell that is a sentence and not a value."""
BOUND = Finding(code="database-bound", severity="warning", cause="c", remedy="r")
BROKEN = Finding(code="engine-died", severity="error", cause="the engine died", remedy="r")


def results_of(run: Run) -> Results:
    return judged(derive(run, article().claimed_leads()))


def without_values(text: str) -> str:
    """Markdown without the rows of tables that hold only values."""
    lines = text.splitlines()
    rules = {number for number, line in enumerate(lines) if line.startswith("| ---")}
    return "\n".join(
        line
        for number, line in enumerate(lines)
        if not line.startswith("|")
        or number + 1 in rules
        or any(len(cell) >= SENTENCE for cell in line.split("|"))
    )


def with_status(run: Run, name: str, status: str, blocks: int = 5) -> Run:
    """The run with another status of one contestant's first trials."""
    return run.model_copy(
        update={
            "trials": tuple(
                t.model_copy(update={"status": status})
                if t.label == name and t.block <= blocks
                else t
                for t in run.trials
            )
        }
    )


def bound(name: str) -> Run:
    run = make_run()
    trials = [
        t.model_copy(update={"findings": (BOUND,)}) if t.service == name else t for t in run.trials
    ]
    return run.model_copy(update={"trials": tuple(trials)})


@pytest.mark.parametrize(
    "run",
    [
        coded_run(reference=True),
        standard_run(blocks=5, others=3),
        alone.make_run(),
        capacity_run(),
        session_run(),
        interference_run(),
        overload_run(),
        published_run(),
        make_run(measured_blocks=2),
        make_run(throughput={"flask": 250.0}, control=None),
    ],
    ids=[
        "quick",
        "standard",
        "endpoints",
        "capacity",
        "session",
        "interference",
        "overload",
        "as published",
        "partial",
        "one",
    ],
)
def test_report(run: Run, snapshot: SnapshotAssertion) -> None:
    assert without_values(markdown.render(results_of(run), run)) == snapshot


@pytest.mark.parametrize(
    "run",
    [
        make_run(throughput={"a": 400.0, "b": 408.0}, control=None),
        make_run(
            throughput={"a": 400.0, "b": 401.0}, control=None,
            statistics=statistics(tie_threshold=0.005),
        ),
        make_run(throughput={"a": 400.0, "b": 408.0, "c": 404.0}, control=None, measured_blocks=3),
        make_run(throughput={"a": 400.0, "b": 394.0, "c": 388.0, "d": 382.0}, control=None),
        make_run(throughput={"django": 180.0, "fastapi": 400.0, "flask": 260.0}, cores=8),
        make_run(blocks=1, control=None, profile="smoke", publishable=False),
        make_run(control_factor=NOISY),
        make_run(control_factor=UNEVEN),
        alone.make_run(control_factor={"detail": UNEVEN}),
        alone.make_run(blocks=2, control=None),
        alone.make_run(rates={"django": alone.RATES["django"]}, control=None, reference=False),
        open_run(),
        make_run(failed="starlette"),
        make_run(throughput={"flask": 1.0}, control=None, failed="flask"),
        with_status(make_run(), "flask", "invalid"),
        with_status(make_run(), "flask", "failed", blocks=1),
        with_status(make_run(), "django", "invalid", blocks=3),
        bound("starlette"),
        make_run(findings=(BROKEN,)),
        make_run().model_copy(update={"trials": ()}),
        make_run(workloads={}, plan=()).model_copy(update={"trials": ()}),
    ],
    ids=[
        "possibly a tie", "not detected", "three tie", "distant differ", "clear", "smoke", "noisy",
        "biased", "biased endpoint", "few endpoints", "one by endpoint", "open", "failed",
        "all failed", "invalid contestant", "failed trial", "too few", "database", "invalid run",
        "no trials", "nothing",
    ],
)  # fmt: skip
def test_answer_and_advice(run: Run, snapshot: SnapshotAssertion) -> None:
    results = results_of(run)
    advice = guide.section(results, run)
    assert (
        "\n".join(
            [
                *answer(results, run),
                *advice.text,
                *(f"{row[0].text}: {row[1].text}" for table in advice.tables for row in table.rows),
            ]
        )
        == snapshot
    )
