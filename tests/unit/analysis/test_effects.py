"""Main effects: a variant as a ratio to its parent, and what several variants have in common."""

import math

import pytest

from levelbench.analysis import verdict
from levelbench.analysis.derive import derive
from levelbench.analysis.estimates import observations
from levelbench.model.folder import Run
from levelbench.model.metric import Metric
from levelbench.model.metrics import MEMORY, THROUGHPUT
from levelbench.model.results import Effect, Results
from tests.unit.factories.counts import count
from tests.unit.factories.variants import RATES, VARIANTS, variants_run

RUN = variants_run()
RESULTS = derive(RUN)


def effect(*variants: str, metric: str = THROUGHPUT.name, results: Results = RESULTS) -> Effect:
    found = results.workloads["closed"].effects
    (one,) = (one for one in found if one.variants == variants and one.metric == metric)
    return one


def value(one: Effect) -> float:
    assert one.ratio.value is not None
    return one.ratio.value


def test_a_variant_is_a_ratio_to_its_parent_with_an_interval() -> None:
    found = effect("fastapi-granian")
    assert (found.factor, found.trait, found.level) == ("server", "server", "granian")
    assert round(value(found), 2) == 1.08
    bounds = found.ratio.confidence_interval
    assert bounds is not None
    assert bounds.low < 1.08 < bounds.high
    assert found.blocks == 5


def test_variants_of_the_same_level_have_a_mean() -> None:
    each = value(effect("django-granian")) * value(effect("fastapi-granian"))
    assert math.isclose(value(effect("django-granian", "fastapi-granian")), math.sqrt(each))


def test_effects_follow_the_order_of_the_factors() -> None:
    found = [one.factor for one in RESULTS.workloads["closed"].effects]
    assert found[:4] == ["server", "server", "server", "driver"]


def test_a_variant_is_neither_ranked_nor_compared_with_others() -> None:
    workload = RESULTS.workloads["closed"]
    assert not {name for name, one in workload.services.items() if one.rank} & VARIANTS.keys()
    assert not VARIANTS.keys() & {side for one in workload.comparisons for side in (one.a, one.b)}


def test_a_variant_changes_no_result_of_contestants() -> None:
    only = {name: rate for name, rate in RATES.items() if name not in VARIANTS}
    alone = derive(variants_run(only)).workloads["closed"]
    together = RESULTS.workloads["closed"]
    assert [one.ratio for one in alone.comparisons] == [one.ratio for one in together.comparisons]
    assert {name: together.services[name].rank for name in only} == {
        name: one.rank for name, one in alone.services.items()
    }


def test_without_its_parent_a_variant_has_no_ratio() -> None:
    rates = {name: rate for name, rate in RATES.items() if name != "django"}
    found = derive(variants_run(rates)).workloads["closed"].effects
    assert {one.variants for one in found} == {("fastapi-granian",), ("fastapi-psycopg",)}


@pytest.mark.parametrize("metric", [THROUGHPUT, MEMORY])
@pytest.mark.parametrize("name", VARIANTS)
def test_a_ratio_to_the_parent_times_the_parents_is_the_direct_ratio(
    name: str, metric: Metric
) -> None:
    """In each block the logarithms add up, and so do their means."""
    observed = {
        label: observations([one for one in RUN.trials if one.label == label], metric)
        for label in RATES
    }
    parent = name.partition("-")[0]
    of_parent = verdict.ratio(verdict.paired(observed[parent], observed["starlette"])).value
    direct = verdict.ratio(verdict.paired(observed[name], observed["starlette"])).value
    assert of_parent is not None
    assert direct is not None
    assert math.isclose(value(effect(name, metric=metric.name)) * of_parent, direct)


def test_counted_instructions_are_paired_by_hash_seed() -> None:
    names = ("fastapi", "fastapi-granian")
    counts = [
        count(name, seed, {"list": factor * (1 + seed / 1000)})
        for name, factor in zip(names, (11e6, 10.34e6), strict=True)
        for seed in range(1, 5)
    ]
    (found,) = derive(Run(record=RUN.record, trials=(), counts=tuple(counts))).effects
    assert (found.metric, found.endpoint, found.blocks) == ("instructions", "list", 4)
    assert round(value(found), 6) == 0.94
    assert found.ratio.confidence_interval is not None
