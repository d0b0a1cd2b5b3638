from levelbench.analysis.derive import derive
from levelbench.model.folder import Run
from levelbench.model.ledger import ParityEntry
from levelbench.report.tables.production import needs
from levelbench.report.tables.table import Table
from tests.unit.factories import make_run
from tests.unit.factories.code import brought, coded_run, production, with_services
from tests.unit.report.reading import row

COUNTED = ParityEntry(
    rule="traits: processes in the container",
    service="flask",
    expected="counted",
    observed="1+3",
    holds=True,
)


def table(run: Run) -> Table:
    return needs(derive(run), run)


def test_server_processes_worker_and_broker_are_named() -> None:
    django = row(table(coded_run()), "django")
    assert django["Server"] == ("gunicorn (gthread)", "gunicorn 25.0.1")
    assert django["Server processes"] == ("3 processes, 4 threads each", None)
    assert django["Worker"] == ("celery 5.7.0", "celery worker")
    assert django["Broker"] == ("redis 8.0.2", None)
    assert row(table(coded_run()), "flask")["Server processes"][0] == "1 process, an event loop"


def test_processes_are_those_that_were_counted() -> None:
    run = with_services(make_run(), COUNTED, flask={"production": production()})
    assert row(table(run), "flask")["Server processes"][1] == "counted: 1+3"


def test_a_migration_tool_is_named_with_its_command() -> None:
    run = with_services(
        make_run(),
        flask={"production": production(), "included": (brought("migrations", "alembic"),)},
        django={"production": production(commands={"migrate": "python3 -m app.migrate"})},
    )
    assert row(table(run), "flask")["Migration tool"] == ("alembic", "alembic upgrade head")
    assert row(table(run), "django")["Migration tool"] == ("none", "python3 -m app.migrate")
    assert row(table(run), "django")["Worker"] == ("—", None)


def test_an_old_run_has_no_table() -> None:
    assert table(make_run()).rows == ()
