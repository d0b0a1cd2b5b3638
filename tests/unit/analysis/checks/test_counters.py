"""Counters that are missing or impossible void the trial: a check without its input fails closed.

Ten seconds on two cores: CPU 1 is the contestant's, CPU 0 everything else's.
"""

from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from levelbench.analysis.checks.trial import check, status_of
from levelbench.lab.topology import plan
from levelbench.model.config import load_config
from levelbench.model.finding import Finding
from levelbench.model.trial import ContainerUse, CoreUse, TrialRecord
from levelbench.model.vocabulary import CONTAINERS, Container
from tests.unit.analysis.checks.test_trial import alone, offered, trial
from tests.unit.lab.machines import singles

LIMITS = load_config().limits
TWO_CORES = plan(singles(2))


def findings(record: TrialRecord) -> list[Finding]:
    return list(check(record, LIMITS, 100, TWO_CORES))


@pytest.mark.parametrize("container", CONTAINERS)
@pytest.mark.parametrize("load", ["closed", "open"])
def test_a_container_without_counters_voids_the_trial(container: Container, load: str) -> None:
    window = {"window": offered()} if load == "open" else {}
    (finding,) = findings(trial(resources={container: ContainerUse()}, **window))
    assert (finding.code, finding.severity) == ("counters-missing", "error")
    assert status_of((finding,)) == "invalid"


def test_a_container_that_is_not_recorded_at_all_voids_the_trial() -> None:
    record = trial()
    uses = {name: use for name, use in record.resources.items() if name != "postgres"}
    (finding,) = findings(record.model_copy(update={"resources": uses}))
    assert finding.code == "counters-missing"


def test_a_missing_throttled_time_of_the_contestant_voids_the_trial() -> None:
    record = trial()
    uses = {**record.resources, "service": ContainerUse(cpu_ms=9900)}
    (finding,) = findings(record.model_copy(update={"resources": uses}))
    assert finding.code == "counters-missing"
    assert "throttled time of the contestant" in finding.cause


@pytest.mark.parametrize("cpuset", ["0", "1"])
def test_a_core_without_readings_voids_the_trial(cpuset: str) -> None:
    (finding,) = findings(trial(cores={cpuset: CoreUse()}))
    assert finding.code == "counters-missing"
    assert f"use of CPU {cpuset}" in finding.cause


def test_cores_cannot_be_read_where_counters_come_through_the_engine() -> None:
    record = trial(counters="engine", cores={"0": CoreUse(), "1": CoreUse()})
    assert [finding.code for finding in findings(record)] == ["resources-by-engine"]


def test_all_missing_counters_are_named_at_once(snapshot: SnapshotAssertion) -> None:
    record = trial(resources=dict.fromkeys(CONTAINERS, ContainerUse()), cores={"1": CoreUse()})
    assert findings(record) == snapshot


def test_the_endpoint_without_counters_is_named() -> None:
    (finding,) = findings(alone("list", uses={"k6": ContainerUse()}))
    assert (finding.code, finding.endpoint) == ("counters-missing", "list")


@pytest.mark.parametrize(
    "changes",
    [
        {"resources": {"service": ContainerUse(cpu_ms=10_501)}},
        {"resources": {"postgres": ContainerUse(cpu_ms=10_501)}},
        {"resources": {"k6": ContainerUse(cpu_ms=1500, throttled_ms=10_501)}},
        {"cores": {"1": CoreUse(foreign_share=1.06, stolen_share=0.0)}},
        {"cores": {"0": CoreUse(foreign_share=0.0, stolen_share=1.06)}},
    ],
)
def test_what_cannot_be_is_found(changes: dict[str, Any], snapshot: SnapshotAssertion) -> None:
    found = [f for f in findings(trial(**changes)) if f.code == "counters-impossible"]
    assert [finding.cause for finding in found] == snapshot
    assert status_of(tuple(found)) == "invalid"


def test_a_window_is_never_so_sharp_that_a_full_core_is_impossible() -> None:
    assert findings(trial(resources={"service": ContainerUse(cpu_ms=10_499)})) == []
