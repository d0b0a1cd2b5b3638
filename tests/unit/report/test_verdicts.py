import pytest

from levelbench.model.estimate import Estimate, Interval
from levelbench.report import verdicts


def ratio(low: float, high: float) -> Estimate:
    return Estimate(value=(low * high) ** 0.5, confidence_interval=Interval(low=low, high=high))


@pytest.mark.parametrize(
    ("verdict", "low", "high", "metric", "said"),
    [
        ("better", 1.05, 1.10, "throughput_rps", "better"),
        ("worse", 1.05, 1.10, "latency_p95_ms", "worse"),
        ("equivalent", 1.001, 1.01, "throughput_rps", "tie"),
        ("inconclusive", 0.9, 1.1, "throughput_rps", "not resolved"),
        ("inconclusive", 1.01, 1.1, "throughput_rps", "probably ahead"),
        ("inconclusive", 1.01, 1.1, "latency_p95_ms", "probably behind"),
    ],
)
def test_words(verdict: str, low: float, high: float, metric: str, said: str) -> None:
    assert verdicts.of(verdict, ratio(low, high), metric) == said


def test_without_an_interval_nothing_is_detected() -> None:
    said = verdicts.of("inconclusive", Estimate(value=1.3), "throughput_rps")
    assert said == "not resolved"
