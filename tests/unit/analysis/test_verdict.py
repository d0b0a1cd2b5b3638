from typing import Literal

import pytest

from levelbench.analysis import verdict as comparison
from levelbench.analysis.verdict import Tie
from levelbench.model.estimate import Estimate, Interval
from levelbench.model.metrics import THROUGHPUT
from levelbench.model.results import Comparison, Verdict

TIE = Tie(0.02)


@pytest.mark.parametrize(
    ("low", "high", "better", "expected"),
    [
        (1.05, 1.10, "higher", "better"),
        (1.05, 1.10, "lower", "worse"),
        (0.80, 0.90, "higher", "worse"),
        (0.80, 0.90, "lower", "better"),
        (0.99, 1.01, "higher", "equivalent"),
        (1.01, 1.10, "higher", "inconclusive"),  # beyond a tie at one end only
        (0.90, 1.10, "higher", "inconclusive"),
        (1.02, 1.10, "higher", "inconclusive"),  # on the threshold is not beyond it
        (1 / 1.02, 1.02, "higher", "equivalent"),
    ],
)
def test_verdict(
    low: float, high: float, better: Literal["higher", "lower"], expected: Verdict
) -> None:
    assert comparison.verdict(Interval(low=low, high=high), TIE, better) == expected


def test_no_interval_no_verdict() -> None:
    assert comparison.verdict(None, TIE, "higher") == "inconclusive"


def test_verdict_does_not_depend_on_who_is_named_first() -> None:
    opposite = {"better": "worse", "worse": "better"}
    for low, high in ((1.0205, 1.03), (0.97, 0.9801), (0.981, 1.019), (0.9, 1.3)):
        straight = comparison.verdict(Interval(low=low, high=high), TIE, "higher")
        turned = comparison.verdict(Interval(low=1 / high, high=1 / low), TIE, "higher")
        assert turned == opposite.get(straight, straight)


@pytest.mark.parametrize(
    ("low", "high", "better", "expected"),
    [
        (1.01, 1.10, "higher", "better"),
        (1.01, 1.10, "lower", "worse"),
        (0.90, 0.99, "higher", "worse"),
        (0.90, 0.99, "lower", "better"),
        (0.99, 1.10, "higher", None),
        (1.0, 1.10, "higher", None),
        (0.90, 1.0, "lower", None),
    ],
)
def test_side_of_an_interval_that_leaves_out_1(
    low: float, high: float, better: Literal["higher", "lower"], expected: comparison.Side | None
) -> None:
    assert comparison.side(Interval(low=low, high=high), better) == expected


def test_no_interval_no_side() -> None:
    assert comparison.side(None, "higher") is None


def test_a_run_is_not_trusted_if_its_control_shows_a_bias_or_excludes_none() -> None:
    noisy = Estimate(value=1.0, confidence_interval=Interval(low=0.90, high=1.10))
    slightly = Estimate(value=0.97, confidence_interval=Interval(low=0.96, high=0.99))
    uneven = Estimate(value=0.92, confidence_interval=Interval(low=0.90, high=0.94))
    assert not comparison.untrusted(None, 0.05)
    assert not comparison.untrusted(noisy, 0.05)
    assert not comparison.untrusted(slightly, 0.05)
    assert comparison.untrusted(uneven, 0.05)
    assert comparison.untrusted(Estimate(value=1.0), 0.05)


def test_four_blocks_have_an_interval_and_no_verdict() -> None:
    values = {"a": dict.fromkeys(range(1, 5), 2.0), "b": dict.fromkeys(range(1, 6), 1.0)}
    (four,) = comparison.compare(THROUGHPUT, values, frozenset("ab"), TIE, family=1, blocks_min=5)
    assert four.blocks == 4
    assert four.ratio.confidence_interval is not None
    assert four.verdict == "inconclusive"
    values["a"][5] = 2.0
    (five,) = comparison.compare(THROUGHPUT, values, frozenset("ab"), TIE, family=1, blocks_min=5)
    assert five.verdict == "better"


def test_only_blocks_where_both_are_valid_are_paired() -> None:
    assert comparison.paired({1: 10.0, 2: 20.0, 4: 5.0}, {2: 10.0, 3: 1.0, 4: 0.0}) == [
        (20.0, 10.0)
    ]


def test_pairs_of_ranked_services_are_simultaneous_and_others_exploratory() -> None:
    values = {
        name: {1: base, 2: base * 1.01, 3: base * (0.99 + place / 1000)}
        for place, (name, base) in enumerate({"a": 1.0, "b": 2.0, "c": 3.0, "floor": 9.0}.items())
    }
    found = comparison.compare(THROUGHPUT, values, frozenset("abc"), TIE, family=3, blocks_min=3)
    assert [(pair.a, pair.b, pair.primary) for pair in found] == [
        ("a", "b", True),
        ("a", "c", True),
        ("a", "floor", False),
        ("b", "c", True),
        ("b", "floor", False),
        ("c", "floor", False),
    ]
    alone = comparison.compare(THROUGHPUT, values, frozenset("abc"), TIE, family=0, blocks_min=3)
    assert not any(pair.primary for pair in alone)
    family, single = found[0].ratio.confidence_interval, alone[0].ratio.confidence_interval
    assert family is not None
    assert single is not None
    assert family.low < single.low
    assert family.high > single.high


def primary(a: str, b: str, verdict: Verdict) -> Comparison:
    return Comparison(
        metric="throughput_rps", primary=True, a=a, b=b, ratio=Estimate(value=1.0), verdict=verdict
    )


def test_rank_ranges() -> None:
    pairs = [
        primary("a", "b", "inconclusive"),
        primary("a", "c", "better"),
        primary("a", "d", "better"),
        primary("b", "c", "inconclusive"),
        primary("b", "d", "better"),
        primary("c", "d", "better"),
    ]
    assert comparison.rank_ranges("abcd", pairs) == {
        "a": (1, 2),
        "b": (1, 3),
        "c": (2, 3),
        "d": (4, 4),
    }


def test_without_evidence_everybody_may_be_anywhere() -> None:
    assert comparison.rank_ranges("abc", []) == dict.fromkeys("abc", (1, 3))


def test_exploratory_comparisons_rank_nobody() -> None:
    pair = primary("a", "b", "better").model_copy(update={"primary": False})
    assert comparison.rank_ranges("ab", [pair]) == dict.fromkeys("ab", (1, 2))
