from collections.abc import Callable

from levelbench.analysis.derive import derive
from levelbench.model.finding import Finding
from levelbench.model.folder import Run
from levelbench.model.trial import CoreUse, TrialRecord
from levelbench.report.tables.grid import measurements
from levelbench.report.tables.table import Cell, Table
from tests.unit.factories import alone, failed_trial, make_run, under
from tests.unit.factories.loads import capacity_run

NOISE = Finding(code="noisy-neighbour", severity="error", cause="c", remedy="r")


def grid(run: Run, workload: str = "closed") -> Table:
    return measurements(derive(run), run, workload)


def cells(table: Table, name: str) -> tuple[Cell, ...]:
    return next(row[1:] for row in table.rows if row[0].text == name)


def changed(run: Run, change: Callable[[TrialRecord], dict[str, object]]) -> Run:
    trials = tuple(TrialRecord(**{**dict(t), **change(t)}) for t in run.trials)
    return Run(record=run.record, trials=trials)


def test_every_planned_measurement_has_a_cell() -> None:
    run = make_run(reference=True)
    table = grid(run)
    assert [column.label for column in table.columns] == ["Contestant", *"12345"]
    anchors = [cell.anchor for row in table.rows for cell in row if cell.anchor]
    assert sorted(anchors) == sorted(f"m{planned.number}" for planned in run.record.plan)
    assert [row[0].text for row in table.rows] == [
        "Starlette", "FastAPI", "Flask", "Django", "Bare ASGI", "Measured twice",
        "The whole round", "Other programs, of a core",
    ]  # fmt: skip


def test_a_measurement_is_compared_with_its_contestant_and_its_round() -> None:
    """Round 2 is 20% slower for all, and Flask 5% faster in it than usual."""
    rates = {"django": 180.0, "flask": 260.0, "starlette": 400.0}

    def change(trial: TrialRecord) -> dict[str, object]:
        assert trial.window is not None
        slow = 0.8 if trial.block == 2 else 1.0
        own = 1.05 if (trial.block, trial.service) == (2, "flask") else 1.0
        rate = rates[trial.service] * slow * own
        return {"window": trial.window.model_copy(update={"throughput_rps": rate})}

    table = grid(changed(make_run(throughput=rates, control=None), change))
    assert cells(table, "Flask")[1].text == "+2.6%", "the round's mean has a third of its 5%"
    assert cells(table, "Django")[1].text == "-1.3%"
    assert cells(table, "The whole round")[1].text == "-15%"
    dots = [cell.dot for cell in cells(table, "Flask")]
    assert all(dot is not None and dot.kind == "filled" for dot in dots)
    assert dots[1] is not None
    assert 0.5 < dots[1].place < 0.7


def test_a_discarded_measurement_stands_with_its_reason_beside_the_attempt_that_counts() -> None:
    run = make_run(control=None)
    second = [t for t in run.trials if t.block == 2]
    first = [
        TrialRecord(**{**dict(t), "status": "invalid", "findings": (NOISE,)})
        if t.service == "flask"
        else t
        for t in second
    ]
    again = [TrialRecord(**{**dict(t), "attempt": 2}) for t in second]
    others = [t for t in run.trials if t.block != 2]
    run = Run(record=run.record, trials=(*others, *first, *again))
    table = grid(run)
    assert [column.label for column in table.columns[1:4]] == ["1", "2", "2 again"]
    flask, django = cells(table, "Flask"), cells(table, "Django")
    assert flask[1].text.startswith("✕ ")
    assert flask[1].dot is not None
    assert flask[1].dot.kind == "discarded"
    assert [link.target for link in flask[1].links] == ["#finding-noisy-neighbour"]
    assert flask[1].links[0].text == "other programs"
    assert django[1].detail == "another attempt of the round counts"
    number = next(t.number for t in second if t.service == "flask")
    assert (flask[1].anchor, flask[2].anchor) == (f"m{number}", f"m{number}-2")
    assert flask[2].dot is not None
    assert flask[2].dot.kind == "filled"


def test_a_failed_measurement_is_the_contestants_own() -> None:
    run = make_run(control=None)
    trials = [
        failed_trial(t.number, t.block, t.label) if (t.block, t.service) == (3, "flask") else t
        for t in run.trials
    ]
    cell = cells(grid(Run(record=run.record, trials=tuple(trials))), "Flask")[2]
    assert cell.dot is not None
    assert (cell.dot.kind, cell.tone) == ("failed", "bad")
    assert [link.text for link in cell.links] == ["out-of-memory"]


def test_what_was_not_run_says_so() -> None:
    run = make_run(measured_blocks=3)
    table = grid(run)
    anchors = {cell.anchor for row in table.rows for cell in row if cell.anchor}
    assert anchors == {f"m{planned.number}" for planned in run.record.plan}
    assert {cell.text for cell in cells(table, "Flask")[3:]} == {"not run"}


def test_other_programs_are_shown_by_their_largest_share_of_a_core() -> None:
    def change(trial: TrialRecord) -> dict[str, object]:
        share = 0.31 if (trial.block, trial.service) == (2, "flask") else 0.004
        return {"cores": {"0": CoreUse(foreign_share=share), "1": CoreUse(foreign_share=0.001)}}

    shown = cells(grid(changed(make_run(), change)), "Other programs, of a core")
    assert [cell.text for cell in shown] == ["0%", "31%", "0%", "0%", "0%"]
    unknown = cells(grid(make_run()), "Other programs, of a core")
    assert {cell.text for cell in unknown} == {"—"}


def test_every_kind_of_load_has_a_grid() -> None:
    rated = under(make_run(), "open-80", rate_rps=90)
    for run, workload in ((alone.make_run(), "endpoints"), (capacity_run(), "capacity"),
                          (rated, "open-80")):  # fmt: skip
        table = grid(run, workload)
        dots = [cell.dot for row in table.rows for cell in row if cell.anchor]
        assert dots
        assert all(dots)


def test_one_contestant_has_no_round_to_be_compared_with() -> None:
    table = grid(make_run(throughput={"flask": 250.0}, control=None))
    assert {cell.text for cell in cells(table, "The whole round")} == {"—"}
    assert len({cell.text for cell in cells(table, "Flask")}) > 1
