"""Disturbed machines: fewer runs are valid or publishable, and intervals still cover."""

from itertools import pairwise

import pytest

from levelbench.model.config import load_config
from tests.unit.simulation.disturbed import MACHINES, outcome
from tests.unit.simulation.runs import Retry

RUNS = 300
QUICK, STANDARD = (load_config().profile(name) for name in ("quick", "standard"))


@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize("retry", ["block", "trial"])
def test_intervals_cover_on_every_machine(machine: str, retry: Retry) -> None:
    found = outcome(QUICK, MACHINES[machine], retry, RUNS, seed=1)
    assert found.coverage == pytest.approx(0.955, abs=0.04)  # 3 standard errors
    assert found.false_calls < 0.03
    assert abs(found.bias) < 0.002 + 3 * found.error


def test_the_more_a_machine_is_disturbed_the_less_is_valid_publishable_or_called() -> None:
    found = [outcome(STANDARD, machine, "block", 150, seed=2) for machine in MACHINES.values()]
    for better, worse in pairwise(found):
        assert better.power >= worse.power - 0.1
        assert better.publishable >= worse.publishable - 0.13  # 3 standard errors
        assert better.valid >= worse.valid
    assert found[0].publishable > 0.95
    assert found[-1].publishable < 0.05


def test_blocks_that_are_run_again_give_narrower_intervals_than_mixed_attempts() -> None:
    block, trial = (
        outcome(STANDARD, MACHINES["disturbed"], retry, RUNS, seed=3)
        for retry in ("block", "trial")
    )
    assert block.half_width < trial.half_width
