from levelbench.derive import derive
from levelbench.report.tables.checks import validity
from tests.unit.factories import make_run
from tests.unit.report.reading import row


def test_checks_show_the_worst_trial() -> None:
    run = make_run()
    first = next(t for t in run.trials if t.label == "flask")
    assert first.window is not None
    idle = first.window.model_copy(update={"vus_busy_share": 0.972})
    trials = [t.model_copy(update={"window": idle}) if t is first else t for t in run.trials]
    run = run.model_copy(update={"trials": tuple(trials)})
    checks = validity(derive(run), run, "closed")
    assert row(checks, "flask")["VUs kept busy, lowest (97% or more)"][0] == "97.2%"
    assert row(checks, "flask")["Rows written = answers"][0] == "yes"
