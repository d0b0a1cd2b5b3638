import pytest

from levelbench.model.results import Estimate, Interval
from levelbench.report import numbers


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1247.4, "1,247"),
        (404.16, "404"),
        (41.27, "41.3"),
        (5.4, "5.40"),
        (0.512, "0.512"),
        (0.0213, "0.021"),
        (0.0, "0"),
        (None, "—"),
    ],
)
def test_three_significant_digits(value: float | None, text: str) -> None:
    assert numbers.number(value) == text


def test_an_interval_has_the_decimals_of_its_value() -> None:
    estimate = Estimate(value=9.99, confidence_interval=Interval(low=9.0, high=10.98))
    assert numbers.interval(estimate) == "9.00 to 10.98"
    assert numbers.interval(Estimate(value=1.0)) is None


@pytest.mark.parametrize(
    ("rate", "text"), [(None, "—"), (0.0, "0%"), (0.00001, "under 0.01%"), (0.0123, "1.23%")]
)
def test_error_rates(rate: float | None, text: str) -> None:
    assert numbers.error_rate(rate) == text


def test_a_ratio_stands_before_its_interval() -> None:
    bounds = Interval(low=1.529, high=1.571)
    assert numbers.ratio_text(Estimate(value=1.55, confidence_interval=bounds)) == (
        "1.55 (1.53 to 1.57)"
    )
    assert numbers.ratio_text(Estimate(value=1.004)) == "1.004 (without interval)"
    assert numbers.ratio_text(Estimate()) == "—"
