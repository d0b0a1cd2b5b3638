"""Constructed records of code, of what comes for free and of production."""

from typing import Any

from levelbench.model.code import Code, EndpointCode, Size, SourceExcerpt
from levelbench.model.folder import Run
from levelbench.model.included import IncludedRecord, What
from levelbench.model.ledger import ParityEntry
from levelbench.model.production import Production
from levelbench.model.run import RunRecord
from levelbench.model.vocabulary import ENDPOINTS
from tests.unit.factories import make_run

SOURCE = 'def list_orders(request):\n    """The page."""\n    return "</pre>" if request else []\n'


def code(lines: int, **changes: Any) -> Code:
    """`lines` for register, one more for each endpoint after it."""
    fields: dict[str, Any] = {
        "endpoints": {
            endpoint: EndpointCode(
                lines=lines + n, complexity=n + 1, parts=(f"app.{endpoint}", "app.helper")
            )
            for n, endpoint in enumerate(ENDPOINTS)
        },
        "shared": Size(lines=100, complexity=20),
        "total": Size(lines=1_200, complexity=30),
        "dependencies_direct": 6,
        "dependencies_all": 31,
        "source": (SourceExcerpt(path="app/orders.py", line=7, text=SOURCE),),
    }
    return Code(**(fields | changes))


def brought(what: What, by: str) -> IncludedRecord:
    return IncludedRecord(what=what, by=by, how=f"{by}.{what}", source="https://example.org/")


def production(**changes: Any) -> Production:
    fields: dict[str, Any] = {
        "server": "uvicorn",
        "processes": 1,
        "threads": 0,
        "commands": {
            "serve": "uvicorn app.main:app",
            "worker": "celery --app app.worker worker",
            "migrate": "alembic upgrade head",
        },
        "versions": {"serve": "0.40.0", "worker": "5.7.0"},
        "own_containers": ("migrate", "service", "worker"),
        "servers": ("postgres", "redis"),
    }
    return Production(**(fields | changes))


def shown(service: str, what: What, observed: str = "shown") -> ParityEntry:
    return ParityEntry(
        rule=f"included: {what}",
        service=service,
        expected="shown",
        observed=observed,
        holds=observed == "shown",
    )


def with_services(run: Run, *parity: ParityEntry, **changes: dict[str, Any]) -> Run:
    """The run with other fields for some services, and these lines of the parity ledger."""
    services = dict(run.record.services)
    for name, fields in changes.items():
        services[name] = services[name].model_copy(update=fields)
    record = run.record.model_dump() | {"services": services, "parity": parity}
    return run.model_copy(update={"record": RunRecord(**record)})


def coded_run(**changes: Any) -> Run:
    """A run whose contestants' code was counted."""
    return with_services(
        make_run(**changes),
        shown("django", "admin"),
        shown("flask", "validation"),
        shown("fastapi", "background-tasks"),
        django={
            "code": code(30),
            "included": (brought("admin", "django"),),
            "production": production(
                server="gunicorn (gthread)",
                processes=3,
                threads=4,
                commands={"serve": "gunicorn", "worker": "celery worker",
                          "migrate": "python3 manage.py migrate"},
                versions={"serve": "25.0.1", "worker": "5.7.0"},
            ),
        },
        flask={
            "code": code(20, source=()),
            "included": (brought("validation", "pydantic"), brought("migrations", "alembic")),
            "production": production(),
        },
        fastapi={
            "code": code(25),
            "included": (brought("background-tasks", "fastapi"),),
            "production": production(),
        },
        starlette={"included": (), "production": production()},
    )  # fmt: skip
