import pytest

from tests.unit.simulation.counted import shares

RUNS = 2_000


@pytest.mark.parametrize("deviation", [0.0005, 0.001, 0.002])
def test_one_percent_is_found(deviation: float) -> None:
    assert shares(0.01, deviation, RUNS, seed=2).more > 0.998


@pytest.mark.parametrize("deviation", [0.0005, 0.001, 0.002, 0.003, 0.005])
def test_false_alarms_are_rare(deviation: float) -> None:
    """At most 0.02% of endpoints: none or one of 2,000, and never an addition of 0.5% missed in
    more than its share of 2.5%."""
    assert shares(0.0, deviation, RUNS, seed=3).more <= 1 / RUNS
    assert shares(0.0051, deviation, RUNS, seed=4).no_more < 0.025


@pytest.mark.parametrize(("deviation", "found"), [(0.003, 0.93), (0.005, 0.95), (0.007, 0.6)])
def test_more_seeds_are_counted_where_they_deviate(deviation: float, found: float) -> None:
    assert shares(0.01, deviation, RUNS, seed=5).more > found
