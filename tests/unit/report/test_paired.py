"""Compare a contestant with itself at another commit."""

import pytest
from syrupy.assertion import SnapshotAssertion

from levelbench.analysis.derive import derive
from levelbench.analysis.two_runs.paired import judge
from levelbench.model.folder import Run
from levelbench.model.results import Results
from levelbench.model.run import RunArguments
from levelbench.report import paired
from levelbench.report.machine import rerun
from tests.unit.factories import NOISY, alone, make_run

NAMES = ("fastapi", "fastapi-base")


def measured(
    head: float, base: float, blocks: int = 5, factors: tuple[float, ...] = (1.0,)
) -> Results:
    rates = {"fastapi": head, "fastapi-base": base}
    return derive(
        make_run(throughput=rates, control="fastapi", blocks=blocks, control_factor=factors)
    )


MARGIN = 0.05


@pytest.mark.parametrize(
    ("results", "state"),
    [
        (measured(360.0, 400.0), "slower"),
        (measured(390.0, 400.0), "not slower"),
        (measured(400.0, 400.0), "not slower"),
        (measured(440.0, 400.0), "not slower"),
        (measured(200.0, 400.0, blocks=1), "undecided"),
        (derive(make_run(throughput=dict.fromkeys(NAMES, 1.0), failed="fastapi", control=None)),
         "undecided"),
        (derive(alone.make_run(rates={"fastapi": alone.RATES["django"],
                                      "fastapi-base": alone.RATES["fastapi"]}, reference=False)),
         "slower"),
        (measured(400.0, 400.0, factors=NOISY), "undecided"),
        (measured(360.0, 400.0, blocks=4), "undecided"),
    ],
    ids=["worse", "possibly a tie", "same", "better", "one block", "failed", "endpoints", "noisy",
         "four blocks"],
)  # fmt: skip
def test_comparison(results: Results, state: str, snapshot: SnapshotAssertion) -> None:
    found = judge(results, *NAMES, MARGIN)
    assert found.state == state
    assert paired.to_markdown(results, found) == snapshot


def test_the_report_says_how_to_run_it_again() -> None:
    run = make_run(throughput={"fastapi": 400.0, "fastapi-base": 400.0}, control="fastapi")
    choices = RunArguments(workloads={"closed": 5}, mix="journey", scale=1, base="0123abcd")
    run = Run(record=run.record.model_copy(update={"choices": choices}), trials=run.trials)
    assert rerun(derive(run), run) == (
        "make bench-paired PROFILE=quick SEED=42 SERVICES=fastapi BASE=0123abcd BY=time"
    )
