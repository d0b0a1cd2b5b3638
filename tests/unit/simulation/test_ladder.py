"""Capacity on simulated ladders. The bounds lie about four standard errors from what is tested."""

import pytest

from tests.unit.simulation.ladder import Ladders

RUNS, SEED = 400, 20_260_101


@pytest.mark.parametrize("slowest_rps", [60, 400])
@pytest.mark.parametrize("noise", [0.0, 0.01, 0.05])
@pytest.mark.parametrize("blocks", [5, 15])
def test_capacity_on_shifted_ladders_has_an_interval_that_covers(
    slowest_rps: float, noise: float, blocks: int
) -> None:
    """Even of contestants without any noise, and where a step is 5 whole requests per second."""
    found = Ladders(slowest_rps, noise, blocks).shifted(RUNS, SEED)
    assert found.zero_width == 0
    assert found.covered > 0.91
    assert found.level_covered > 0.91


def test_capacity_on_one_ladder_had_intervals_without_width_that_missed() -> None:
    """Why ladders are shifted: the numbers of docs/statistics.md."""
    found = Ladders(400, 0.01, 5).fixed(RUNS, SEED)
    assert found.zero_width > 0.4
    assert found.covered < 0.6
    assert found.level_covered < 0.2


def test_capacity_is_not_less_precise_than_on_one_ladder_where_noise_exceeds_a_step() -> None:
    noisy = Ladders(400, 0.1, 15)
    shifted, fixed = noisy.shifted(RUNS, SEED), noisy.fixed(RUNS, SEED)
    assert shifted.half_width < 1.1 * fixed.half_width
