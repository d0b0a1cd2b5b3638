import json
import math

import pytest
from scipy import stats as scipy_stats

from levelbench.analysis.checks.table import DATABASE_BOUND
from levelbench.analysis.derive import derive, passed
from levelbench.model.code import Size
from levelbench.model.files import to_json
from levelbench.model.finding import Finding
from levelbench.model.folder import Run
from levelbench.model.results import IncludedSummary, Results, ServiceResults, WorkloadResults
from levelbench.model.run import Look, Precision
from levelbench.model.trial import TrialRecord
from tests.unit.factories import (
    NOISY,
    THROUGHPUT,
    UNEVEN,
    failed_trial,
    latency,
    make_run,
    trial,
)
from tests.unit.factories.code import coded_run
from tests.unit.factories.standard import standard_run

CONTESTANTS = sorted(THROUGHPUT)


def closed(results: Results) -> WorkloadResults:
    return results.workloads["closed"]


def service(results: Results, name: str) -> ServiceResults:
    return closed(results).services[name]


def codes(results: Results) -> set[str]:
    return {finding.code for finding in results.findings}


def with_trials(run: Run, *trials: TrialRecord) -> Run:
    return run.model_copy(update={"trials": tuple(trials)})


def changed(run: Run, label: str, **changes: object) -> Run:
    return with_trials(
        run, *(t.model_copy(update=changes) if t.label == label else t for t in run.trials)
    )


def test_the_same_run_gives_the_same_results() -> None:
    run = make_run(reference=True)
    assert derive(run) == derive(run)
    assert derive(with_trials(run, *reversed(run.trials))) == derive(run)


def test_the_width_at_which_a_run_was_to_end_is_in_its_results() -> None:
    run = make_run()
    aim = Precision(workload="closed", target=0.03, looks=(8, 11)).after(
        Look(blocks=8, half_width=0.02)
    )
    record = type(run.record)(**{**dict(run.record), "precision": aim})
    assert derive(Run(record=record, trials=run.trials)).precision == aim
    assert "precision" not in json.loads(to_json(derive(run)))


def test_an_estimate_is_the_mean_of_trials_with_its_t_interval() -> None:
    run = make_run()
    rates = [t.window.throughput_rps for t in run.trials if t.label == "flask" and t.window]
    known = [rate for rate in rates if rate is not None]
    expected = scipy_stats.ttest_1samp(known, 0).confidence_interval(0.95)
    found = service(derive(run), "flask").metrics["throughput_rps"]
    assert found.value == pytest.approx(math.fsum(known) / 5)
    assert found.confidence_interval is not None
    assert found.confidence_interval.low == pytest.approx(expected.low)
    assert found.confidence_interval.high == pytest.approx(expected.high)


def test_a_clear_order_and_a_tie() -> None:
    results = derive(make_run())
    assert {name: service(results, name).rank for name in CONTESTANTS} == {
        "starlette": (1, 2),
        "fastapi": (1, 2),
        "flask": (3, 3),
        "django": (4, 4),
    }
    tie = next(
        c
        for c in closed(results).comparisons
        if c.primary and (c.a, c.b) == ("fastapi", "starlette")
    )
    assert tie.verdict == "equivalent"
    assert results.valid
    assert results.publishable
    assert passed(results)


def test_faster_means_better_whatever_the_metric() -> None:
    verdicts = {
        c.metric: c.verdict
        for c in closed(derive(make_run())).comparisons
        if (c.a, c.b) == ("django", "flask") and not c.same_as
    }
    assert verdicts.pop("cold_start_ms") == "equivalent"
    assert verdicts == dict.fromkeys(("throughput_rps", "memory_peak_mib"), "worse")


def test_at_full_speed_cpu_per_request_has_no_verdict_of_its_own() -> None:
    found = {
        kind: [c for c in w.comparisons if c.metric == "cpu_ms_per_request.service"]
        for kind, w in derive(standard_run(blocks=5)).workloads.items()
    }
    for kind in ("closed", "endpoints"):
        assert {(c.same_as, c.verdict) for c in found[kind]} == {
            ("throughput_rps", "inconclusive")
        }, kind
        assert all(c.ratio.confidence_interval for c in found[kind])
    assert {c.same_as for c in found["open-80"]} == {None}
    assert "worse" in {c.verdict for c in found["open-80"]}


def test_latency_of_a_closed_load_is_not_compared() -> None:
    assert not any("latency" in c.metric for c in closed(derive(make_run())).comparisons)


def test_a_mean_over_fewer_blocks_is_adjusted_to_all_blocks() -> None:
    """Flask lacks the two blocks in which the machine is half as fast: 3 blocks of 260 and 2 of 130
    have a geometric mean of 197."""
    run = make_run(control=None)
    slow = {4, 5}

    def slowed(t: TrialRecord) -> TrialRecord:
        assert t.window is not None
        assert t.window.throughput_rps is not None
        rate = t.window.throughput_rps / (2 if t.block in slow else 1)
        window = t.window.model_copy(update={"throughput_rps": rate})
        lost = t.label == "flask" and t.block in slow
        return t.model_copy(update={"window": window, "status": "invalid" if lost else "valid"})

    results = derive(with_trials(run, *map(slowed, run.trials)))
    value = service(results, "flask").metrics["throughput_rps"].value
    assert value == pytest.approx(260 * 0.5 ** (2 / 5), rel=0.01)
    assert closed(results).adjusted
    assert not closed(derive(run)).adjusted


def test_latency_has_no_interval_below_five_trials_and_a_geometric_mean() -> None:
    latencies = {
        n: service(derive(make_run(blocks=n)), "flask").metrics["latency_p95_ms"] for n in (4, 5)
    }
    assert latencies[4].confidence_interval is None
    assert latencies[5].confidence_interval is not None
    assert (
        service(derive(make_run(blocks=4)), "flask").metrics["throughput_rps"].confidence_interval
    )


def test_a_contestant_that_lost_all_its_trials_still_takes_up_a_rank() -> None:
    results = derive(changed(make_run(), "django", status="invalid"))
    assert service(results, "django").rank is None
    assert service(results, "flask").rank == (3, 4)
    assert service(results, "starlette").rank == (1, 3)


def test_one_primary_metric_and_only_between_contestants() -> None:
    results = derive(make_run(reference=True))
    primary = [c for c in closed(results).comparisons if c.primary]
    assert len(primary) == 6
    assert {c.metric for c in primary} == {"throughput_rps"}
    assert service(results, "floor").rank is None


def test_the_control_is_no_service_of_its_own() -> None:
    results = derive(make_run())
    assert set(results.services) == set(CONTESTANTS)
    assert set(closed(results).services) == set(CONTESTANTS)
    control = closed(results).control
    assert control is not None
    assert control.service == "fastapi"
    assert control.ratio.value == pytest.approx(1, abs=0.01)
    assert service(results, "fastapi").trials == 5


def test_an_uneven_lab_ranks_nobody() -> None:
    results = derive(make_run(control_factor=UNEVEN))
    assert {service(results, name).rank for name in CONTESTANTS} == {(1, 4)}
    (finding,) = [f for f in results.findings if f.code == "a-a-too-wide"]
    assert finding.cause.endswith("beyond 5%: the run has no ranks")
    assert results.valid
    assert passed(results)
    assert not results.publishable


def test_noise_alone_ranks_those_whom_it_does_not_hide_and_is_not_for_publication() -> None:
    results = derive(make_run(control_factor=NOISY))
    assert service(results, "django").rank == (4, 4)
    (finding,) = [f for f in results.findings if f.code == "a-a-too-wide"]
    assert finding.cause.endswith("beyond 5%: the run is not publishable")
    assert results.valid
    assert passed(results)
    assert not results.publishable


def test_the_control_widens_no_tie() -> None:
    rates = {"fastapi": 400.0, "starlette": 416.0}
    noisy = derive(make_run(throughput=rates, control_factor=(0.965, 1.03, 1.0, 1.03, 0.98)))
    uneven = derive(make_run(throughput=rates, control_factor=(1.04, 1.041, 1.039, 1.04, 1.042)))
    assert closed(noisy).comparisons[0].verdict == "worse"
    assert closed(uneven).comparisons[0].verdict == "worse"


def test_the_control_pools_the_twins_of_all_blocks() -> None:
    run = make_run(throughput={"fastapi": 400.0, "flask": 260.0}, control="fastapi")
    twin = {"label": "flask@control", "service": "flask"}

    def turned(trial: TrialRecord) -> TrialRecord:
        """In even blocks the twin is flask, 5% faster than itself."""
        if not trial.is_control or trial.block % 2:
            return trial
        own = next(t for t in run.trials if (t.block, t.label) == (trial.block, "flask"))
        assert own.window is not None
        assert own.window.throughput_rps is not None
        faster = {"throughput_rps": own.window.throughput_rps * 1.05}
        window = own.window.model_copy(update=faster)
        return trial.model_copy(update={**twin, "window": window})

    trials = tuple(turned(trial) for trial in run.trials)
    rotated = {t.number: t for t in trials if t.label == "flask@control"}
    plan = tuple(p.model_copy(update=twin) if p.number in rotated else p for p in run.record.plan)
    record = run.record.model_copy(update={"plan": plan})
    control = closed(derive(Run(record=record, trials=trials))).control
    assert control is not None
    assert (control.service, control.services) == (None, ("fastapi", "flask"))
    assert control.ratio.value == pytest.approx(1.05 ** (2 / 5), abs=0.01)
    assert control.ratio.confidence_interval is not None


def test_cpu_ratio_to_reference_is_of_cpu_a_request() -> None:
    with_reference, without = derive(make_run(reference=True)), derive(make_run())
    ratio = service(with_reference, "django").metrics["cpu_ratio_to_reference"]
    assert ratio is not None
    assert ratio.value == pytest.approx(5.4 / 0.5, rel=0.01)
    assert ratio.confidence_interval is not None
    own = service(with_reference, "floor").metrics["cpu_ratio_to_reference"]
    assert own is not None
    assert own.value == 1
    assert "cpu_ratio_to_reference" not in service(without, "django").metrics


def test_each_interface_is_divided_by_its_own_reference() -> None:
    results = derive(make_run(reference=True, wsgi_reference=True))
    found = {
        name: (service(results, name).reference, ratio.value)
        for name in ("django", "fastapi", "floor", "floor-wsgi")
        if (ratio := service(results, name).metrics["cpu_ratio_to_reference"])
    }
    assert found["django"] == ("floor-wsgi", pytest.approx(5.4 / 0.9, rel=0.01))
    assert found["fastapi"] == ("floor", pytest.approx(2.4 / 0.5, rel=0.01))
    assert found["floor"] == ("floor", 1)
    assert found["floor-wsgi"] == ("floor-wsgi", 1)


def test_without_a_reference_of_its_interface_the_only_one_is_named() -> None:
    results = derive(make_run(reference=True))
    assert service(results, "django").reference == "floor"
    assert service(derive(make_run()), "django").reference is None


def test_smoke_has_no_intervals_no_verdicts_and_is_not_for_publication() -> None:
    results = derive(make_run(blocks=1, control=None, profile="smoke", publishable=False))
    assert not results.publishable
    assert results.valid
    assert service(results, "flask").metrics["throughput_rps"].confidence_interval is None
    assert service(results, "flask").metrics["throughput_rps"].value is not None
    assert {c.verdict for c in closed(results).comparisons} == {"inconclusive"}
    assert service(results, "flask").rank == (1, 4)
    assert closed(results).control is None


def test_a_partial_run_is_a_smaller_run() -> None:
    results = derive(make_run(blocks=15, measured_blocks=6))
    assert results.status == "partial"
    assert results.valid
    assert service(results, "django").trials == 6
    assert service(results, "django").planned == 6
    assert service(results, "django").rank == (4, 4)


def test_a_service_that_failed_every_trial_appears_with_its_failure() -> None:
    results = derive(make_run(failed="flask"))
    flask = service(results, "flask")
    assert results.services["flask"].failure == (
        "5 of 5 measurements failed: the contestant was killed for want of memory"
    )
    assert (flask.trials, flask.requests, flask.rank) == (0, 0, None)
    assert flask.metrics["throughput_rps"].value is None
    assert flask.error_rate is None
    assert not any("flask" in (c.a, c.b) for c in closed(results).comparisons)
    assert service(results, "django").rank == (3, 3)
    assert {"contestant-failed", "out-of-memory"} <= codes(results)
    assert results.valid
    assert not passed(results)


def test_a_contestant_is_not_ranked_by_the_trials_that_it_survived() -> None:
    run = make_run()
    victim = next(t for t in run.trials if t.label == "starlette" and t.block == 2)
    trials = [failed_trial(t.number, t.block, t.label) if t is victim else t for t in run.trials]
    results = derive(with_trials(run, *trials))
    assert service(results, "starlette").rank is None
    assert service(results, "starlette").trials == 4
    assert service(results, "fastapi").rank == (1, 1)


def test_errors_of_failed_trials_count() -> None:
    run = make_run(throughput={"flask": 400.0}, control=None, blocks=2)
    failing = trial(2, 2, "flask", throughput_rps=400.0, errors=400, status="failed")
    results = derive(with_trials(run, trial(1, 1, "flask", throughput_rps=400.0), failing))
    assert service(results, "flask").error_rate == pytest.approx(400 / 8000)
    assert service(results, "flask").requests == 4000


def test_a_trial_that_every_attempt_lost_leaves_its_contestant_with_fewer() -> None:
    run = make_run()
    block = [t for t in run.trials if t.block == 1]
    lost = [
        t.model_copy(update={"status": "invalid" if t.label == "flask" else "valid"}) for t in block
    ]
    given_up = derive(
        with_trials(
            run,
            *lost,
            *(t.model_copy(update={"attempt": 2}) for t in lost),
            *(t for t in run.trials if t.block > 1),
        )
    )
    assert service(given_up, "flask").trials == 4
    assert service(given_up, "django").trials == 5
    assert "trials-left-out" in codes(given_up)
    assert given_up.valid


def test_no_valid_trial_no_valid_run() -> None:
    results = derive(make_run(throughput={"flask": 1.0}, control=None, failed="flask"))
    assert not results.valid
    assert not results.publishable


def test_a_percentile_that_one_trial_lacks_is_undefined() -> None:
    run = make_run()
    first = next(t for t in run.trials if t.label == "flask")
    assert first.window is not None
    thin = first.window.model_copy(update={"latency": latency(300.0, 300)})
    trials = [t.model_copy(update={"window": thin}) if t is first else t for t in run.trials]
    results = derive(with_trials(run, *trials))
    assert service(results, "flask").metrics["latency_p95_ms"].value is None
    assert service(results, "flask").metrics["latency_p50_ms"].value is not None


def test_database_bound_is_shown_and_not_ranked() -> None:
    finding = Finding(code=DATABASE_BOUND.code, severity="warning", cause="c", remedy="r")
    results = derive(changed(make_run(), "starlette", findings=(finding,)))
    assert service(results, "starlette").rank is None
    assert service(results, "starlette").metrics["throughput_rps"].value is not None
    assert service(results, "fastapi").rank == (1, 1)
    merged = [f for f in results.findings if f.code == DATABASE_BOUND.code]
    assert len(merged) == 1
    assert len(merged[0].trials) == 5


def test_tasks_and_endpoints() -> None:
    results = derive(make_run())
    flask = service(results, "flask")
    assert flask.tasks is not None
    assert flask.tasks.accepted == flask.tasks.completed > 0
    assert flask.tasks.lost == 0
    assert flask.tasks.lag_p50_ms.value == 12
    assert flask.tasks.lag_p95_ms.value is None  # 104 a trial are too few
    assert flask.tasks.open_at_end.value == 3
    assert flask.tasks.open_at_end.confidence_interval is not None
    assert flask.tasks.drain_s.value == 0.5
    assert flask.endpoints["list"].statements_per_request == 4
    assert flask.endpoints["register"].metrics["latency_p95_ms"].value is None
    assert flask.endpoints["list"].metrics["latency_p95_ms"].value is not None


def test_a_run_that_was_interrupted_before_its_first_trial() -> None:
    run = with_trials(make_run())
    results = derive(run)
    assert not results.valid
    assert service(results, "flask").trials == 0


def test_a_run_of_the_control_alone_has_measured_nothing() -> None:
    run = make_run()
    twins = tuple(trial for trial in run.trials if trial.is_control)
    assert twins
    assert not derive(run.model_copy(update={"trials": twins})).valid


class TestCode:
    def test_figures_are_those_of_the_record(self) -> None:
        found = derive(coded_run()).services["flask"].code
        assert found is not None
        assert found.endpoints["list"] == Size(lines=22, complexity=3)
        assert (found.dependencies_direct, found.dependencies_all) == (6, 31)

    def test_what_comes_for_free_is_as_the_ledger_has_it(self) -> None:
        found = derive(coded_run()).services["flask"].included
        assert found == {
            "validation": IncludedSummary(by="pydantic", itself=False, shown=True),
            "migrations": IncludedSummary(by="alembic", itself=False, shown=None),
        }

    def test_a_record_without_them_has_none(self) -> None:
        flask = derive(make_run()).services["flask"]
        assert (flask.code, flask.included) == (None, None)
