from collections.abc import Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

import pytest

from levelbench.analysis.checks.trial import check, status_of
from levelbench.lab.topology import plan
from levelbench.load.parser import parse_summary
from levelbench.model.config import load_config
from levelbench.model.measurement import (
    Disturbed,
    DisturbedPart,
    EndpointWindow,
    LatencySummary,
    Step,
    UserStep,
    Window,
)
from levelbench.model.trial import (
    ClockTimes,
    ContainerUse,
    CoreUse,
    RowCounts,
    TaskSummary,
    TrialRecord,
)
from levelbench.model.vocabulary import ENDPOINTS, Container, Endpoint
from tests import DATA
from tests.unit.lab.machines import singles

RECORDED = DATA / "k6"
LIMITS = load_config().limits
TWO_CORES = plan(singles(2))
GOOD_WINDOW = Window(
    seconds=10, requests=3000, errors=0, throughput_rps=300,
    latency=LatencySummary(count=3000, mean_ms=330), vus_busy_share=0.99,
)  # fmt: skip


def used(
    seconds: float, changes: Mapping[Container, ContainerUse] = MappingProxyType({})
) -> dict[Container, ContainerUse]:
    """What the containers of a good trial used in a window, except for some of them."""
    shares: dict[Container, float] = {
        "service": 0.99, "worker": 0.01, "postgres": 0.2, "redis": 0.01, "k6": 0.1,
    }  # fmt: skip
    good = {name: ContainerUse(cpu_ms=1e3 * seconds * share) for name, share in shares.items()}
    return {
        name: use if use == ContainerUse() else ContainerUse.model_validate(
            {"throttled_ms": 0.0, **use.model_dump(exclude_none=True)}
        )
        for name, use in (good | dict(changes)).items()
    }  # fmt: skip


QUIET = CoreUse(foreign_share=0.01, stolen_share=0.0, idle_share=0.0)


def steady(step_ms: float = 0.0) -> ClockTimes:
    return ClockTimes(
        start_epoch_s=1.8e9, start_monotonic_s=50.0, end_epoch_s=1.8e9 + 20, end_monotonic_s=70.0,
        step_ms=step_ms,
    )  # fmt: skip


def trial(**changes: Any) -> TrialRecord:
    good_window = changes.get("window", GOOD_WINDOW)
    seconds = good_window.seconds if good_window else 10
    changes["resources"] = used(seconds, changes.get("resources", {}))
    changes["cores"] = {"0": QUIET, "1": QUIET} | changes.get("cores", {})
    record = TrialRecord(
        number=7,
        block=2,
        workload="closed",
        service="fastapi",
        label="fastapi",
        status="valid",
        started_at=datetime(2026, 1, 1, tzinfo=UTC),
        window=GOOD_WINDOW,
        rows=RowCounts(users_added=60, registrations_201=60, tasks_added=120, invoices_202=120),
        tasks=TaskSummary(accepted=120, completed=120, lost=0),
        counters="cgroup",
        clocks=steady(),
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
        ({"rows": RowCounts(users_added=59, registrations_201=60, tasks_added=1, invoices_202=1)},
         "rows-differ", "invalid"),
        ({"rows": RowCounts(users_added=60, registrations_201=60, tasks_added=2, invoices_202=1)},
         "rows-differ", "invalid"),
        ({"tasks": TaskSummary(accepted=120, completed=119, lost=1)}, "tasks-lost", "failed"),
        ({"resources": {"service": ContainerUse(cpu_ms=9400, cpu_share_of_limit=0.94,
                                                throttled_ms=201)}},
         "contestant-throttled", "invalid"),
        ({"resources": {"k6": ContainerUse(cpu_ms=600, throttled_ms=201)}},
         "load-generator-throttled", "invalid"),
        ({"resources": {"worker": ContainerUse(cpu_ms=600, throttled_ms=201)}},
         "worker-throttled", "invalid"),
        ({"resources": {"service": ContainerUse(cpu_ms=2000),
                        "postgres": ContainerUse(cpu_ms=600, throttled_ms=201)}},
         "database-bound", "valid"),
        ({"resources": {"service": ContainerUse(cpu_ms=2000),
                        "redis": ContainerUse(cpu_ms=600, throttled_ms=201)}},
         "database-bound", "valid"),
        ({"cores": {"1": CoreUse(foreign_share=0.051, stolen_share=0.0)}},
         "noisy-neighbour", "invalid"),
        ({"cores": {"1": CoreUse(foreign_share=0.0, stolen_share=0.051)}},
         "core-stolen", "invalid"),
        ({"resources": {"service": ContainerUse(cpu_ms=9900), "postgres": ContainerUse(cpu_ms=9000),
                        "k6": ContainerUse(cpu_ms=600)}}, "cores-busy", "valid"),
        ({"resources": {"service": ContainerUse(cpu_ms=8000), "postgres": ContainerUse(cpu_ms=9000),
                        "k6": ContainerUse(cpu_ms=600)}}, "database-bound", "valid"),
        ({"resources": {"service": ContainerUse(cpu_ms=9900), "k6": ContainerUse(cpu_ms=7100)}},
         "load-generator-busy", "valid"),
        ({"resources": {"service": ContainerUse(cpu_ms=8000), "k6": ContainerUse(cpu_ms=7100)}},
         "load-generator-bound", "invalid"),
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
        {
            "resources": {
                "service": ContainerUse(cpu_ms=9400, cpu_share_of_limit=0.94, throttled_ms=200)
            }
        },
        {"resources": {"k6": ContainerUse(cpu_ms=600, throttled_ms=200)}},
        {"resources": {"postgres": ContainerUse(cpu_ms=600, throttled_ms=200)}},
        {"cores": {"1": CoreUse(foreign_share=0.05, stolen_share=0.05)}},
        {"resources": {"k6": ContainerUse(cpu_ms=7000)}},
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
    rows = RowCounts(users_added=61, registrations_201=60, tasks_added=120, invoices_202=120)
    record = trial(window=window(errors=99), rows=rows)
    assert status_of(check(record, LIMITS, 100, TWO_CORES)) == "invalid"


# --- requests that arrive at a rate -----------------------------------------------------------


def offered(**changes: Any) -> Window:
    """The window of an open load that was served, except for the changes."""
    good = window(
        vus_busy_share=None, offered_rps=300.0, dropped_iterations=0, generator_lag_p99_ms=2.0,
        generator_lag_max_ms=20.0,
    )  # fmt: skip
    return good.model_copy(update=changes)


BUSY: dict[Container, ContainerUse] = {"k6": ContainerUse(cpu_ms=7100)}


def test_an_open_load_that_is_served_has_no_finding() -> None:
    assert codes(trial(window=offered())) == []


@pytest.mark.parametrize(
    ("changes", "code", "status"),
    [
        # Half of the 100 VUs are 167 ms of requests at 300/s.
        ({"dropped_iterations": 1, "generator_lag_max_ms": 166.0}, "overloaded", "failed"),
        ({"dropped_iterations": 1, "generator_lag_max_ms": 167.0}, "iterations-dropped", "invalid"),
        ({"dropped_iterations": 9, "generator_lag_max_ms": None}, "overloaded", "failed"),
        ({"generator_lag_p99_ms": 10.1}, "generator-lag", "valid"),
    ],
)
def test_what_is_due_must_be_sent_and_in_time(
    changes: dict[str, Any], code: str, status: str
) -> None:
    (finding,) = check(trial(window=offered(**changes)), LIMITS, 100, TWO_CORES)
    assert finding.code == code
    assert finding.remedy
    assert status_of((finding,)) == status


@pytest.mark.parametrize(
    "changes", [{"generator_lag_p99_ms": 10.0}, {"generator_lag_max_ms": 900.0}]
)
def test_a_generator_within_its_limit_is_in_time(changes: dict[str, Any]) -> None:
    assert codes(trial(window=offered(**changes))) == []


def test_a_busy_generator_and_not_the_contestant_dropped_iterations() -> None:
    record = trial(window=offered(dropped_iterations=5), resources=BUSY)
    assert codes(record) == ["iterations-dropped", "load-generator-busy"]
    assert status_of(check(record, LIMITS, 100, TWO_CORES)) == "invalid"


def recorded(name: str) -> TrialRecord:
    """A good trial but for what k6 has recorded."""
    summary = parse_summary((RECORDED / f"{name}.json").read_text())
    return trial(window=summary.window, steps=summary.steps, resources={})


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("open-served", []),
        ("open-overloaded", ["overloaded"]),
        ("open-late", ["iterations-dropped"]),
        ("capacity-held", []),
        ("capacity-exceeded", []),
    ],
)
def test_whose_fault_dropped_iterations_were_is_told_from_what_k6_printed(
    name: str, code: list[str]
) -> None:
    findings = check(recorded(name), LIMITS, 200, TWO_CORES)
    assert [finding.code for finding in findings] == code


def ladder(*changes: dict[str, Any]) -> TrialRecord:
    """A trial of a ladder: steps of 1,000 requests that hold, except for the changes of each."""
    good = Step(
        offered_rps=250, seconds=4, requests=1000, errors=0, dropped_iterations=0,
        throughput_rps=250, latency=LatencySummary(count=1000, p95_ms=50),
        generator_lag_p99_ms=2.0, generator_lag_max_ms=20.0,
    )  # fmt: skip
    steps = tuple(good.model_copy(update=change) for change in changes)
    errors = sum(step.errors for step in steps)
    together = window(
        seconds=4.0 * len(steps), requests=1000 * len(steps), errors=errors, throughput_rps=None,
        vus_busy_share=None,
    )  # fmt: skip
    return trial(workload="capacity", window=together, steps=steps, resources={})


@pytest.mark.parametrize(
    "last", [{"dropped_iterations": 500}, {"errors": 900}, {"latency": LatencySummary(count=1000)}]
)
def test_what_ends_a_ladder_is_its_result(last: dict[str, Any]) -> None:
    assert codes(ladder({}, last)) == []
    assert codes(ladder(last)) == []


def test_errors_before_that_are_findings() -> None:
    assert codes(ladder({"errors": 3}, {"errors": 900})) == ["errors"]


def test_a_ladder_that_the_generator_ended_says_nothing_of_the_contestant() -> None:
    record = ladder({}, {"dropped_iterations": 7, "generator_lag_max_ms": 200.0})
    (finding,) = check(record, LIMITS, 100, TWO_CORES)
    assert (finding.code, status_of((finding,))) == ("iterations-dropped", "invalid")


def test_the_step_with_the_worst_lag_is_named() -> None:
    record = ladder(
        {"generator_lag_p99_ms": 11.0}, {"generator_lag_p99_ms": 12.5, "offered_rps": 275.0}
    )
    (finding,) = check(record, LIMITS, 100, TWO_CORES)
    assert finding.code == "generator-lag"
    assert finding.cause.startswith("at 275/s, p99 of the load generator's lag was 12.5 ms")


# --- each endpoint alone ----------------------------------------------------------------------


def alone(endpoint: Endpoint = "list", **changes: Any) -> TrialRecord:
    """A good trial of one endpoint at a time, except for one of them."""
    good = EndpointWindow(
        requests=2000, errors=0, throughput_rps=400, latency=LatencySummary(count=2000),
        seconds=5, vus_busy_share=0.99, disturbances=0,
    )  # fmt: skip
    uses: dict[Container, ContainerUse] = changes.pop("uses", {})
    cores: dict[str, CoreUse] = changes.pop("cores", {})
    windows = dict.fromkeys(ENDPOINTS, good)
    windows[endpoint] = good.model_copy(update=changes)
    return trial(
        workload="endpoints",
        window=window(throughput_rps=None, latency=LatencySummary(count=10_000)),
        endpoints=windows,
        endpoint_resources={name: used(5, uses if name == endpoint else {}) for name in ENDPOINTS},
        endpoint_cores={
            name: {"0": QUIET, "1": QUIET} | (cores if name == endpoint else {})
            for name in ENDPOINTS
        },
    )


def test_a_good_trial_of_each_endpoint_has_no_finding() -> None:
    assert codes(alone()) == []


@pytest.mark.parametrize(
    ("changes", "code", "status"),
    [
        ({"requests": 0, "vus_busy_share": None}, "no-requests", "invalid"),
        ({"vus_busy_share": 0.96}, "vus-idle", "invalid"),
        ({"disturbances": 1}, "endpoints-overlap", "invalid"),
        ({"errors": 3}, "errors", "failed"),  # 0.15% of its own requests, 0.03% of all
        ({"uses": {"service": ContainerUse(cpu_ms=3000), "postgres": ContainerUse(cpu_ms=4500)}},
         "database-bound", "valid"),
        ({"uses": {"postgres": ContainerUse(cpu_ms=4500)}}, "cores-busy", "valid"),
        ({"uses": {"postgres": ContainerUse(cpu_ms=0), "k6": ContainerUse(cpu_ms=3600)}},
         "load-generator-busy", "valid"),
        ({"uses": {"k6": ContainerUse(cpu_ms=500, throttled_ms=101)}},
         "load-generator-throttled", "invalid"),
        ({"cores": {"1": CoreUse(foreign_share=0.2)}}, "noisy-neighbour", "invalid"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_each_endpoint_is_checked_by_itself_and_named(
    endpoint: Endpoint, changes: dict[str, Any], code: str, status: str
) -> None:
    findings = check(alone(endpoint, **changes), LIMITS, 100, TWO_CORES)
    assert [(f.code, f.endpoint, f.trials) for f in findings] == [(code, endpoint, (7,))]
    assert findings[0].cause.startswith(f"{endpoint} alone: ")
    assert status_of(findings) == status


def test_the_worst_endpoint_is_named_for_idle_users() -> None:
    record = alone("detail", vus_busy_share=0.95)
    windows = dict(record.endpoints)
    windows["task"] = windows["task"].model_copy(update={"vus_busy_share": 0.8})
    (finding,) = check(record.model_copy(update={"endpoints": windows}), LIMITS, 100, TWO_CORES)
    assert finding.endpoint == "task"
    assert "80.0% of the 100 VUs" in finding.cause


@pytest.mark.parametrize("changes", [{"vus_busy_share": 0.97}, {"errors": 2}, {"disturbances": 0}])
def test_no_endpoint_is_named_at_its_limit(changes: dict[str, Any]) -> None:
    assert codes(alone(**changes)) == []


@pytest.mark.parametrize(
    ("others", "found"),
    [
        ({"flask": 0.01, "django": 0.002}, []),
        ({"flask": 0.011, "django": 0.002}, ["slices-overlap"]),
        ({"flask": None}, ["counters-missing"]),
    ],
)
def test_cpu_time_of_another_contestant_voids_the_window(
    others: dict[str, float | None], found: list[str]
) -> None:
    """Until commit 5a844a9 the trial whose answers were late was voided, and this one counted."""
    record = trial(others_cpu_share=others)
    assert codes(record) == found
    assert status_of(check(record, LIMITS, 100, TWO_CORES)) == ("invalid" if found else "valid")


def test_the_contestant_that_overlaps_is_named() -> None:
    (finding,) = check(
        trial(others_cpu_share={"flask": 0.049, "django": 0.02}), LIMITS, 100, TWO_CORES
    )
    assert "flask (4.9%) and django (2.0%)" in finding.cause


def test_answers_that_are_late_do_not_void_their_own_trial() -> None:
    assert codes(trial(window=window(disturbances=300, slices=3))) == []


def test_no_load_at_all_is_no_request() -> None:
    assert codes(trial(window=None)) == ["no-requests"]


def test_counters_read_through_the_engine_are_named_and_spoil_nothing() -> None:
    found = check(trial(counters="engine"), LIMITS, 100, TWO_CORES)
    assert [(f.code, f.severity) for f in found] == [("resources-by-engine", "warning")]
    assert status_of(found) == "valid"
    assert codes(trial(counters="cgroup")) == []


def test_users_that_are_refused_are_the_contestant_s_doing_and_not_the_load_generator_s() -> None:
    """Its process was killed under load and started again: 282 of 315 requests were refused."""
    refused = trial(window=window(requests=315, errors=282, vus_busy_share=0.592))
    assert "errors" in codes(refused)
    assert "vus-idle" not in codes(refused)
    assert status_of(check(refused, LIMITS, 100, TWO_CORES)) == "failed"


@pytest.mark.parametrize(
    ("step_ms", "said"),
    [
        (5.0, None),
        (-5.0, None),
        (5.1, "the machine's clock was set forward by 5 ms"),
        (-3_600_000.0, "the machine's clock was set back by 3600000 ms"),
    ],
)
def test_a_step_of_the_clock_voids_the_trial(step_ms: float, said: str | None) -> None:
    found = check(trial(clocks=steady(step_ms)), LIMITS, 100, TWO_CORES)
    assert status_of(found) == ("invalid" if said else "valid")
    assert [finding.code for finding in found] == ["clock-stepped"] * (said is not None)
    assert all(said in finding.cause for finding in found if said)


def test_clocks_that_were_not_read_void_the_trial() -> None:
    (finding,) = check(trial(clocks=None), LIMITS, 100, TWO_CORES)
    assert (finding.code, "the machine's clocks" in finding.cause) == ("counters-missing", True)


@pytest.mark.parametrize(
    ("held", "all_held", "code"),
    [(None, False, "capacity-is-upper-bound"), (250.0, True, "capacity-is-lower-bound")],
)
def test_a_capacity_that_is_only_a_bound_is_named(
    held: float | None, all_held: bool, code: str
) -> None:
    found = {"capacity_rps": held, "capacity_is_lower_bound": all_held}
    assert codes(TrialRecord(**{**dict(ladder({})), **found})) == [code]


def users(*changes: dict[str, Any], held: int | None = 840) -> TrialRecord:
    """A trial of a ladder of users: 120 requests a second of 840 users, except for the changes."""
    good = UserStep(
        users=840, seconds=10, requests=1200, errors=0, throughput_rps=120,
        latency=LatencySummary(count=1200, p95_ms=50), response_ms=20.0, think_ms=6980.0,
    )  # fmt: skip
    steps = tuple(good.model_copy(update=change) for change in changes)
    together = window(
        seconds=10.0 * len(steps), requests=1200 * len(steps), throughput_rps=None,
        errors=sum(step.errors for step in steps), vus_busy_share=None,
    )  # fmt: skip
    return trial(
        workload="session", window=together, user_steps=steps, users_held=held, resources={}
    )


LAST = {"users": 924, "think_ms": 7680.0, "errors": 900}
"""A step that misses the objective."""


def test_users_with_think_time_are_idle_and_what_ends_their_ladder_is_its_result() -> None:
    assert codes(users({}, LAST)) == []
    assert codes(users({"errors": 3}, LAST)) == ["errors"]


@pytest.mark.parametrize(("think_ms", "void"), [(6841.0, False), (6839.0, True), (7160.0, True)])
def test_users_that_the_generator_wakes_late_void_a_trial(think_ms: float, *, void: bool) -> None:
    """By Little's law 840 users are 120/s x 7 s."""
    assert codes(users({"think_ms": think_ms}, LAST)) == ["littles-law"] * void


def test_a_number_of_users_that_is_only_a_bound_is_named() -> None:
    assert codes(users(LAST, held=None)) == ["users-are-upper-bound"]
    assert codes(users({})) == ["users-are-lower-bound"]


@pytest.mark.parametrize(("added", "void"), [(59, True), (60, False), (61, False), (62, True)])
def test_a_request_without_a_response_may_have_added_its_row(added: int, *, void: bool) -> None:
    part = DisturbedPart(
        seconds=30, due=2000, requests=2000, errors=1, timeouts=1,
        latency=LatencySummary(count=1999),
    )  # fmt: skip
    found = Disturbed(rates_rps=(50,) * 3, others={"during": part}, recovered_s=(1,), watched_s=60)
    rows = RowCounts(users_added=added, registrations_201=60, tasks_added=1, invoices_202=1)
    one = trial(workload="overload", disturbed=found, rows=rows)
    assert codes(one) == ["rows-differ"] * void


@pytest.mark.parametrize(("requests", "void"), [(2040, False), (2041, True), (900, False)])
def test_what_the_generator_sends_late_voids_a_disturbed_trial(
    requests: int, *, void: bool
) -> None:
    part = DisturbedPart(
        seconds=40, due=2000, requests=requests, errors=0, timeouts=0,
        latency=LatencySummary(count=requests),
    )  # fmt: skip
    found = Disturbed(rates_rps=(50,) * 3, others={"after": part}, recovered_s=(1,), watched_s=20)
    assert codes(trial(workload="interference", disturbed=found)) == ["rate-not-kept"] * void
