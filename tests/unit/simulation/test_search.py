"""Searches for a capacity on simulated machines (docs/statistics.md, Capacity)."""

import pytest

from tests.unit.simulation.machine import STEADY
from tests.unit.simulation.search import Contestant

RUNS, STARTS, SEED, BETWEEN_S = 100, 5, 20_260_101, 100


@pytest.mark.parametrize(("noise", "half_width"), [(0.5, 0.05), (1.0, 0.09)])
def test_the_interval_of_a_search_covers_the_capacity(noise: float, half_width: float) -> None:
    """The bounds lie about four standard errors from what is tested."""
    found = Contestant(100, STEADY.quieter(noise), BETWEEN_S).search(RUNS, STARTS, SEED)
    assert found.covered > 0.8
    assert found.half_width < half_width
    assert abs(found.bias) < 0.03
