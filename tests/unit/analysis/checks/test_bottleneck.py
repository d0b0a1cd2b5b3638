"""Who was the limit, told by processor time alone: ten seconds on two cores, CPU 1 the
contestant's, CPU 0 everybody else's."""

from typing import Any

import pytest

from levelbench.analysis.checks import bottleneck
from levelbench.lab.topology import plan
from levelbench.model.config import load_config
from levelbench.model.finding import Finding
from levelbench.model.trial import ContainerUse, CoreUse
from levelbench.model.vocabulary import Container
from levelbench.model.windows import MeasuredWindow

LIMITS = load_config().limits
TWO_CORES = plan([(0,), (1,)])
EIGHT_CORES = plan([(cpu,) for cpu in range(8)])


def window(uses: dict[Container, ContainerUse], **changes: Any) -> MeasuredWindow:
    fields: dict[str, Any] = {
        "endpoint": None, "seconds": 10.0, "requests": 3000, "errors": 0, "vus_busy_share": 0.99,
        "halves": None, "saturates": True, "disturbances": 0, "uses": uses, "cores": {},
        "others": {},
    }  # fmt: skip
    return MeasuredWindow(**(fields | changes))


def service(cpu_ms: float, throttled_ms: float = 0.0) -> ContainerUse:
    return ContainerUse(cpu_ms=cpu_ms, cpu_share_of_limit=cpu_ms / 1e4, throttled_ms=throttled_ms)


def findings(found: MeasuredWindow) -> list[Finding]:
    return list(bottleneck.of_window(found, LIMITS, TWO_CORES))


def codes(found: MeasuredWindow) -> list[str]:
    return [finding.code for finding in findings(found)]


def test_a_contestant_that_uses_its_core_up_is_its_own_limit() -> None:
    uses: dict[Container, ContainerUse] = {
        "service": service(9900), "worker": ContainerUse(cpu_ms=400),
        "postgres": ContainerUse(cpu_ms=4000), "redis": ContainerUse(cpu_ms=50),
        "k6": ContainerUse(cpu_ms=1500),
    }  # fmt: skip
    assert codes(window(uses, cores={"1": CoreUse(foreign_share=0.01, stolen_share=0.0)})) == []


def test_one_that_is_at_its_cap_may_be_throttled() -> None:
    """At the end of each period in which it used up what it is to have."""
    assert codes(window({"service": service(9600, throttled_ms=900)})) == []


def test_one_that_is_throttled_below_its_cap_was_capped_by_somebody_else() -> None:
    (finding,) = findings(window({"service": service(3000, throttled_ms=6900)}))
    assert finding.code == "contestant-throttled"
    assert "throttled for 69% of the window, and got 30%" in finding.cause


@pytest.mark.parametrize("container", ["k6", "worker"])
def test_a_throttled_container_that_has_no_cap_of_the_lab_s_is_named(container: Container) -> None:
    uses: dict[Container, ContainerUse] = {
        "service": service(2000),
        container: ContainerUse(cpu_ms=500, throttled_ms=9400),
    }
    (finding,) = findings(window(uses))
    assert finding.code in ("load-generator-throttled", "worker-throttled")
    assert "was throttled for 94% of the window" in finding.cause


@pytest.mark.parametrize(
    ("used", "code"), [(2000.0, "database-bound"), (9900.0, "cores-busy")]
)  # fmt: skip
def test_a_throttled_database_is_the_limit_of_a_contestant_that_has_time_left(
    used: float, code: str
) -> None:
    uses: dict[Container, ContainerUse] = {
        "service": service(used), "postgres": ContainerUse(cpu_ms=1000, throttled_ms=8000),
    }  # fmt: skip
    assert codes(window(uses)) == [code]


@pytest.mark.parametrize(
    ("used", "saturates", "code"),
    [
        (5000.0, True, "load-generator-bound"),
        (9900.0, True, "load-generator-busy"),
        (5000.0, False, "load-generator-busy"),  # it is not asked for more
        (None, True, "load-generator-busy"),
    ],
)
def test_a_busy_load_generator_is_the_limit_of_a_contestant_that_has_time_left(
    used: float | None, saturates: bool, code: str
) -> None:
    uses: dict[Container, ContainerUse] = {
        "service": ContainerUse(cpu_ms=used), "k6": ContainerUse(cpu_ms=7100),
    }  # fmt: skip
    assert codes(window(uses, saturates=saturates)) == [code]


def test_both_servers_are_named_where_both_are_throttled() -> None:
    throttled = ContainerUse(cpu_ms=1000, throttled_ms=8000)
    uses: dict[Container, ContainerUse] = {"postgres": throttled, "redis": throttled}
    (finding,) = findings(window({**uses, "service": service(2000)}))
    assert finding.cause.startswith("postgres and redis used up their share of a CPU")


def test_of_several_cpus_the_share_is_of_them_all() -> None:
    """The load generator has two of eight cores: 390 ms are 1.95% of both together."""
    uses: dict[Container, ContainerUse] = {"k6": ContainerUse(cpu_ms=500, throttled_ms=390)}
    assert list(bottleneck.of_window(window(uses), LIMITS, EIGHT_CORES)) == []
    uses = {"k6": ContainerUse(cpu_ms=500, throttled_ms=410)}
    assert len(list(bottleneck.of_window(window(uses), LIMITS, EIGHT_CORES))) == 1


@pytest.mark.parametrize(
    ("used", "saturates", "found"),
    [
        (6000.0, True, True),
        (9900.0, True, False),  # its own core is the limit still
        (6000.0, False, True),
        (9900.0, False, True),  # latency has waits for the database in it
    ],
)
def test_a_neighbour_of_database_and_load_generator_spoils_what_waits_for_them(
    used: float, saturates: bool, found: bool
) -> None:
    uses: dict[Container, ContainerUse] = {"service": service(used)}
    beside = {"0": CoreUse(foreign_share=0.48), "1": CoreUse(foreign_share=0.01)}
    said = findings(window(uses, saturates=saturates, cores=beside))
    assert [f.cause for f in said] == [
        "other programs used 48% of CPU 0 of postgres and k6"
    ] * found


def test_what_runs_the_lab_is_no_neighbour() -> None:
    """Its own process and the engine, where one core is everybody's but the contestant's."""
    uses: dict[Container, ContainerUse] = {"service": service(6000)}
    assert codes(window(uses, cores={"0": CoreUse(foreign_share=0.1)})) == []


def test_what_was_not_counted_is_no_finding() -> None:
    nothing: dict[Container, ContainerUse] = dict.fromkeys(("service", "k6"), ContainerUse())
    assert codes(window(nothing, cores={"1": CoreUse()})) == []


def test_a_window_of_one_endpoint_is_named() -> None:
    found = window(
        {"service": service(5000), "k6": ContainerUse(cpu_ms=8000, throttled_ms=1100)},
        endpoint="list",
        cores={"1": CoreUse(foreign_share=0.4, stolen_share=0.2)},
    )
    said = findings(found)
    assert {finding.endpoint for finding in said} == {"list"}
    assert all(finding.cause.startswith("list alone: ") for finding in said)
    assert [finding.code for finding in said] == [
        "load-generator-throttled", "load-generator-bound", "noisy-neighbour", "core-stolen",
    ]  # fmt: skip
