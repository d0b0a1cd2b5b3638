from levelbench.analysis.derive import derive
from levelbench.model.measurement import Window
from tests.unit.factories import latency, make_run


def test_drift_within_the_window_is_found() -> None:
    run = make_run()
    window = Window(
        seconds=10, requests=4000, errors=0, throughput_rps=400, latency=latency(250, 4000),
        halves=(380.0, 420.0),
    )  # fmt: skip
    trials = [
        t.model_copy(update={"window": window}) if t.label == "flask" else t for t in run.trials
    ]
    results = derive(run.model_copy(update={"trials": tuple(trials)}))
    (finding,) = [f for f in results.findings if f.code == "throughput-drifts"]
    assert "1.11 times" in finding.cause


def test_a_slow_machine_is_named_with_its_trials() -> None:
    run = make_run()
    odd = run.trials[7].model_copy(update={"machine_speed": 500.0})
    results = derive(run.model_copy(update={"trials": (*run.trials[:7], odd, *run.trials[8:])}))
    (finding,) = [f for f in results.findings if f.code == "machine-speed-outlier"]
    assert finding.trials == (8,)


def test_a_machine_of_one_speed_is_not_named() -> None:
    assert "machine-speed-outlier" not in {f.code for f in derive(make_run()).findings}


def test_trials_of_before_keep_their_status_where_a_report_is_rebuilt() -> None:
    """Their findings are stored; records of before have no throttled time and no cores."""
    run = make_run()
    assert {trial.resources["service"].throttled_ms for trial in run.trials} == {None}
    assert {len(trial.cores) for trial in run.trials} == {0}
    results = derive(run)
    assert {found.trials for found in results.workloads["closed"].services.values()} == {5}
    assert not any(finding.code.startswith("counters") for finding in results.findings)
