from typing import Any

import pytest

from levelbench.load.capacity import Capacity, capacity_rps
from levelbench.model.measurement import LatencySummary, Step


def step(rate: float, **changes: Any) -> Step:
    """A step that holds 200 ms and 0.1% just so, except for the changes."""
    p95_ms = changes.pop("p95_ms", 200.0)
    fields: dict[str, Any] = {
        "offered_rps": rate,
        "seconds": 6,
        "requests": 2000,
        "errors": 2,
        "dropped_iterations": 0,
        "throughput_rps": rate,
        "latency": LatencySummary(count=1998, p95_ms=p95_ms),
    }
    return Step(**(fields | changes))


def capacity(*steps: Step) -> Capacity:
    return capacity_rps(steps, objective_ms=200, error_rate_max=0.001)


BREACHES = [{"dropped_iterations": 1}, {"errors": 3}, {"p95_ms": 200.1}, {"p95_ms": None}]


@pytest.mark.parametrize("breach", BREACHES)
def test_it_is_the_highest_rate_before_the_first_that_does_not_hold(breach: dict[str, Any]) -> None:
    found = capacity(step(100), step(110), step(121, **breach))
    assert found == Capacity(110, is_lower_bound=False)


@pytest.mark.parametrize("breach", BREACHES)
def test_a_rate_that_holds_above_one_that_does_not_is_none(breach: dict[str, Any]) -> None:
    assert capacity(step(100), step(110, **breach), step(121)) == Capacity(
        100, is_lower_bound=False
    )


@pytest.mark.parametrize("breach", BREACHES)
def test_where_even_the_first_does_not_hold_there_is_none(breach: dict[str, Any]) -> None:
    assert capacity(step(100, **breach), step(110)) == Capacity(None, is_lower_bound=False)


def test_a_ladder_that_ends_before_it_is_exceeded_gives_a_lower_bound() -> None:
    assert capacity(step(100), step(110)) == Capacity(110, is_lower_bound=True)


def test_no_ladder_says_nothing() -> None:
    with pytest.raises(ValueError, match="at least one step"):
        capacity()
