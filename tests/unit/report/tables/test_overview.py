import pytest

from levelbench.analysis.derive import derive
from levelbench.analysis.text import UNDEFINED
from levelbench.model.folder import Run
from levelbench.model.ledger import ParityEntry
from levelbench.report.tables.overview import brackets, overview
from levelbench.report.tables.production import COUNTED
from levelbench.report.tables.table import Table
from tests.unit.factories import make_run
from tests.unit.factories.code import coded_run
from tests.unit.factories.standard import standard_run
from tests.unit.report.reading import row


def shown(run: Run, workload: str = "closed") -> Table:
    return overview(derive(run), run, workload)


def labels(table: Table) -> list[str]:
    return [column.label for column in table.columns]


def joined(throughput: dict[str, float], *, publishable: bool = True) -> dict[str, str]:
    results = derive(make_run(throughput=throughput, control=None))
    assert results.publishable
    order = sorted(throughput, key=lambda name: -throughput[name])
    found = results.model_copy(update={"publishable": publishable})
    return brackets(found, "closed", order)


def test_there_are_six_columns() -> None:
    assert labels(shown(coded_run(reference=True))) == [
        "Framework",
        "Requests/s",
        "CPU per request, ms",
        "Peak memory, MiB",
        "Cold start, ms",
        "Code, lines",
    ]


def test_a_column_without_a_value_is_left_out() -> None:
    assert labels(shown(make_run()))[-1] == "Cold start, ms"


def test_the_first_column_is_what_decides_under_the_load() -> None:
    assert labels(shown(standard_run(blocks=3, others=3), "open-50"))[1] == "p95 latency, ms"


def test_contestants_stand_by_value_and_the_baseline_follows() -> None:
    table = shown(make_run(reference=True))
    names = [cells[0].text for cells in table.rows]
    assert names == ["Starlette", "FastAPI", "Flask", "Django", "Bare ASGI"]
    assert row(table, "Bare ASGI")["Framework"][1] == "baseline, not ranked"


def test_every_figure_says_where_it_stands_in_the_results() -> None:
    table = shown(coded_run())
    assert all(cell.figure for cells in table.rows for cell in cells[1:] if cell.text != UNDEFINED)


@pytest.mark.parametrize(
    ("rule", "seen"),
    [
        (COUNTED[0], {"flask": "1+3", "fastapi": "1"}),
        (COUNTED[1], {"flask": "1 arbiter and 3 workers", "fastapi": "1 process"}),
    ],
)
def test_processes_stand_alongside_memory(rule: str, seen: dict[str, str]) -> None:
    run = make_run()
    parity = tuple(
        ParityEntry(service=name, rule=rule, expected=text, observed=text, holds=True)
        for name, text in seen.items()
    )
    table = shown(Run(record=run.record.model_copy(update={"parity": parity}), trials=run.trials))
    place = labels(table).index("Peak memory, MiB")
    notes = {cells[0].text: cells[place].note for cells in table.rows}
    assert notes == {
        "Flask": "1+3 processes", "FastAPI": "1 process", "Django": None, "Starlette": None,
    }  # fmt: skip


def test_a_contestant_that_never_came_to_the_load_is_in_it() -> None:
    table = shown(make_run(failed="flask"))
    assert table.rows[-1][0].text == "Flask"
    assert row(table, "Flask")["Requests/s"] == ("—", None)


def test_a_bracket_joins_those_that_tie() -> None:
    throughput = {"a": 404.0, "b": 400.0, "c": 300.0, "d": 200.0}
    assert joined(throughput) == {"a": "┐", "b": "┘", "c": " ", "d": " "}


def test_brackets_overlap_where_ties_do() -> None:
    throughput = {"a": 412.0, "b": 404.0, "c": 396.0}
    assert joined(throughput) == {"a": "┐ ", "b": "┘┐", "c": " ┘"}


def test_a_run_that_decides_nothing_ties_all() -> None:
    throughput = {"a": 404.0, "b": 400.0, "c": 300.0}
    assert joined(throughput, publishable=False) == {"a": "┐", "b": "│", "c": "┘"}


def test_ranks_are_spoken() -> None:
    table = shown(make_run())
    assert [cells[0].spoken for cells in table.rows] == [
        "tied, rank 1 to 2", "tied, rank 1 to 2", "rank 3", "rank 4",
    ]  # fmt: skip
    undecided = shown(make_run(publishable=False))
    assert {cells[0].spoken for cells in undecided.rows} == {"tied"}
