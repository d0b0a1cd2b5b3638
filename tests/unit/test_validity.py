from datetime import UTC, datetime
from typing import Any

import pytest

from levelbench.config import load_config
from levelbench.records import ContainerUse, LatencyFigures, Rows, TaskFigures, TrialRecord, Window
from levelbench.topology import plan
from levelbench.validity import check, status_of

LIMITS = load_config().limits
TWO_CORES = plan([(0,), (1,)])
GOOD_WINDOW = Window(
    seconds=10, requests=3000, errors=0, throughput_rps=300,
    latency=LatencyFigures(count=3000, mean_ms=330), vus_busy_share=0.99,
)  # fmt: skip


def trial(**changes: Any) -> TrialRecord:
    record = TrialRecord(
        number=7,
        block=2,
        workload="closed",
        service="fastapi",
        label="fastapi",
        status="valid",
        started_at=datetime(2026, 1, 1, tzinfo=UTC),
        window=GOOD_WINDOW,
        rows=Rows(users_added=60, registrations_201=60, tasks_added=120, invoices_202=120),
        tasks=TaskFigures(accepted=120, completed=120, lost=0),
        resources={
            "service": ContainerUse(cpu_ms=9900, periods=100, throttled_periods=1),
            "postgres": ContainerUse(cpu_ms=4000),
            "k6": ContainerUse(cpu_ms=1500),
        },
    )
    return record.model_copy(update=changes)


def window(**changes: Any) -> Window:
    return GOOD_WINDOW.model_copy(update=changes)


def codes(record: TrialRecord) -> list[str]:
    return [finding.code for finding in check(record, LIMITS, 100, TWO_CORES)]


def test_a_good_trial_has_no_finding() -> None:
    assert codes(trial()) == []
    assert status_of(check(trial(), LIMITS, 100, TWO_CORES)) == "valid"


@pytest.mark.parametrize(
    ("changes", "code", "status"),
    [
        ({"window": window(requests=0)}, "no-requests", "invalid"),
        ({"window": window(vus_busy_share=0.96)}, "vus-idle", "invalid"),
        ({"window": window(errors=4)}, "errors", "failed"),
        ({"rows": Rows(users_added=59, registrations_201=60, tasks_added=1, invoices_202=1)},
         "rows-differ", "invalid"),
        ({"rows": Rows(users_added=60, registrations_201=60, tasks_added=2, invoices_202=1)},
         "rows-differ", "invalid"),
        ({"tasks": TaskFigures(accepted=120, completed=119, lost=1)}, "tasks-lost", "failed"),
        ({"resources": {"service": ContainerUse(cpu_ms=1, periods=100, throttled_periods=6)}},
         "contestant-throttled", "valid"),
        ({"resources": {"service": ContainerUse(cpu_ms=9900), "postgres": ContainerUse(cpu_ms=9000),
                        "k6": ContainerUse(cpu_ms=600)}}, "cores-busy", "valid"),
        ({"resources": {"service": ContainerUse(cpu_ms=8000), "postgres": ContainerUse(cpu_ms=9000),
                        "k6": ContainerUse(cpu_ms=600)}}, "database-bound", "valid"),
        ({"resources": {"k6": ContainerUse(cpu_ms=7100)}}, "load-generator-busy", "valid"),
    ],
)  # fmt: skip
def test_each_check_fires_beyond_its_limit(changes: dict[str, Any], code: str, status: str) -> None:
    record = trial(**changes)
    assert codes(record) == [code]
    assert status_of(check(record, LIMITS, 100, TWO_CORES)) == status


@pytest.mark.parametrize(
    "changes",
    [
        {"window": window(vus_busy_share=0.97)},
        {"window": window(errors=3)},
        {"resources": {"service": ContainerUse(cpu_ms=1, periods=100, throttled_periods=5)}},
        {"resources": {"k6": ContainerUse(cpu_ms=7000)}},
        {"resources": {"service": ContainerUse()}},
    ],
)
def test_no_check_fires_at_its_limit(changes: dict[str, Any]) -> None:
    assert codes(trial(**changes)) == []


def test_every_finding_names_the_trial_and_a_remedy() -> None:
    for finding in check(
        trial(window=window(errors=9, vus_busy_share=0.5)), LIMITS, 100, TWO_CORES
    ):
        assert finding.trials == (7,)
        assert finding.remedy


def test_a_fault_of_the_lab_outweighs_one_of_the_contestant() -> None:
    record = trial(window=window(errors=99, vus_busy_share=0.5))
    assert status_of(check(record, LIMITS, 100, TWO_CORES)) == "invalid"
