"""Searches for a capacity: where each ladder begins."""

import math
from collections.abc import Sequence

import pytest

from levelbench.load import parameters, search
from levelbench.load.parameters import Parameters
from levelbench.model.capacity import Objective, capacity_of
from levelbench.model.config import load_config
from levelbench.model.run import PlannedTrial, Rates
from levelbench.model.trial import TrialRecord
from tests.unit.factories import trial
from tests.unit.factories.loads import step

RATES = Rates(
    calibrated_by="20260102-030405-quick", slowest="django", throughput_rps=180.0,
    trials_rps={"django": (180.0,), "fastapi": (380.0, 400.0, 470.0)},
)  # fmt: skip
P95 = Objective(200.0, 0.001)
CONFIG = load_config()


def of(objective: str = "p95<200ms") -> Parameters:
    return parameters.of_workloads(
        ["capacity"], CONFIG, CONFIG.profile("quick"), mix="journey", scale=1, seed=7, rates=RATES,
        objective=Objective.parse(objective),
    )["capacity"]  # fmt: skip


def planned(block: int, service: str = "fastapi") -> PlannedTrial:
    return PlannedTrial(
        number=block, block=block, workload="capacity", service=service, label=service
    )


def climb(capacity_rps: float, own: Parameters, number: int) -> TrialRecord:
    """A trial of a contestant without noise."""
    steps = []
    for rate in own.steps_rps:
        steps.append(step(rate, 20.0 if rate <= capacity_rps else 400.0))
        if rate > capacity_rps:
            break
    found = capacity_of(steps, P95)
    fields = {
        "workload": "capacity", "steps": tuple(steps), "capacity_rps": found.rps,
        "capacity_is_lower_bound": found.is_lower_bound,
        "capacity_crossing_rps": found.crossing_rps,
        "ladder_shift": own.ladder_shift, "ladder_lowest_rps": own.lowest_rps,
    }  # fmt: skip
    return trial(number, number, "fastapi").model_copy(update=fields)


def searched(capacity_rps: float, trials: int) -> list[TrialRecord]:
    found: list[TrialRecord] = []
    for number in range(1, trials + 1):
        own = search.placed(of(), planned(number), found, RATES)
        found.append(climb(capacity_rps, own, number))
    return found


def first_rps(trials: Sequence[TrialRecord]) -> list[float]:
    return [one.steps[0].offered_rps for one in trials]


def test_the_first_ladder_begins_below_the_contestants_own_throughput() -> None:
    own = search.placed(of(), planned(1), [], RATES)
    growth, below = CONFIG.capacity.growth, CONFIG.capacity.below
    assert 400 * growth**-below <= own.steps_rps[0] + 1
    assert own.steps_rps[0] - 1 <= 400 * growth ** (1 - below)
    assert len(own.steps_rps) == own.timing.steps == CONFIG.capacity.steps
    other = search.placed(of(), planned(1, "flask"), [], RATES)
    assert other.steps_rps[0] < 180  # not calibrated: as the slowest


@pytest.mark.parametrize("capacity_rps", [390.0, 120.0, 2000.0])
def test_a_search_ends_at_the_capacity_wherever_it_began(capacity_rps: float) -> None:
    found = searched(capacity_rps, 8)
    last = found[-1].capacity
    assert last is not None
    assert float(last) == pytest.approx(capacity_rps, rel=CONFIG.capacity.growth - 1)
    assert len(found[-1].steps) <= math.ceil(CONFIG.capacity.below) + 1


def test_after_a_ladder_that_began_too_high_the_next_gallops_down() -> None:
    first = first_rps(searched(120.0, 4))
    assert first[0] > 120
    assert first[1] < first[0] * CONFIG.capacity.growth**-3


def test_a_ladder_never_begins_below_the_lowest_rate_that_can_be_judged() -> None:
    found = searched(1.0, 6)
    assert first_rps(found)[-2:] == [of().lowest_rps] * 2
    assert [one.capacity.bound for one in found if one.capacity] == ["at_most"] * 6


def test_p95_needs_400_right_answers_and_p99_2000() -> None:
    assert of().lowest_rps == math.ceil(400 / 0.999 / CONFIG.capacity.measure_s)
    p99 = of("p99<500ms")
    assert p99.timing.measure_s == 5 * CONFIG.capacity.measure_s
    assert p99.lowest_rps == of().lowest_rps


def test_other_loads_and_other_services_do_not_matter() -> None:
    own = search.placed(of(), planned(2), [], RATES)
    other = climb(100.0, own, 1).model_copy(update={"service": "flask"})
    assert search.placed(of(), planned(2), [other], RATES) == own
    closed = parameters.of_workloads(
        ["closed"], CONFIG, CONFIG.profile("quick"), mix="journey", scale=1, seed=7, rates=None
    )["closed"]
    assert search.placed(closed, planned(1), [], None) is closed
