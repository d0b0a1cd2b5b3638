import re

from levelbench.analysis.derive import derive
from levelbench.report.tables import pairs
from levelbench.report.tables.table import Table
from tests.unit.factories import make_run
from tests.unit.report.reading import row


def compared(**changes: object) -> Table:
    return pairs.comparisons(derive(make_run(**changes)), "closed", "throughput_rps")


def test_the_larger_one_stands_first_and_the_largest_difference_too() -> None:
    table = compared()
    assert [cells[0].text for cells in table.rows] == [
        "Starlette v Django",
        "FastAPI v Django",
        "Starlette v Flask",
        "FastAPI v Flask",
        "Flask v Django",
        "Starlette v FastAPI",
    ]


def test_differences_are_in_percent_and_lead_to_the_ratio() -> None:
    table = compared()
    difference, extent = row(table, "Starlette v Flask")["Difference"]
    assert difference == "+55%"
    assert extent is not None
    assert re.fullmatch(r"5\d(\.\d)? to 5\d(\.\d)?%", extent)
    readings = {cells[0].text: cells[1].reading for cells in table.rows}
    assert readings["FastAPI v Flask"] == "change"
    assert readings["Starlette v Flask"] == "inverse change"
    assert all(cells[1].figure for cells in table.rows)


def test_the_verdict_names_the_better_one() -> None:
    assert row(compared(), "Starlette v Flask")["Verdict"][0] == "Starlette is better"
    results = derive(make_run())
    table = pairs.exploratory(results, "closed", "throughput_rps")
    memory = next(
        cells for cells in table.rows
        if cells[0].text == "Django v Starlette" and cells[1].text == "Peak memory"
    )  # fmt: skip
    assert memory[3].text == "Starlette is better"


def test_what_is_better_for_certain_and_may_be_a_tie_is_called_that() -> None:
    table = compared(throughput={"a": 400.0, "b": 408.0}, control=None)
    assert row(table, "b v a")["Verdict"][0].startswith("B is ")
