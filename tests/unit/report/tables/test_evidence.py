from levelbench.analysis.checks import table as checks
from levelbench.analysis.derive import derive
from levelbench.model.finding import Finding
from levelbench.model.folder import Run
from levelbench.model.trial import TrialRecord
from levelbench.report.tables import evidence
from levelbench.report.tables.table import Link
from tests.unit.factories import make_run
from tests.unit.report.reading import row


def noise(share: int, which: str = "CPU 0") -> Finding:
    return Finding(
        code=checks.NOISY_NEIGHBOUR.code,
        severity="error",
        cause=f"other programs used {share}% of {which}",
        remedy="Stop them.",
    )


def disturbed(run: Run, findings: dict[int, tuple[Finding, ...]]) -> Run:
    trials = tuple(
        TrialRecord(**{**dict(t), "status": "invalid", "findings": findings[t.number]})
        if t.number in findings
        else t
        for t in run.trials
    )
    return Run(record=run.record, trials=trials)


def test_findings_of_one_check_are_one_row_with_the_worst_value_and_its_places() -> None:
    run = disturbed(
        make_run(), {1: (noise(9),), 2: (noise(70), noise(40, "the core, CPU 1")), 7: (noise(58),)}
    )
    table = evidence.findings(derive(run), run)
    found = row(table, "noisy-neighbour")
    assert found["Check"] == ("noisy-neighbour", "discarded")
    assert found["Measurements"] == ("3", None)
    assert found["Cause, with the worst value"][0] == (
        "other programs used 70% of CPU 0; other programs used 40% of the core, CPU 1"
    )
    (cells,) = (cells for cells in table.rows if cells[0].text == "noisy-neighbour")
    assert cells[0].anchor == "finding-noisy-neighbour"
    assert [link.target for link in cells[-1].links] == ["#m1", "#m2", "#m7"]
    assert table.folded


def test_users_that_were_least_busy_are_the_worst() -> None:
    def idle(share: str) -> Finding:
        cause = f"the server kept {share} of the 100 VUs busy"
        return Finding(code="vus-idle", severity="error", cause=cause, remedy=".")

    run = disturbed(make_run(), {1: (idle("93.1%"),), 2: (idle("96.0%"),)})
    found = row(evidence.findings(derive(run), run), "vus-idle")
    assert found["Cause, with the worst value"][0].startswith("the server kept 93.1%")


def test_rates_are_no_values() -> None:
    """p99 of the lag at 90/s is not compared with that at 144/s."""
    lag = [
        Finding(code="generator-lag", severity="warning", cause=cause, remedy=".", trials=(1,))
        for cause in ("at 90/s, p99 was 12.0 ms", "at 144/s, p99 was 7.5 ms")
    ]
    group = evidence.Group("generator-lag", tuple(lag))
    assert [finding.cause for finding in group.worst] == [finding.cause for finding in lag]


def test_findings_on_the_run_are_each_a_row() -> None:
    both = tuple(
        Finding(code="contestant-left-out", severity="error", cause=cause, remedy=".")
        for cause in ("django was not measured", "flask was not measured")
    )
    run = make_run(findings=both)
    rows = evidence.findings(derive(run), run).rows
    assert [cells[2].text for cells in rows] == [finding.cause for finding in both]
    assert [cells[1].text for cells in rows] == ["the run", "the run"]
    anchors = [cells[0].anchor for cells in rows if cells[0].anchor]
    assert anchors == ["finding-contestant-left-out"]


def test_the_twin_of_a_contestant_is_named() -> None:
    run = make_run()
    twin = next(t for t in run.trials if t.is_control)
    run = disturbed(run, {twin.number: (noise(50),)})
    (cells,) = (
        cells
        for cells in evidence.findings(derive(run), run).rows
        if cells[0].text == "noisy-neighbour"
    )
    assert cells[-1].links == (Link(f"{twin.block} FastAPI (second time)", f"#m{twin.number}"),)


def test_the_order_of_turns_is_that_of_each_slice() -> None:
    """On 5a844a9 the table listed seats, the order in which the containers were started."""
    run = make_run(control=None)
    turns = {"django": (2, 1), "fastapi": (1, 2), "flask": (4, 3), "starlette": (3, 4)}
    trials = tuple(TrialRecord(**{**dict(t), "turns": turns[t.label]}) for t in run.trials)
    shown = evidence.order(Run(record=run.record, trials=trials)).rows
    assert shown[0][1].text == (
        "FastAPI, Django, Starlette, Flask | Django, FastAPI, Flask, Starlette"
    )
