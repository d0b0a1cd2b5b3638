import pytest

from levelbench.analysis import text
from levelbench.model.estimate import Estimate, Interval


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (1247.4, "1,250"),
        (123_456.0, "123,000"),
        (9.996, "10.0"),
        (404.16, "404"),
        (41.27, "41.3"),
        (5.4, "5.40"),
        (0.512, "0.512"),
        (0.0213, "0.021"),
        (0.0, "0"),
        (None, "—"),
    ],
)
def test_three_significant_digits(value: float | None, shown: str) -> None:
    assert text.number(value) == shown


def test_an_interval_has_the_decimals_of_its_value_and_three_digits() -> None:
    estimate = Estimate(value=9.99, confidence_interval=Interval(low=9.0, high=10.98))
    assert text.interval(estimate) == "9.00 to 11.0"
    assert text.interval(Estimate(value=1.0)) is None


def test_percentages_have_at_most_three_digits() -> None:
    assert [text.percent(value) for value in (0.042, 0.978, 0.9996, 1.04)] == [
        "4.2%", "97.8%", "100%", "104%",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("rate", "shown"), [(None, "—"), (0.0, "0%"), (0.00001, "under 0.01%"), (0.0123, "1.23%")]
)
def test_error_rates(rate: float | None, shown: str) -> None:
    assert text.error_rate(rate) == shown


def test_a_ratio_stands_before_its_interval() -> None:
    bounds = Interval(low=1.529, high=1.571)
    assert text.ratio_text(Estimate(value=1.55, confidence_interval=bounds)) == (
        "1.55 (1.53 to 1.57)"
    )
    assert text.ratio_text(Estimate(value=1.004)) == "1.004 (without interval)"
    assert text.ratio_text(Estimate()) == "—"
