"""What a run claims is so: under drift, through the lab's own plan, records and `derive`."""

from dataclasses import replace

import pytest

from levelbench.analysis.derive import derive
from tests.unit.simulation.errors import coverage, false_positives, t_test_positives
from tests.unit.simulation.machine import DRIFTING, STEADY, Machine, Timing, TurnsTiming
from tests.unit.simulation.runs import Experiment, one_after_another, primaries

# By turns, and one after the other.
QUICK = Experiment(
    blocks=5, timing=TurnsTiming(warmup_s=3, measure_s=10, slices=4, together=4), control=False
)
STANDARD = Experiment(blocks=10, timing=Timing(warmup_s=10, measure_s=30), control=False)
UNEQUAL = {"a": 1.0, "b": 1.02, "c": 1.5, "d": 2.2}


def without_a_tie(design: Experiment, machine: Machine) -> Experiment:
    """An interval that does not hold 1 is enough to be called faster or slower."""
    return replace(design, machine=machine, tie_threshold=0)


@pytest.mark.parametrize(
    ("design", "machine"), [(QUICK, DRIFTING), (STANDARD, STEADY)], ids=["quick", "standard"]
)
def test_equal_contestants_are_told_apart_in_at_most_six_percent(
    design: Experiment, machine: Machine
) -> None:
    """2,000 runs: the standard error of 5% is 0.5%."""
    assert false_positives(without_a_tie(design, machine), 2_000, seed=1) <= 0.06


@pytest.mark.parametrize("design", [QUICK, STANDARD], ids=["quick", "standard"])
@pytest.mark.parametrize("machine", [STEADY, DRIFTING], ids=["steady", "drifting"])
def test_all_intervals_at_once_hold_the_truth_as_often_as_they_say(
    design: Experiment, machine: Machine
) -> None:
    """2,000 runs: the standard error of 95% is 0.5%."""
    unequal = replace(without_a_tie(design, machine), truth=UNEQUAL)
    assert 0.93 <= coverage(unequal, 2_000, seed=2) <= 0.98


def test_contestants_of_unequal_noise_do_not_spoil_it() -> None:
    """Each pair is judged by its own noise, so that one that starts unevenly spoils no other."""
    uneven = replace(without_a_tie(QUICK, STEADY.quieter(0.25)), starts={"c": 0.03, "d": 0.07})
    assert 0.93 <= coverage(uneven, 2_000, seed=3) <= 0.98


def test_ties_and_the_control_make_a_false_claim_rarer_still() -> None:
    controlled = replace(QUICK, timing=replace(QUICK.timing, together=5), control=True)
    assert false_positives(replace(controlled, machine=DRIFTING), 500, seed=4) <= 0.01


def test_measured_one_after_another_equal_contestants_seem_to_differ() -> None:
    """The same analysis of the same noise: the order alone is at fault."""
    by_hand = replace(without_a_tie(STANDARD, DRIFTING), order=one_after_another)
    assert false_positives(by_hand, 300, seed=5) > 0.4


def test_t_tests_of_what_was_measured_one_after_another_are_worse_than_a_coin() -> None:
    by_hand = replace(without_a_tie(STANDARD, DRIFTING), order=one_after_another)
    assert t_test_positives(by_hand, 300, seed=5) > 0.6


def test_a_simulated_run_is_the_same_for_the_same_seed() -> None:
    first, again = (list(QUICK.runs(3, seed=6)) for _ in range(2))
    assert first == again
    assert first[0] != first[1]


def test_simulated_trials_come_in_the_plans_random_order() -> None:
    run = next(iter(QUICK.runs(1, seed=7)))
    assert [trial.number for trial in run.trials] == list(range(1, 21))
    assert [trial.label for trial in run.trials] == [each.label for each in run.record.plan]
    blocks = [tuple(t.label for t in run.trials if t.block == block) for block in range(1, 6)]
    assert len(set(blocks)) > 1
    assert len(primaries(derive(run))) == 6
