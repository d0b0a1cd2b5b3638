"""The guide's rows for counted values: errors, lines, packages."""

from typing import Any

from levelbench.analysis.derive import derive
from levelbench.model.folder import Run
from levelbench.report import counts
from tests.unit.factories import make_run
from tests.unit.factories.code import code, coded_run, with_services


def rows(run: Run) -> dict[str, str]:
    return {row[0].text: row[1].text for row in counts.rows(derive(run))}


def flask(run: Run, **changes: Any) -> Run:
    """The run with other windows of flask's trials."""
    trials = tuple(
        t.model_copy(update={"window": t.window.model_copy(update=changes)})
        if t.service == "flask" and t.window
        else t
        for t in run.trials
    )
    return run.model_copy(update={"trials": trials})


def test_who_failed_requests_is_named_with_how_many() -> None:
    run = flask(make_run(), errors=4, requests=2_000)
    assert rows(run)["no errors"] == (
        "Flask failed 0.20% of its requests at full speed (closed); Django, FastAPI and Starlette "
        "failed none."
    )


def test_the_reference_is_not_among_them() -> None:
    assert "Bare ASGI" not in rows(make_run(reference=True))["no errors"]


def test_a_run_without_trials_has_nothing_to_count() -> None:
    assert rows(make_run().model_copy(update={"trials": ()})) == {}


def test_who_has_the_least_code_stands_before_the_next_and_the_last() -> None:
    run = with_services(
        make_run(),
        django={"code": code(30, total={"lines": 1_400, "complexity": 90})},
        fastapi={"code": code(30, total={"lines": 700, "complexity": 90})},
        flask={"code": code(30, total={"lines": 900, "complexity": 90})},
    )
    assert rows(run)["least code of your own"] == (
        "FastAPI: 700 lines. Next: Flask with 900. Last: Django with 1,400."
    )


def test_equal_counts_share_the_first_place() -> None:
    assert rows(coded_run())["fewest dependencies"] == "Django, FastAPI and Flask: 31 packages."


def test_code_that_was_not_counted_has_no_row() -> None:
    assert list(rows(make_run())) == ["no errors"]
