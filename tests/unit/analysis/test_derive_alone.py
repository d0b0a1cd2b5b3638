"""Results where each endpoint was alone."""

import math

import pytest

from levelbench.analysis import stats
from levelbench.analysis.checks.table import DATABASE_BOUND
from levelbench.analysis.derive import derive, passed
from levelbench.model.estimate import Estimate
from levelbench.model.finding import Finding
from levelbench.model.folder import Run
from levelbench.model.metrics import CPU
from levelbench.model.results import EndpointResults, Results, WorkloadResults
from levelbench.model.trial import TrialRecord
from levelbench.model.vocabulary import ENDPOINTS, Endpoint
from tests.unit import factories
from tests.unit.factories.alone import RATES, REFERENCE_RATES, cpu_ms, make_run

PAIRS = 3  # of three contestants


def measured(results: Results) -> WorkloadResults:
    return results.workloads["endpoints"]


def on(results: Results, name: str, endpoint: Endpoint) -> EndpointResults:
    return measured(results).services[name].endpoints[endpoint]


def value(estimate: Estimate | None) -> float:
    assert estimate is not None
    assert estimate.value is not None
    return estimate.value


def changed(run: Run, name: str, **changes: object) -> Run:
    trials = (t.model_copy(update=changes) if t.label == name else t for t in run.trials)
    return run.model_copy(update={"trials": tuple(trials)})


def test_each_endpoint_has_cpu_a_request_and_multiples_of_the_reference() -> None:
    results = derive(make_run())
    for name, rates in RATES.items():
        for endpoint in ENDPOINTS:
            found = on(results, name, endpoint)
            assert value(found.metrics["cpu_ms_per_request.service"]) == pytest.approx(
                cpu_ms(name, endpoint), rel=0.005
            )
            assert value(found.metrics["cpu_ms_per_request.postgres"]) == pytest.approx(0.4)
            assert value(found.metrics["cpu_ratio_to_reference"]) == pytest.approx(
                cpu_ms(name, endpoint) / cpu_ms("floor", endpoint), rel=0.005
            )
            assert value(found.metrics["throughput_ratio_to_reference"]) == pytest.approx(
                rates[endpoint] / REFERENCE_RATES[endpoint], rel=0.01
            )
            assert found.metrics["cpu_ratio_to_reference"].confidence_interval is not None
            assert found.metrics["throughput_ratio_to_reference"].confidence_interval is not None


def test_hashing_does_not_hide_behind_reading() -> None:
    results = derive(make_run())
    assert value(on(results, "django", "register").metrics["cpu_ratio_to_reference"]) < 1.5
    assert value(on(results, "django", "list").metrics["cpu_ratio_to_reference"]) == pytest.approx(
        12, rel=0.01
    )


def test_the_reference_is_one_of_itself() -> None:
    own = on(derive(make_run()), "floor", "list")
    assert own.metrics["cpu_ratio_to_reference"] == Estimate(value=1.0)
    assert own.metrics["throughput_ratio_to_reference"] == Estimate(value=1.0)


def test_without_a_reference_there_is_no_multiple_of_it() -> None:
    found = on(derive(make_run(reference=False)), "django", "list")
    assert "cpu_ratio_to_reference" not in found.metrics
    assert "throughput_ratio_to_reference" not in found.metrics


def test_a_mix_tells_no_endpoints_cpu_from_anothers() -> None:
    closed = derive(factories.make_run(reference=True)).workloads["closed"].services["flask"]
    for found in closed.endpoints.values():
        assert "cpu_ms_per_request.service" not in found.metrics
        assert "cpu_ratio_to_reference" not in found.metrics
        assert "throughput_ratio_to_reference" not in found.metrics
        assert found.database_bound is None
    assert value(closed.metrics["cpu_ratio_to_reference"]) == pytest.approx(3.7 / 0.5, rel=0.01)
    assert value(closed.metrics["throughput_ratio_to_reference"]) == pytest.approx(
        260 / 700, rel=0.01
    )


def test_all_endpoints_together_have_no_figure_that_hangs_on_their_weights() -> None:
    for service in measured(derive(make_run())).services.values():
        assert service.requests > 0
        assert service.error_rate == 0
        for name in ("throughput_rps", "latency_mean_ms", "latency_p95_ms", CPU.name):
            assert service.metrics[name] == Estimate()
        assert service.rank is None
        assert "cpu_ratio_to_reference" not in service.metrics
        assert "throughput_ratio_to_reference" not in service.metrics
        assert service.database_bound is None
        assert value(service.metrics["memory_peak_mib"]) == 64


def test_primary_comparisons_are_of_throughput_on_each_endpoint() -> None:
    comparisons = measured(derive(make_run())).comparisons
    primary = [c for c in comparisons if c.primary]
    assert len(primary) == PAIRS * len(ENDPOINTS)
    assert {c.metric for c in primary} == {"throughput_rps"}
    assert {c.endpoint for c in comparisons} == set(ENDPOINTS)
    assert {c.metric for c in comparisons} == {"throughput_rps", "cpu_ms_per_request.service"}
    assert not any("floor" in (c.a, c.b) for c in primary)


def test_their_intervals_hold_together_over_all_pairs_and_endpoints() -> None:
    run = make_run()
    (found,) = [
        c
        for c in measured(derive(run)).comparisons
        if c.primary and c.endpoint == "list" and (c.a, c.b) == ("django", "starlette")
    ]
    rates = {
        name: [t.endpoints["list"].throughput_rps for t in run.trials if t.label == name]
        for name in ("django", "starlette")
    }
    pairs = [(a, b) for a, b in zip(*rates.values(), strict=True) if a and b]
    expected = stats.ratio_interval(pairs, stats.simultaneous_confidence(15))
    assert expected is not None
    assert found.ratio.confidence_interval is not None
    assert found.ratio.confidence_interval.low == pytest.approx(expected.low, rel=1e-12)


def test_verdicts_differ_by_endpoint() -> None:
    verdicts = {
        c.endpoint: c.verdict
        for c in measured(derive(make_run())).comparisons
        if c.primary and (c.a, c.b) == ("fastapi", "starlette")
    }
    assert verdicts == {
        "register": "equivalent", "login": "equivalent", "list": "equivalent",
        "detail": "worse", "task": "equivalent",
    }  # fmt: skip


def bound(endpoint: Endpoint) -> tuple[Finding, ...]:
    return (
        Finding(
            code=DATABASE_BOUND.code, severity="warning", cause="c", remedy="r", endpoint=endpoint
        ),
    )


def test_what_is_the_databases_figure_is_not_placed_and_the_family_is_smaller() -> None:
    results = derive(changed(make_run(), "starlette", findings=bound("list")))
    assert on(results, "starlette", "list").database_bound is True
    assert on(results, "starlette", "detail").database_bound is False
    primary = [c for c in measured(results).comparisons if c.primary]
    assert len(primary) == PAIRS * len(ENDPOINTS) - 2
    assert not any(c.endpoint == "list" and "starlette" in (c.a, c.b) for c in primary)


def test_the_control_is_over_all_endpoints_and_of_each() -> None:
    factors: dict[Endpoint, tuple[float, ...]] = {"task": (1.3, 1.3)}
    control = measured(derive(make_run(control_factor=factors))).control
    assert control is not None
    assert control.service == "fastapi"
    assert set(control.endpoints) == set(ENDPOINTS)
    assert value(control.endpoints["task"]) == pytest.approx(1.3, rel=0.01)
    assert value(control.endpoints["list"]) == pytest.approx(1.0, rel=0.01)
    assert value(control.ratio) == pytest.approx(1.3 ** (1 / 5), rel=0.01)


def test_a_mix_has_one_control() -> None:
    control = derive(factories.make_run()).workloads["closed"].control
    assert control is not None
    assert control.endpoints == {}


def codes(results: Results) -> list[tuple[str, Endpoint | None]]:
    return [(f.code, f.endpoint) for f in results.findings]


def test_a_noisy_endpoint_is_named_and_spoils_no_other() -> None:
    factors: dict[Endpoint, tuple[float, ...]] = {"register": (0.9, 1.12, 1.0, 1.1, 0.95)}
    results = derive(make_run(control_factor=factors))
    assert codes(results) == [("a-a-too-wide", "register")]
    assert results.publishable
    ties = {
        c.endpoint: c.verdict
        for c in measured(results).comparisons
        if c.primary and (c.a, c.b) == ("fastapi", "starlette")
    }
    assert ties["detail"] == "worse"


def test_a_noisy_machine_is_not_for_publication() -> None:
    factors = dict.fromkeys(ENDPOINTS, (0.9, 1.12, 1.0, 1.1, 0.95))
    results = derive(make_run(control_factor=factors))
    assert ("a-a-too-wide", None) in codes(results)
    assert results.valid
    assert passed(results)
    assert not results.publishable


def test_the_drift_of_one_endpoint_is_found() -> None:
    def drifting(trial: TrialRecord) -> TrialRecord:
        window = trial.endpoints["task"].model_copy(update={"halves": (400.0, 500.0)})
        return trial.model_copy(update={"endpoints": {**trial.endpoints, "task": window}})

    run = make_run()
    trials = tuple(drifting(t) if t.label == "django" else t for t in run.trials)
    results = derive(run.model_copy(update={"trials": trials}))
    (finding,) = [f for f in results.findings if f.code == "throughput-drifts"]
    assert finding.endpoint == "task"
    assert "endpoints, task: the second half of django's windows had 1.25 times" in finding.cause


def test_one_trial_gives_figures_without_intervals() -> None:
    results = derive(make_run(blocks=1, control=None))
    found = on(results, "django", "list")
    assert found.metrics["cpu_ratio_to_reference"].confidence_interval is None
    assert math.isclose(value(found.metrics["cpu_ratio_to_reference"]), 12, rel_tol=0.01)
    assert {c.verdict for c in measured(results).comparisons} == {"inconclusive"}


def test_a_run_without_a_trial_has_no_figure() -> None:
    results = derive(make_run().model_copy(update={"trials": ()}))
    assert not results.valid
    assert measured(results).services["django"].endpoints == {}
