from levelbench.analysis.derive import derive
from levelbench.model.folder import Run
from levelbench.model.vocabulary import ENDPOINTS
from levelbench.report.tables.noise import floors
from levelbench.report.tables.table import Cell
from tests.unit.factories import alone, make_run


def rows(run: Run) -> tuple[tuple[Cell, ...], ...]:
    return floors(derive(run)).rows


def test_a_mix_has_one_row() -> None:
    ((load, by, service, ratio),) = rows(make_run(control="fastapi"))
    assert (load.text, by.text, service.text) == (
        "full speed (closed)",
        "Throughput",
        "FastAPI",
    )
    assert ratio.text.endswith("%")
    assert ratio.detail
    assert ratio.detail.endswith("%")


def test_an_uneven_lab_is_shown_as_such() -> None:
    ((*_, ratio),) = rows(make_run(control_factor=(0.95, 0.96)))
    assert ratio.tone == "bad"


def test_each_endpoint_alone_has_a_row_behind_that_of_all() -> None:
    first, *others = rows(alone.make_run())
    assert "geometric mean" in first[1].text
    assert [row[0].text for row in others] == [
        f"isolated endpoints (endpoints), {endpoint}" for endpoint in ENDPOINTS
    ]


def test_too_few_trials_have_a_value_alone() -> None:
    ((*_, ratio),) = rows(make_run(blocks=2))
    assert ratio.detail is None


def test_nothing_against_itself_is_no_row() -> None:
    assert rows(make_run(control=None)) == ()
