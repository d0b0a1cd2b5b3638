"""What moved since the last run of a series, as values."""

from typing import Any

import pytest

from levelbench.analysis.two_runs.since import since
from levelbench.model.since import Since
from tests.unit.analysis.two_runs.pairs import BEFORE, THROUGHPUT, repeated
from tests.unit.factories import make_run


def found(**changes: Any) -> Since:
    return since(repeated(1, run_id=BEFORE), repeated(2, **changes))


def test_a_contestant_that_changed_is_named_with_the_ratios_of_all_others() -> None:
    last = found(factors={"flask": 0.7})
    (moved,) = last.moved
    assert (last.run_id, moved.service, moved.verdict) == (BEFORE, "flask", "worse")
    assert moved.ratio.value == pytest.approx(0.7, rel=0.02)
    bounds = moved.ratio.confidence_interval
    assert bounds is not None
    assert bounds.low < 0.7 < bounds.high
    assert bounds.high - bounds.low > 0.05


def test_where_nothing_moved_the_largest_slowdown_is_known() -> None:
    last = found(noise=0.001)
    assert last.moved == ()
    assert last.slowdown is not None
    assert 0 <= last.slowdown < 0.05


def test_a_contestant_that_fails_now_is_named() -> None:
    assert found(run=make_run(failed="flask", throughput=THROUGHPUT)).newly_failing == ("flask",)


def test_runs_of_other_machines_are_refused_with_the_reason() -> None:
    last = found(run=make_run(cores=8))
    assert last.refused == "the number of cores was 2 and is 8"
    assert last.moved == ()
