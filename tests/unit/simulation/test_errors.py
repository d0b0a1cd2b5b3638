"""Error rates under drift, through the lab's own plan, records and `derive`."""

from dataclasses import replace

import pytest

from tests.unit.simulation.errors import coverage, false_positives, t_test_positives
from tests.unit.simulation.machine import DRIFTING, STEADY, Machine, Timing, TurnsTiming
from tests.unit.simulation.runs import Experiment, in_sequence

# Alternating slices, and trials in sequence.
QUICK = Experiment(blocks=5, timing=TurnsTiming(measure_s=10, slices=5, together=4), control=False)
STANDARD = Experiment(blocks=10, timing=Timing(warmup_s=10, measure_s=30), control=False)
UNEQUAL = {"a": 1.0, "b": 1.02, "c": 1.5, "d": 2.2}


def without_a_tie(design: Experiment, machine: Machine) -> Experiment:
    """An interval that excludes 1 is enough to be called better or worse."""
    return replace(design, machine=machine, tie_threshold=0)


@pytest.mark.parametrize(
    ("design", "machine"), [(QUICK, DRIFTING), (STANDARD, STEADY)], ids=["quick", "standard"]
)
def test_equal_contestants_differ_in_five_percent_of_runs(
    design: Experiment, machine: Machine
) -> None:
    """2,000 runs: 3 standard errors of 5% are 1.5%."""
    assert false_positives(without_a_tie(design, machine), 2_000, seed=1) <= 0.065


@pytest.mark.parametrize("design", [QUICK, STANDARD], ids=["quick", "standard"])
@pytest.mark.parametrize("machine", [STEADY, DRIFTING], ids=["steady", "drifting"])
def test_simultaneous_coverage_is_nominal(design: Experiment, machine: Machine) -> None:
    """2,000 runs: the standard error of 95% is 0.5%."""
    unequal = replace(without_a_tie(design, machine), truth=UNEQUAL)
    assert 0.93 <= coverage(unequal, 2_000, seed=2) <= 0.98


def test_coverage_is_nominal_with_unequal_noise() -> None:
    """Each pair has its own variance, so a contestant with uneven starts affects no other pair."""
    uneven = replace(without_a_tie(QUICK, STEADY.quieter(0.25)), starts={"c": 0.03, "d": 0.07})
    assert 0.93 <= coverage(uneven, 2_000, seed=3) <= 0.98


def test_ties_and_the_control_make_false_claims_rarer() -> None:
    controlled = replace(QUICK, timing=replace(QUICK.timing, together=5), control=True)
    assert false_positives(replace(controlled, machine=DRIFTING), 500, seed=4) <= 0.01


def test_equal_contestants_in_sequence_seem_to_differ() -> None:
    """The same analysis of the same noise: only the order differs."""
    manual = replace(without_a_tie(STANDARD, DRIFTING), order=in_sequence)
    assert false_positives(manual, 300, seed=5) > 0.4


def test_t_tests_of_trials_in_sequence_are_worse_than_a_coin() -> None:
    manual = replace(without_a_tie(STANDARD, DRIFTING), order=in_sequence)
    assert t_test_positives(manual, 300, seed=5) > 0.6
