"""Objectives, and what a ladder's steps say about the capacity."""

from typing import Any

import pytest

from levelbench.errors import LabError
from levelbench.model.capacity import Capacity, Objective, capacity_of
from levelbench.model.measurement import LatencySummary, Step

P95, P99, ERRORS = (
    Objective.parse(text, 0.001) for text in ("p95<200ms", "p99<200ms", "errors<0.1%")
)


def step(rate: float, **changes: Any) -> Step:
    """A step that holds 200 ms and 0.1% just so, except for the changes."""
    p95_ms, p99_ms = changes.pop("p95_ms", 200.0), changes.pop("p99_ms", None)
    fields: dict[str, Any] = {
        "offered_rps": rate,
        "seconds": 6,
        "requests": 2000,
        "errors": 2,
        "dropped_iterations": 0,
        "throughput_rps": rate,
        "latency": LatencySummary(count=1998, p95_ms=p95_ms, p99_ms=p99_ms),
    }
    return Step(**(fields | changes))


@pytest.mark.parametrize(
    ("text", "written", "words"),
    [
        ("p95<200ms", "p95<200ms", "with a p95 latency of at most 200 ms"),
        (" p99 <= 50 ms ", "p99<50ms", "with a p99 latency of at most 50 ms"),
        ("errors<0.05%", "errors<0.05%", "with at most 0.05% of errors"),
    ],
)
def test_an_objective_is_read_as_it_is_written(text: str, written: str, words: str) -> None:
    found = Objective.parse(text, 0.001)
    assert (str(found), found.words) == (written, words)
    assert Objective.parse(str(found), 0.001) == found


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("p95", "OBJECTIVE 'p95' is not an objective"),
        ("p95<200", "OBJECTIVE 'p95<200' is not an objective"),
        ("p90<200ms", "OBJECTIVE 'p90<200ms' is not an objective"),
        ("p95<0ms", "OBJECTIVE 'p95<0ms': no rate has a latency of 0 ms"),
        ("errors<1%", "OBJECTIVE 'errors<1%' allows more than 0.1% of errors"),
    ],
)
def test_what_no_rate_can_meet_or_nobody_can_read_is_refused(text: str, message: str) -> None:
    with pytest.raises(LabError) as caught:
        Objective.parse(text, 0.001)
    assert str(caught.value).startswith(message)


BREACHES = [{"dropped_iterations": 1}, {"errors": 3}, {"p95_ms": 200.1}, {"p95_ms": None}]


@pytest.mark.parametrize("breach", BREACHES)
def test_it_is_above_the_highest_rate_before_the_first_that_does_not_hold(
    breach: dict[str, Any],
) -> None:
    found = capacity_of([step(100), step(110), step(121, **breach)], P95)
    assert (found.rps, found.is_lower_bound) == (110, False)
    found = capacity_of([step(100), step(110, **breach), step(121)], P95)
    assert (found.rps, found.is_lower_bound) == (100, False)
    found = capacity_of([step(100, **breach), step(110)], P95)
    assert found == Capacity(None, is_lower_bound=False)


def test_a_ladder_that_ends_before_it_is_exceeded_gives_a_lower_bound() -> None:
    assert capacity_of([step(100), step(110)], P95) == Capacity(110, is_lower_bound=True)


def test_no_ladder_says_nothing() -> None:
    with pytest.raises(ValueError, match="at least one step"):
        capacity_of([], P95)


def test_the_limit_is_reached_between_two_latencies_on_logarithms() -> None:
    found = capacity_of([step(100, p95_ms=50.0), step(121, p95_ms=800.0)], P95)
    assert found.crossing_rps == pytest.approx(110)


@pytest.mark.parametrize(
    "breach", [{"dropped_iterations": 1, "p95_ms": None}, {"errors": 3, "p95_ms": 100.0}]
)
def test_without_a_latency_beyond_the_limit_it_is_not_known_where(breach: dict[str, Any]) -> None:
    assert capacity_of([step(100, p95_ms=50.0), step(121, **breach)], P95).crossing_rps is None


def test_an_objective_looks_at_its_own_percentile() -> None:
    slow = step(100, p95_ms=50.0, p99_ms=400.0)
    assert (P95.met(slow), P99.met(slow), ERRORS.met(slow)) == (True, False, True)
    unknown = step(100, p95_ms=None)
    assert (P95.met(unknown), P99.met(unknown), ERRORS.met(unknown)) == (False, False, True)
    assert not ERRORS.met(step(100, errors=3))
