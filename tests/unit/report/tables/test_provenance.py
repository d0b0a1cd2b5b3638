from levelbench.analysis.derive import derive
from levelbench.analysis.text import UNDEFINED
from levelbench.model.folder import Run
from levelbench.model.run import Look, Precision, RunRecord
from levelbench.report.machine import rerun
from levelbench.report.tables import provenance
from tests.unit.factories import make_run


def aimed() -> Run:
    run = make_run(blocks=11)
    aim = Precision(workload="closed", target=0.025, looks=(8, 11, 15))
    for look in (Look(blocks=8, half_width=None), Look(blocks=11, half_width=0.021)):
        aim = aim.after(look)
    return Run(record=RunRecord(**{**dict(run.record), "precision": aim}), trials=run.trials)


def test_the_precision_of_a_run_is_shown_with_its_looks() -> None:
    lines = {name.text: value.text for name, value in provenance.environment(aimed()).rows}
    assert lines["Precision"] == (
        "closed: target ±2.5%, reached; looks after 8, 11, 15 rounds; "
        f"found {UNDEFINED} after 8, ±2.1% after 11"
    )
    assert "Precision" not in {name.text for name, _ in provenance.environment(make_run()).rows}


def test_the_command_that_repeats_a_run_has_its_precision() -> None:
    run = aimed()
    assert "PRECISION=2.5%" in rerun(derive(run), run)
