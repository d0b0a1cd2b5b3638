"""Precision that a claim needs, and what a number of blocks gives."""

import pytest

from levelbench.analysis.claims.precision import half_width, prospect, requests_needed
from levelbench.analysis.stats import poisson_interval


def test_the_expected_half_width_falls_with_blocks_and_grows_with_pairs() -> None:
    assert half_width(2, 6) is None
    assert half_width(5, 6) == pytest.approx(0.151, abs=0.001)
    assert half_width(15, 6) == pytest.approx(0.053, abs=0.001)
    assert half_width(15, 1) == pytest.approx(0.037, abs=0.001)


@pytest.mark.parametrize(
    ("width", "expected"),
    [(None, "no"), (0.15, "no"), (0.10, "no"), (0.06, "perhaps"), (0.04, "yes")],
)
def test_a_claim_of_ten_percent_needs_less_than_that(width: float | None, expected: str) -> None:
    assert prospect(width) == expected


def test_a_rare_error_takes_many_requests() -> None:
    needed = requests_needed(0.0005, 4)
    assert needed == pytest.approx(1_373_517, rel=0.001)
    low, high = poisson_interval(round(0.0005 * needed), 0.9875)
    assert high / low == pytest.approx(1.1**2, rel=0.01)


def test_an_exact_interval_of_a_count() -> None:
    """Garwood (1936): 0 and 10 events."""
    assert poisson_interval(0) == (0.0, pytest.approx(3.689, abs=0.001))
    assert poisson_interval(10) == pytest.approx((4.795, 18.390), abs=0.001)
