from levelbench.model.estimate import Estimate, Interval
from levelbench.model.results import Comparison
from levelbench.report.standing import better_first


def test_the_better_one_stands_first_in_each_pair() -> None:
    pair = Comparison(
        metric="latency_p95_ms",
        primary=False,
        a="fast",
        b="slow",
        ratio=Estimate(value=0.5, confidence_interval=Interval(low=0.4, high=0.625)),
        verdict="better",
    )
    assert better_first(pair)[:2] == ("fast", "slow")
    turned = pair.model_copy(update={"metric": "throughput_rps", "verdict": "worse"})
    first, second, ratio, verdict = better_first(turned)
    assert (first, second, ratio.value, verdict) == ("slow", "fast", 2.0, "better")
    assert ratio.confidence_interval == Interval(low=1.6, high=2.5)
