"""Who was the limit, told by processor time alone: ten seconds on two cores, CPU 1 the
contestant's, CPU 0 everybody else's."""

from typing import Any

import pytest

from levelbench.analysis.checks import bottleneck
from levelbench.analysis.checks import trial as check
from levelbench.lab.topology import plan
from levelbench.model.config import load_config
from levelbench.model.finding import Finding
from levelbench.model.trial import ContainerUse, CoreUse
from levelbench.model.vocabulary import Container
from levelbench.model.windows import MeasuredWindow
from tests.unit.lab.machines import singles

LIMITS = load_config().limits
TWO_CORES = plan(singles(2))
EIGHT_CORES = plan(singles(8))


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
    """Core and quota end at the same moment: measured for up to 1.0% of the time."""
    assert codes(window({"service": service(9760, throttled_ms=101)})) == []


@pytest.mark.parametrize("used_ms", [3000.0, 9499.0, 9501.0, 9700.0])
def test_throttling_has_one_limit_whatever_the_contestant_used(used_ms: float) -> None:
    """On 5a844a9 a contestant that had used 95% of its cap was not checked."""
    assert codes(window({"service": service(used_ms, throttled_ms=199)})) == []
    throttled = window({"service": service(used_ms, throttled_ms=201)})
    assert codes(throttled) == ["contestant-throttled"]


def test_a_quota_below_the_cores_explains_the_rest_of_their_time() -> None:
    """Half of its one core: 5 s of 10 s."""
    half = ContainerUse(cpu_ms=4990, cpu_share_of_limit=0.998, throttled_ms=5010)
    assert codes(window({"service": half})) == []
    more = ContainerUse(cpu_ms=4700, cpu_share_of_limit=0.94, throttled_ms=5210)
    assert codes(window({"service": more})) == ["contestant-throttled"]


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


@pytest.mark.parametrize("used_ms", [6000.0, 9475.9, 9501.3, 9900.0])
@pytest.mark.parametrize("saturates", [True, False])
def test_a_neighbour_of_database_and_load_generator_has_one_limit(
    used_ms: float, saturates: bool
) -> None:
    """On 5a844a9 it was none for a contestant with 95% of its core. In a real run of 10 s windows
    one with 9501.3 ms passed by 1.3 ms, with 11.4% of the other core used by other programs, while
    one with 9475.9 ms and 13.3% was voided."""
    uses: dict[Container, ContainerUse] = {"service": service(used_ms)}

    def said(share: float) -> list[str]:
        cores = {"0": CoreUse(foreign_share=share), "1": CoreUse(foreign_share=0.0371)}
        found = findings(window(uses, saturates=saturates, cores=cores))
        assert check.status_of(tuple(found)) == ("invalid" if found else "valid")
        return [finding.cause for finding in found]

    assert said(0.114) == ["other programs used 11% of CPU 0 of postgres and k6"]
    assert said(0.0999) == []


@pytest.mark.parametrize("used_ms", [6000.0, 9900.0])
def test_stolen_time_voids_the_trial(used_ms: float) -> None:
    """On 5a844a9 it was a warning."""
    cores = {"1": CoreUse(foreign_share=0.0, stolen_share=0.051)}
    found = findings(window({"service": service(used_ms)}, cores=cores))
    assert [finding.code for finding in found] == ["core-stolen"]
    assert check.status_of(tuple(found)) == "invalid"


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
