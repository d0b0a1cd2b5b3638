"""The published leads, taken apart into what the framework is and what is work left out."""

import math

import pytest

from levelbench.analysis import published, stats
from levelbench.analysis.claims.article import article
from levelbench.analysis.derive import derive
from levelbench.model.estimate import Estimate
from levelbench.model.results import Split
from tests.unit.factories.published import published_run

LEADS = article().claimed_leads()
EXHIBITS = {"starlette": "starlette-as-published", "fastapi": "fastapi-as-published"}
# Block -> throughput. ln(own) 0.2231, 0.2029, 0.2624; ln(shown) 0.4055, 0.3930, 0.4187.
OBSERVED = {
    "starlette": {1: 400.0, 2: 392.0, 3: 403.0},
    "fastapi": {1: 320.0, 2: 320.0, 3: 310.0},
    "starlette-as-published": {1: 1200.0, 2: 1185.0, 3: 1216.0},
    "fastapi-as-published": {1: 800.0, 2: 800.0, 3: 800.0},
}


def of(split: Split) -> tuple[Estimate, Estimate, Estimate]:
    return split.as_published, split.equal_work, split.left_out


def value(estimate: Estimate) -> float:
    assert estimate.value is not None
    return estimate.value


def test_the_factors_multiply_to_what_was_published() -> None:
    (split,) = published.splits(LEADS, EXHIBITS, OBSERVED)
    shown, equal, left_out = (value(one) for one in of(split))
    assert math.isclose(shown, equal * left_out)
    assert (round(shown, 4), round(equal, 4), round(left_out, 4)) == (1.5003, 1.2579, 1.1927)


def test_each_factor_has_the_interval_of_its_blocks() -> None:
    (split,) = published.splits(LEADS, EXHIBITS, OBSERVED)
    by_block = [
        math.log((shown_a / shown_b) / (own_a / own_b))
        for own_a, own_b, shown_a, shown_b in zip(
            *(OBSERVED[label].values() for label in OBSERVED), strict=True
        )
    ]
    bounds = stats.mean_interval(by_block)
    interval = split.left_out.confidence_interval
    assert bounds is not None
    assert interval is not None
    assert math.isclose(interval.low, math.exp(bounds.low))
    assert math.isclose(interval.high, math.exp(bounds.high))
    assert interval.low < value(split.left_out) < interval.high
    assert split.blocks == 3


def test_no_interval_below_three_blocks() -> None:
    two = {label: {1: own[1], 2: own[2]} for label, own in OBSERVED.items()}
    (split,) = published.splits(LEADS, EXHIBITS, two)
    assert all(one.confidence_interval is None and one.value for one in of(split))


def test_all_three_are_of_the_blocks_that_have_all_four() -> None:
    """Else the factors would not multiply."""
    torn = {**OBSERVED, "fastapi": {1: 320.0, 3: 310.0}, "starlette": {1: 400.0, 2: 392.0, 3: 0.0}}
    (split,) = published.splits(LEADS, EXHIBITS, torn)
    assert split.blocks == 1
    assert [round(value(one), 9) for one in of(split)] == [1.5, 1.25, 1.2]


def test_a_lead_without_any_such_block_is_left_out() -> None:
    apart = {**OBSERVED, "fastapi": {4: 320.0}}
    assert published.splits(LEADS, EXHIBITS, apart) == ()


@pytest.mark.parametrize("missing", list(OBSERVED))
def test_a_lead_of_which_one_was_not_measured_is_left_out(missing: str) -> None:
    observed = {label: own for label, own in OBSERVED.items() if label != missing}
    exhibits = {name: label for name, label in EXHIBITS.items() if label != missing}
    assert published.splits(LEADS, exhibits, observed) == ()


def test_the_claim_is_the_ratio_of_the_printed_figures() -> None:
    (split,) = published.splits(LEADS, EXHIBITS, OBSERVED)
    assert (split.a, split.b, round(split.claimed, 2)) == ("starlette", "fastapi", 1.40)


def test_every_claimed_lead_is_split_once_all_four_were_measured() -> None:
    names = list(article().measured)
    exhibits = {name: f"{name}-as-published" for name in names}
    observed = {label: {1: 100.0} for label in [*names, *exhibits.values()]}
    found = published.splits(LEADS, exhibits, observed)
    assert [(one.a, one.b) for one in found] == list(LEADS)
    assert [round(one.claimed, 2) for one in found] == [1.40, 4.39, 3.14, 0.92]


class TestResults:
    def test_hold_the_split_of_a_run(self) -> None:
        (split,) = derive(published_run(), LEADS).workloads["list"].published
        assert [round(value(one), 6) for one in of(split)] == [1.5, 1.25, 1.2]

    def test_rank_no_exhibit(self) -> None:
        results = derive(published_run(), LEADS)
        services = results.workloads["list"].services
        assert {name for name, one in services.items() if one.rank} == {"starlette", "fastapi"}
        assert not any(
            "as-published" in pair.a + pair.b
            for pair in results.workloads["list"].comparisons
            if pair.primary
        )

    def test_of_other_loads_hold_none(self) -> None:
        from tests.unit.factories import make_run

        assert derive(make_run(), LEADS).workloads["closed"].published == ()
