"""Analysis of covariance: why the machine's speed is recorded and not used in the ratios."""

import pytest

from tests.unit.simulation.covariate import NOMINAL, attainable, outcomes
from tests.unit.simulation.machine import DRIFTING, STEADY, Machine, Timing

RUNS = 4_000


def test_a_slope_for_each_pair_does_not_pay_in_five_blocks() -> None:
    """Unless speed and throughput are almost perfectly correlated."""
    own = {c: outcomes(c, 5, RUNS, seed=1)["a slope for each pair"] for c in (0.0, 0.6, 0.9)}
    assert own[0.0].half_width > 1.2
    assert own[0.6].half_width > 1
    assert own[0.9].half_width < 1


def test_one_slope_for_all_is_overconfident() -> None:
    """Without correlation it cannot help, and seems to."""
    common = outcomes(0.0, 5, RUNS, seed=2)["one slope for all"]
    assert common.half_width < 1
    assert common.coverage < NOMINAL - 0.002


@pytest.mark.parametrize("machine", [STEADY, DRIFTING])
def test_speed_before_a_trial_correlates_little_with_its_throughput(machine: Machine) -> None:
    assert attainable(machine, Timing(warmup_s=5, measure_s=10), 500, seed=3) < 0.3
