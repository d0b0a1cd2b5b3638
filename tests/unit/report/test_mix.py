"""A reader's mix: sums of isolated endpoints, their ratios, and the measured mix."""

import json

import pytest
from syrupy.assertion import SnapshotAssertion

from levelbench.analysis.derive import derive
from levelbench.model.estimate import Estimate
from levelbench.model.folder import Run
from levelbench.model.metrics import CPU
from levelbench.model.vocabulary import ENDPOINTS, Endpoint
from levelbench.report import markdown, mix
from tests.unit.factories import WEIGHTS, alone, make_run
from tests.unit.factories.standard import combine, standard_run

RUN = alone.make_run()
RESULTS = derive(RUN)
COSTS = mix.costs(RESULTS, RUN)


def only(endpoint: Endpoint) -> dict[Endpoint, float]:
    return {one: float(one == endpoint) for one in ENDPOINTS}


def close(found: Estimate, expected: Estimate) -> bool:
    assert found.confidence_interval is not None
    assert expected.confidence_interval is not None
    ends = found.confidence_interval, expected.confidence_interval
    return (found.value, ends[0].low, ends[0].high) == pytest.approx(
        (expected.value, ends[1].low, ends[1].high)
    )


@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_one_endpoint_alone_is_what_was_measured(endpoint: Endpoint) -> None:
    for name, costs in COSTS.items():
        measured = RESULTS.workloads["endpoints"].services[name].endpoints[endpoint].estimate(CPU)
        assert measured is not None
        assert close(mix.estimate(mix.of_mix(costs, only(endpoint))), measured)


def test_a_mix_is_the_weighted_sum_in_each_round() -> None:
    found = mix.of_mix(
        {3: (20.0, 10.0, 2.0, 1.0, 4.0)}, dict(zip(ENDPOINTS, range(1, 6), strict=True))
    )
    assert found == {3: pytest.approx((20 + 20 + 6 + 4 + 20) / 15)}


def test_its_interval_follows_from_rounds_and_not_from_endpoints() -> None:
    """What a round does to all endpoints alike widens the interval of their sum."""
    together = {block: (factor,) * 5 for block, factor in enumerate((0.9, 1.0, 1.1), start=1)}
    found = mix.estimate(mix.of_mix(together, dict.fromkeys(ENDPOINTS, 20)))
    bounds = found.confidence_interval
    assert bounds is not None
    assert bounds.high - bounds.low == pytest.approx(2 * 4.302653 * 0.1 / 3**0.5, rel=1e-5)


def test_the_ratio_of_one_endpoint_is_that_of_the_comparison() -> None:
    table = mix.table(RESULTS, COSTS, only("list"))
    shown = {row[0].text: row[2] for row in table.rows}
    (pair,) = (
        one
        for one in RESULTS.workloads["endpoints"].comparisons
        if (one.metric, one.endpoint, one.a, one.b) == (CPU.name, "list", "django", "starlette")
    )
    bounds = pair.ratio.confidence_interval
    assert bounds is not None
    assert (shown["Django"].text, shown["Django"].detail) == (
        f"{pair.ratio.value:.2f}", f"{bounds.low:.2f} to {bounds.high:.2f}",
    )  # fmt: skip
    assert (shown["Starlette"].text, shown["Starlette"].detail) == ("1.00", None)


def test_only_contestants_are_compared_and_each_has_its_rounds() -> None:
    rows = mix.table(RESULTS, COSTS, mix.weights_of(RESULTS)).rows
    assert {row[0].text for row in rows} == {"Django", "FastAPI", "Starlette"}
    for row in rows:
        ((key, data),) = row[0].data
        assert key == "costs"
        assert list(json.loads(data)) == ["1", "2", "3", "4", "5"]
        assert {len(own) for own in json.loads(data).values()} == {len(ENDPOINTS)}


def test_a_round_without_an_endpoint_is_not_part_of_it() -> None:
    first, *others = RUN.trials
    uses = {name: use for name, use in first.endpoint_resources.items() if name != "task"}
    lacking = first.model_copy(update={"endpoint_resources": uses})
    run = RUN.model_copy(update={"trials": (lacking, *others)})
    found = mix.costs(derive(run), run)
    assert {name: len(own) for name, own in found.items()}[first.label] == 4


def adding_up() -> Run:
    """Full speed whose CPU time is exactly what the isolated endpoints add up to."""
    sums = {
        name: sum(WEIGHTS[endpoint] * alone.cpu_ms(name, endpoint) for endpoint in ENDPOINTS)
        for name in alone.RATES
    }
    rates = dict.fromkeys(sums, 200.0)
    return combine([make_run(throughput=rates, cpu_ms=sums), alone.make_run()])


def test_where_endpoints_add_up_the_sum_is_the_measured_mix() -> None:
    run = adding_up()
    results = derive(run)
    found = mix.costs(results, run)
    weights = mix.weights_of(results)
    assert weights == {"register": 2, "login": 2, "list": 46, "detail": 46, "task": 4}
    for name, own in found.items():
        measured = results.workloads["closed"].services[name].estimate(CPU)
        summed = mix.estimate(mix.of_mix(own, weights))
        assert measured is not None
        assert summed.value == pytest.approx(measured.value, rel=0.005)


@pytest.mark.parametrize(
    "run", [adding_up(), standard_run(), RUN], ids=["sum", "nightly", "isolated"]
)
def test_the_text_says_how_far_the_sum_is_from_the_measured_mix(
    run: Run, snapshot: SnapshotAssertion
) -> None:
    section = mix.section(derive(run), run)
    assert section.text[1:] == snapshot
    assert section.tables[0].notes == snapshot


def test_without_isolated_endpoints_there_is_no_section() -> None:
    run = make_run()
    assert mix.section(derive(run), run).is_empty


def test_the_report_has_the_section_after_the_charts() -> None:
    text = markdown.render(RESULTS, RUN)
    assert text.index("## Charts") < text.index("## Your mix") < text.index("## Equal work")
