"""Cores for a load, from CPU time per request."""

import pytest

from levelbench.analysis.derive import derive
from levelbench.model.folder import Run
from levelbench.report import cores
from tests.unit.factories import CPU_MS, THROUGHPUT, alone, make_run, trial
from tests.unit.factories.loads import capacity_run, open_run
from tests.unit.report.reading import row


def costing(**cpu_ms: float) -> Run:
    """A run whose contestants use exactly this CPU time per request."""
    run = make_run(throughput=dict.fromkeys(cpu_ms, 100.0), control=None)
    trials = (trial(t.number, t.block, t.label, cpu_ms=cpu_ms[t.service]) for t in run.trials)
    return run.model_copy(update={"trials": tuple(trials)})


def so_what(run: Run) -> str:
    return cores.so_what(derive(run))


def test_milliseconds_per_request_are_cores_at_1000_requests_a_second() -> None:
    found = row(cores.table(derive(costing(flask=5.0))), "Flask")
    assert found["50 requests/s"][0] == "0.250"
    assert found["300 requests/s"][0] == "1.50"
    assert found["1,000 requests/s"][0] == "5.00"
    assert found["1,000, with PostgreSQL"][0] == "5.80"


def test_each_value_has_its_interval_and_its_place_in_results_json() -> None:
    table = cores.table(derive(make_run()))
    first, *values = table.rows[0]
    assert [name for name, _ in first.data] == [
        "ms", "low", "high", "postgres-ms", "postgres-low", "postgres-high",
    ]  # fmt: skip
    assert {value.figure for value in values} == {
        "/workloads/closed/services/starlette/cpu_ms_per_request/service",
        "/workloads/closed/services/starlette/cpu_ms_per_request/with_postgres",
    }
    assert [value.data for value in values] == [
        (("scale", "0.05"),), (("scale", "0.3"),), (("scale", "1"),), (("scale", "1"),),
    ]  # fmt: skip
    assert all(value.detail for value in values)


def test_contestants_stand_in_the_order_of_the_overview_without_the_reference() -> None:
    names = [row[0].text for row in cores.table(derive(make_run(reference=True))).rows]
    assert names == ["Starlette", "FastAPI", "Flask", "Django"]
    assert len(names) == len(THROUGHPUT)


def test_without_postgresql_its_column_is_absent() -> None:
    run = make_run()
    trials = (
        t.model_copy(update={"resources": {"service": t.resources["service"]}}) for t in run.trials
    )
    table = cores.table(derive(run.model_copy(update={"trials": tuple(trials)})))
    assert len(table.columns) == 4
    assert {len(row) for row in table.rows} == {4}


def test_isolated_endpoints_are_converted_for_the_list() -> None:
    table = cores.table(derive(alone.make_run()))
    assert table.columns[1].label == "50 list requests/s"
    assert [row[0].text for row in table.rows] == ["Starlette", "FastAPI", "Django"]


@pytest.mark.parametrize(
    "run", [capacity_run(), make_run().model_copy(update={"trials": ()})], ids=["capacity", "none"]
)
def test_without_cpu_time_there_is_nothing_to_say(run: Run) -> None:
    assert not cores.table(derive(run)).rows
    assert so_what(run) == ""


@pytest.mark.parametrize(
    ("cpu_ms", "said"),
    [
        ({"django": 1.5, "flask": 1.9}, "both need less than a tenth of a core: choose"),
        ({"django": 4.0, "fastapi": 3.0, "flask": 4.9}, "all three need less than a quarter"),
        ({"django": 6.0, "flask": 6.1}, "both need less than a third of a core"),
        ({"django": 6.0, "flask": 9.0}, "both need less than half a core"),
        ({"django": 6.0, "flask": 19.0}, "both need less than one core."),
        ({"django": 50.0, "flask": 90.0}, "the frameworks need between 2.5 and 4.5 cores."),
        ({"flask": 4.0}, "Flask needs less than a quarter of a core."),
        ({"flask": 40.0}, "Flask needs up to 2.0 cores."),
    ],
)
def test_what_a_small_load_needs(cpu_ms: dict[str, float], said: str) -> None:
    assert f"At 50 requests/s, {said}" in so_what(costing(**cpu_ms))


def test_the_upper_end_of_the_interval_decides() -> None:
    """4.99 ms with an interval to more than 5 ms are not less than a quarter of a core at 50/s."""
    run = costing(flask=4.99)
    spread = tuple(
        trial(t.number, t.block, t.label, cpu_ms=4.99 + (0.5 if t.block % 2 else -0.5))
        for t in run.trials
    )
    assert "a third of a core" in so_what(run.model_copy(update={"trials": spread}))


def test_open_loads_have_cores_too() -> None:
    found = row(cores.table(derive(open_run())), "Django")
    assert float(found["1,000 requests/s"][0]) == pytest.approx(CPU_MS["django"], rel=0.01)
