import pytest

from levelbench.analysis.derive import derive
from levelbench.model.estimate import Estimate, Interval
from levelbench.model.results import Comparison
from levelbench.report import verdicts
from tests.unit.factories import make_run


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


@pytest.mark.parametrize(
    ("metric", "said"),
    [
        ("throughput_rps", "FastAPI and Django are not resolved: anything from 40% fewer to 106% "
         "more requests fits"),
        ("latency_p95_ms", "Django and FastAPI are not resolved: anything from 51% lower to 67% "
         "higher p95 latency fits"),
    ],
)  # fmt: skip
def test_a_wide_interval_is_given_by_its_ends(metric: str, said: str) -> None:
    pair = Comparison(
        metric=metric, primary=True, a="fastapi", b="django", ratio=ratio(0.6, 2.06),
        blocks=5, verdict="inconclusive",
    )  # fmt: skip
    assert verdicts.sentence(derive(make_run()), pair) == said


def test_a_subject_that_is_behind_stands_first_if_asked_for() -> None:
    pair = Comparison(
        metric="throughput_rps", primary=True, a="fastapi", b="django", ratio=ratio(1.2, 1.3),
        blocks=5, verdict="better",
    )  # fmt: skip
    results = derive(make_run())
    assert verdicts.sentence(results, pair).startswith("FastAPI served 25% more requests than")
    said = verdicts.sentence(results, pair, first="django")
    assert said == "Django served 20% fewer requests than FastAPI (17 to 23%)"
