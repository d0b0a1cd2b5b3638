from levelbench.analysis.derive import derive
from levelbench.model.trial import CoreUse
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
    assert row(checks, "flask")["Users kept busy, lowest"][0] == "97.2%"
    assert row(checks, "flask")["Rows written match responses"][0] == "yes"


def test_checks_show_what_kept_a_contestant_from_its_core() -> None:
    run = make_run()
    first = next(t for t in run.trials if t.label == "flask")
    held = first.resources["service"].model_copy(update={"throttled_ms": 420.0})
    changes = {
        "resources": {**first.resources, "service": held},
        "cores": {"1": CoreUse(foreign_share=0.031), "0": CoreUse(foreign_share=0.5)},
    }
    trials = [t.model_copy(update=changes) if t is first else t for t in run.trials]
    run = run.model_copy(update={"trials": tuple(trials)})
    checks = validity(derive(run), run, "closed")
    throttled, others = (
        "Time throttled, highest",
        "Other programs on its core, highest",
    )
    assert row(checks, "flask")[throttled][0] == "4.2%"
    assert row(checks, "flask")[others][0] == "3.1%"
    assert row(checks, "django")[others][0] == "—"
