from levelbench.analysis.derive import derive
from levelbench.model.folder import Run
from levelbench.report.tables import code
from levelbench.report.tables.table import Cell, Table
from tests.unit.factories import make_run
from tests.unit.factories.code import brought, coded_run, shown, with_services
from tests.unit.report.reading import row


def endpoints(run: Run) -> Table:
    return code.endpoints(derive(run))


def included(run: Run) -> Table:
    return code.included(derive(run), run)


def cell(table: Table, name: str, label: str) -> Cell:
    number = [column.label for column in table.columns].index(label)
    return next(cells for cells in table.rows if cells[0].text.casefold() == name)[number]


class TestEndpoints:
    def test_each_has_its_lines_and_complexity(self) -> None:
        flask = row(endpoints(coded_run()), "flask")
        assert flask["register"] == ("20", "complexity 1")
        assert flask["task"] == ("24", "complexity 5")
        assert flask["Shared"] == ("100", "complexity 20")
        assert flask["All of app/"] == ("1,200", "complexity 30")

    def test_one_whose_handler_was_not_found_has_a_dash(self) -> None:
        run = coded_run()
        found = run.record.services["flask"].code
        assert found is not None
        fewer = {name: part for name, part in found.endpoints.items() if name == "list"}
        run = with_services(run, flask={"code": found.model_copy(update={"endpoints": fewer})})
        assert row(endpoints(run), "flask")["register"] == ("—", None)
        assert row(endpoints(run), "flask")["list"] == ("22", "complexity 3")

    def test_a_contestant_whose_code_was_not_counted_has_no_row(self) -> None:
        assert [cells[0].text for cells in endpoints(coded_run()).rows] == [
            "Django",
            "FastAPI",
            "Flask",
        ]

    def test_an_old_run_has_no_table(self) -> None:
        assert endpoints(make_run()).rows == ()
        assert code.counted(make_run()).rows == ()


class TestWeight:
    def test_dependencies_stand_beside_image_and_memory(self) -> None:
        flask = row(code.weight(derive(coded_run())), "flask")
        assert (flask["Direct dependencies"][0], flask["All dependencies"][0]) == ("6", "31")
        assert flask["Image, MiB"] == ("210", None) or flask["Image, MiB"] == ("211", None)
        assert flask["Idle memory, MiB"] == ("40.0", None)

    def test_what_was_not_counted_is_a_dash(self) -> None:
        flask = row(code.weight(derive(make_run())), "flask")
        assert flask["Direct dependencies"] == flask["All dependencies"] == ("—", None)


class TestIncluded:
    def test_the_frameworks_own_is_told_from_a_package_beside_it(self) -> None:
        table = included(coded_run())
        assert cell(table, "django", "Admin pages") == Cell("built in", "django.admin", "good")
        assert cell(table, "flask", "Validation of input") == Cell(
            "by pydantic", "pydantic.validation", "good"
        )
        assert cell(table, "starlette", "Admin pages").text == "—"

    def test_what_was_not_proven_says_so(self) -> None:
        assert cell(included(coded_run()), "flask", "Migrations") == Cell(
            "by alembic (declared, proof not run)", "alembic.migrations", "muted"
        )

    def test_what_was_disproven_says_so(self) -> None:
        run = with_services(
            make_run(),
            shown("flask", "admin", "not shown: ImportError"),
            flask={"included": (brought("admin", "flask"),)},
        )
        assert cell(included(run), "flask", "Admin pages") == Cell(
            "built in (declared, proof failed)", "flask.admin", "bad"
        )

    def test_a_reference_has_no_framework_and_no_row(self) -> None:
        run = with_services(
            make_run(reference=True), floor={"included": ()}, flask={"included": ()}
        )
        assert [cells[0].text for cells in included(run).rows] == ["Flask"]

    def test_an_old_run_has_no_table(self) -> None:
        assert included(make_run()).rows == ()


def test_what_was_counted_is_named() -> None:
    rows = [tuple(cell.text for cell in cells) for cells in code.counted(coded_run()).rows]
    assert ("Flask", "list", "app.list; app.helper") in rows
    assert len(rows) == 15
