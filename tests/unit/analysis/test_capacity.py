"""Results of ladders: what a block's ladder shows, and what follows from its bounds."""

from typing import Any

import pytest

from levelbench.analysis.derive import derive
from levelbench.model.folder import Run
from levelbench.model.results import Comparison, WorkloadResults
from levelbench.model.trial import TrialRecord
from levelbench.report import verdicts
from levelbench.report.needs import standings
from levelbench.report.tables.contestants import head_to_head
from tests.unit.factories import make_run, under
from tests.unit.factories.loads import step

HELD, FAILED = 50.0, 800.0
"""p95 latency, ms."""
STEPS = (100, 110, 121, 133, 146, 161)


def run(
    places: dict[str, tuple[int, ...]], shifts: tuple[float | None, ...] = (0.1, 0.8, 0.3, 0.6, 0.5)
) -> Run:
    """Contestants that hold so many steps in each block; without shifts, as older runs."""

    def climbed(trial: TrialRecord) -> dict[str, Any]:
        shift, held = (of[trial.block - 1] for of in (shifts, places[trial.service]))
        rates = [int(rate * 1.1 ** (shift or 0)) for rate in STEPS[: held + 1]]
        return {
            "steps": tuple(
                step(rate, HELD if place < held else FAILED) for place, rate in enumerate(rates)
            ),
            "capacity_rps": rates[held - 1] if held else None,
            "capacity_is_lower_bound": held == len(STEPS),
            "ladder_shift": shift,
        }

    made = make_run(throughput=dict.fromkeys(places, 100.0), control=None)
    return under(made, "capacity", objective_ms=200, steps_rps=STEPS, trial=climbed)


def capacity(made: Run) -> WorkloadResults:
    return derive(made).workloads["capacity"]


def pair(made: Run) -> Comparison:
    (found,) = [p for p in capacity(made).comparisons if p.metric == "capacity_rps"]
    return found


def test_equal_steps_in_every_block_do_not_mean_equal_capacities() -> None:
    """On 5a844a9 the interval was 1 to 1 and the verdict `equivalent`."""
    found = pair(run({"a": (3,) * 5, "b": (3,) * 5}))
    assert found.verdict == "inconclusive"
    assert found.ratio.confidence_interval
    assert found.ratio.confidence_interval.high == pytest.approx(1.0495, abs=2e-3)


def test_more_steps_in_every_block_are_better() -> None:
    found = pair(run({"a": (4,) * 5, "b": (2,) * 5}))
    assert found.verdict == "better"
    assert found.ratio.value == pytest.approx(1.21, rel=0.02)


def test_a_ladder_that_ended_too_early_is_a_lower_bound() -> None:
    """On 5a844a9 its highest rate was the capacity, with an interval."""
    made = run({"a": (6, 6, 5, 6, 6), "b": (2,) * 5})
    found = capacity(made).services["a"].metrics["capacity_rps"]
    assert (found.bound, found.confidence_interval) == ("at_least", None)
    assert found.value == pytest.approx(166, rel=0.02)
    cell = head_to_head(derive(made), "capacity").rows[0][2]
    assert (cell.text, cell.detail) == (f"≥ {found.value:.0f}", None)


def test_a_first_step_that_did_not_hold_is_an_upper_bound() -> None:
    """On 5a844a9 the block had no value, and the others gave the capacity."""
    found = capacity(run({"a": (0, 1, 1, 0, 1), "b": (3,) * 5}))
    value = found.services["a"].metrics["capacity_rps"]
    assert (value.bound, value.confidence_interval) == ("at_most", None)


def test_what_follows_from_a_bound_is_a_verdict_without_an_interval() -> None:
    made = run({"a": (6,) * 5, "b": (2,) * 5})
    found = pair(made)
    assert (found.verdict, found.ratio.bound) == ("better", "at_least")
    assert found.ratio.confidence_interval is None
    results = derive(made)
    assert [results.workloads["capacity"].services[name].rank for name in "ab"] == [(1, 1), (2, 2)]
    assert verdicts.sentence(results, found) == (
        "A sustained more requests than B; a ladder ended too early to show how many"
    )
    (standing,) = [s for s in standings(results) if s.need.metric.name == "capacity_rps"]
    assert standing.decided
    assert standing.best == ("a",)


@pytest.mark.parametrize(
    "places",
    [
        {"a": (6,) * 5, "b": (6,) * 5},  # either may be the better one
        {"a": (1,) * 5, "b": (0,) * 5},  # both ends are close
        {"a": (6, 6, 6, 0, 6), "b": (2,) * 5},  # a bound of either kind
    ],
)
def test_no_verdict_where_none_follows_from_the_bounds(places: dict[str, tuple[int, ...]]) -> None:
    """On 5a844a9 the first pair was `equivalent`."""
    found = pair(run(places))
    assert found.verdict == "inconclusive"
    assert found.ratio.confidence_interval is None


def test_ladders_that_were_not_shifted_leave_a_step_of_doubt() -> None:
    """Runs made before ladders were shifted: the error may be the same in every block."""
    fixed = (None,) * 5
    equal = pair(run({"a": (3,) * 5, "b": (3,) * 5}, fixed))
    assert equal.verdict == "inconclusive"
    assert equal.ratio.confidence_interval
    assert equal.ratio.confidence_interval.high == pytest.approx(1.1, abs=0.01)
    assert pair(run({"a": (5,) * 5, "b": (2,) * 5}, fixed)).verdict == "better"
