"""Which runs may be held against each other, and what is said of those that may."""

from collections.abc import Callable
from typing import Any

import pytest

from levelbench.analysis.derive import derive
from levelbench.analysis.two_runs.admit import Side, differences, require
from levelbench.analysis.two_runs.compare import compare
from levelbench.errors import LabError
from levelbench.model.finding import Finding
from levelbench.model.folder import Run
from levelbench.model.ledger import ParityEntry
from levelbench.model.run import CpuAccounting
from tests.unit.analysis.two_runs.pairs import AFTER, BEFORE
from tests.unit.factories import NOISY, environment, make_run, service, under


def side(run: Run) -> Side:
    return Side(run, derive(run))


def record(run: Run, **changes: Any) -> Run:
    return Run(record=run.record.model_copy(update=changes), trials=run.trials)


def place(run: Run, **changes: Any) -> Run:
    return record(run, environment=run.record.environment.model_copy(update=changes))


def parameter(run: Run, **changes: Any) -> Run:
    return record(
        run, workloads={"closed": run.record.workloads["closed"].model_copy(update=changes)}
    )


def ledger(run: Run, rule: str, expected: str) -> Run:
    entry = ParityEntry(
        rule=rule, service="flask", expected=expected, observed=expected, holds=True
    )
    return record(run, parity=(entry,))


@pytest.fixture(scope="module")
def before() -> Run:
    return make_run(run_id=BEFORE)


@pytest.fixture(scope="module")
def after() -> Run:
    return make_run(run_id=AFTER)


def test_runs_of_one_machine_and_load_are_compared(before: Run, after: Run) -> None:
    common = require(side(before), side(after))
    assert common.workloads == ("closed",)
    assert common.services == ("django", "fastapi", "flask", "starlette")
    assert common.left_out == ()


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (
            lambda run: place(run, cpu_model="Another CPU"),
            "the processor was Example CPU 2.4 GHz and is Another CPU",
        ),
        (lambda run: place(run, cores=4), "the number of cores was 2 and is 4"),
        (
            lambda run: place(run, topology={"service": "3"}),
            "the cores given to each container was service 1, worker 0, postgres 0, redis 0, k6 0 "
            "and is service 3",
        ),
        (lambda run: parameter(run, vus=50), "closed: vus was 100 and is 50"),
        (
            lambda run: parameter(run, dataset_sha256="ff"),
            "closed: dataset_sha256 was d3d3 and is ff",
        ),
        (
            lambda run: parameter(run, weights={"list": 100}),
            "closed: weights was register 2, login 2, list 46, detail 46, task 4 and is list 100",
        ),
        (
            lambda run: under(run, "closed-no-auth"),
            "they have no workload in common: closed and closed-no-auth",
        ),
        (
            lambda run: make_run(throughput={"bottle": 90.0}, control=None, run_id=AFTER),
            "they have no contestant in common",
        ),
    ],
)
def test_what_forbids_it_is_the_reason(
    before: Run, after: Run, change: Callable[[Run], Run], reason: str
) -> None:
    with pytest.raises(LabError) as refused:
        require(side(before), side(change(after)))
    assert refused.value.cause == f"runs {BEFORE} and {AFTER} cannot be compared: {reason}"


@pytest.mark.parametrize(
    ("rule", "one", "other"),
    [
        ("CPU and memory: service", "core 1, 1 CPU, 1024 MiB", "core 1, 1 CPU, 512 MiB"),
        ("schema and indexes: columns of orders", "id bigint", "id integer"),
        ("data: rows of orders", "10000 rows", "20000 rows"),
    ],
)
def test_other_caps_schema_or_data_forbid_it(
    before: Run, after: Run, rule: str, one: str, other: str
) -> None:
    require(side(ledger(before, rule, one)), side(ledger(after, rule, one)))
    with pytest.raises(LabError) as refused:
        require(side(ledger(before, rule, one)), side(ledger(after, rule, other)))
    assert refused.value.cause.endswith(f"{rule} (flask) had to be {one} and has to be {other}")


def test_what_a_ledger_does_not_hold_forbids_nothing(before: Run, after: Run) -> None:
    require(side(before), side(ledger(after, "CPU and memory: service", "core 1")))


def test_a_run_that_is_not_valid_is_refused_with_its_cause(before: Run, after: Run) -> None:
    spoiled = record(
        after,
        findings=(Finding(code="x", severity="error", cause="the disk was full", remedy="."),),
    )
    with pytest.raises(LabError, match=f"run {AFTER} is not valid: the disk was full"):
        require(side(before), side(spoiled))
    with pytest.raises(LabError, match=f"run {AFTER} is not valid"):
        require(side(spoiled), side(before))


def test_open_loads_at_other_rates_are_left_out_and_the_rest_is_compared(
    before: Run, after: Run
) -> None:
    one, other = (with_open(run, rate) for run, rate in ((before, 90), (after, 100)))
    common = require(side(one), side(other))
    assert common.workloads == ("closed",)
    assert common.left_out == ("open-50: rate_rps was 90 and is 100",)


def with_open(run: Run, rate: int) -> Run:
    """The same trials once more, as of an open load."""
    extra = under(run, "open-50", rate_rps=rate)
    both = {
        "plan": run.record.plan + extra.record.plan,
        "workloads": {**run.record.workloads, **extra.record.workloads},
    }
    return Run(record=run.record.model_copy(update=both), trials=run.trials + extra.trials)


def test_open_loads_at_other_rates_alone_are_refused(before: Run, after: Run) -> None:
    one, other = under(before, "open-50", rate_rps=90), under(after, "open-50", rate_rps=100)
    with pytest.raises(LabError, match="open-50: rate_rps was 90 and is 100"):
        require(side(one), side(other))


def test_versions_images_and_extent_are_stated(before: Run, after: Run) -> None:
    services = {**after.record.services, "flask": service("flask", packages={"flask": "4.0.0"})}
    changed = place(
        record(after, services=services, profile="standard"),
        kernel="6.2.0",
        versions={**environment().versions, "redis": "9.0.0"},
        images={},
    )
    found = {d.what: (d.a, d.b) for d in differences(side(before), side(changed))}
    assert found["Profile"] == ("quick", "standard")
    assert found["Kernel"] == ("6.1.0", "6.2.0")
    assert found["Version of redis"] == ("8.0.2", "9.0.0")
    assert found["flask of flask"] == ("1.2.3", "4.0.0")
    assert found["celery of flask"] == ("5.6.0", None)
    assert found["Image postgres"] == ("sha256:" + "a1" * 32, None)
    assert not {"Commit", "Contestants", "Extent"} & found.keys()


def test_runs_that_are_alike_differ_in_nothing(before: Run, after: Run) -> None:
    assert differences(side(before), side(after)) == ()


def test_an_unsteady_machine_is_stated(before: Run) -> None:
    noisy = make_run(control_factor=NOISY)
    found = {d.what: (d.a, d.b) for d in differences(side(before), side(noisy))}
    assert found["Steady enough to publish"] == ("yes", "not under closed")


def test_cpu_time_of_kernels_with_other_options_is_not_compared(before: Run, after: Run) -> None:
    known = before.record.environment.cpu_accounting
    assert known
    other = CpuAccounting(**{**dict(known), "irq_time_accounting": True})
    found = compare(before, place(after, cpu_accounting=other), 0.05)
    assert not any(c.measure.metric.startswith("cpu_ms_per_request") for c in found.own)
    assert found.left_out == (
        "CPU per request: the kernel had IRQ_TIME_ACCOUNTING off, PARAVIRT_TIME_ACCOUNTING on, "
        "VIRT_CPU_ACCOUNTING_GEN off, TICK_CPU_ACCOUNTING on and has IRQ_TIME_ACCOUNTING on, "
        "PARAVIRT_TIME_ACCOUNTING on, VIRT_CPU_ACCOUNTING_GEN off, TICK_CPU_ACCOUNTING on",
    )
    assert "CPU time accounting" in {difference.what for difference in found.differences}


def test_cpu_time_of_unknown_kernels_is_compared_with_a_warning(before: Run, after: Run) -> None:
    found = compare(before, place(after, cpu_accounting=None), 0.05)
    assert any(c.measure.metric.startswith("cpu_ms_per_request") for c in found.own)
    assert found.warnings == (
        f"It is not known how the kernel of {AFTER} accounts CPU time: a difference of CPU per "
        "request may be one of the kernels",
    )
    assert compare(before, after, 0.05).warnings == ()
