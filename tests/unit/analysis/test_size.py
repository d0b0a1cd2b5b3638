"""Sizes: what a rate needs, by a measured capacity, and what the check shows."""

from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from levelbench.analysis import size
from levelbench.analysis.derive import derive
from levelbench.errors import LabError
from levelbench.model.folder import Run
from levelbench.model.run import RunArguments
from levelbench.model.size import SizeRecord
from levelbench.report import machine, markdown, sections
from levelbench.report import size as report
from tests.unit.factories import make_run, under
from tests.unit.factories.loads import capacity_run


def predicted(rate_rps: int, run: Run | None = None, service: str = "fastapi") -> SizeRecord:
    return size.predict(
        derive(run or capacity_run()), service, rate_rps, measured_cores=1.0, processes=2,
        connections=12,
    )  # fmt: skip


def checked(rate_rps: int, p95_ms: float | None = 40.0, **changes: Any) -> Run:
    record = predicted(rate_rps)

    def offered(trial: Any) -> dict[str, Any]:
        latency = trial.window.latency.model_copy(update={"p95_ms": p95_ms})
        return {"window": trial.window.model_copy(update={"latency": latency}), **changes}

    made = make_run(throughput={"fastapi": float(record.share_rps)}, blocks=1, control=None)
    run = under(made, "fixed", rate_rps=record.share_rps, trial=offered)
    choices = RunArguments(workloads={"fixed": 1}, mix="journey", scale=1, size=record)
    return Run(record=run.record.model_copy(update={"choices": choices}), trials=run.trials)


def test_cores_follow_from_the_lower_end_of_the_capacity() -> None:
    capacity = predicted(1).capacity_rps
    assert capacity.value
    assert capacity.confidence_interval
    low = capacity.confidence_interval.low
    assert low < capacity.value < 2 * low
    one, two = predicted(int(low)), predicted(int(low) + 1)
    assert (one.cores, one.processes, one.connections, one.extrapolates) == (1, 2, 12, False)
    assert (two.cores, two.processes, two.connections, two.extrapolates) == (2, 4, 24, True)
    assert two.share_rps == -(-(int(low) + 1) // 2)


def test_where_no_rate_met_the_objective_no_size_is_given() -> None:
    def none_held(trial: Any) -> dict[str, Any]:
        return {"capacity_rps": None, "capacity_is_lower_bound": False}

    run = capacity_run()
    run = under(
        Run(record=run.record, trials=run.trials), "capacity", objective="p95<200ms",
        trial=none_held,
    )  # fmt: skip
    with pytest.raises(LabError, match="fastapi met p95<200ms at no rate that was tried"):
        predicted(100, run)
    with pytest.raises(LabError, match="has no capacity of litestar"):
        predicted(100, service="litestar")
    with pytest.raises(LabError, match="has no capacity of fastapi"):
        predicted(100, make_run())


@pytest.mark.parametrize(
    "run",
    [
        pytest.param(checked(100), id="met"),
        pytest.param(checked(1000, 400.0), id="extrapolated, not met"),
        pytest.param(checked(5, None), id="too few requests"),
        pytest.param(checked(100, status="invalid"), id="invalid"),
        pytest.param(checked(100, status="failed"), id="failed"),
        pytest.param(make_run(blocks=1), id="no size"),
    ],
)
def test_sentences_are_as_approved(run: Run, snapshot: SnapshotAssertion) -> None:
    assert report.sentences(derive(run)) == snapshot


def test_the_report_has_the_answer_its_section_and_its_command(
    snapshot: SnapshotAssertion,
) -> None:
    run = checked(100)
    results = derive(run)
    assert sections.opening(results, run).sentences == report.sentences(results)
    assert markdown.of_section(report.section(results)) == snapshot
    assert machine.rerun(results, run) == "make size SERVICE=fastapi RATE=100 P95=200ms"
    assert report.section(derive(make_run(blocks=1))).is_empty
