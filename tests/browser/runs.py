"""Constructed runs of every kind that a report must be honest about."""

from collections.abc import Callable
from pathlib import Path

from levelbench import report
from levelbench.contestants import production
from levelbench.contestants.code.measure import measure
from levelbench.contestants.discovery import discover
from levelbench.model.config import COMPOSE_FILE
from levelbench.model.files import write_atomic
from levelbench.model.finding import Finding
from levelbench.model.folder import Run
from levelbench.model.ledger import ParityEntry
from tests.unit.factories import make_run, service, write_run
from tests.unit.factories.code import shown, with_services
from tests.unit.factories.standard import standard_run

HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(2)> {{ 7*7 }} & \u202e"
LONG = "a_version_without_any_place_to_break_" * 6


def standard() -> Run:
    """With the contestants' own code, as a run records it."""
    known = {service.name: service for service in discover().values()}
    run = standard_run(
        findings=(
            Finding(
                code="cores-shared",
                severity="warning",
                cause="database and load generator share a core",
                remedy="Use a machine of 4 cores or more.",
            ),
        ),
    )
    return with_services(
        run,
        *(
            ParityEntry(service=name, rule=rule, expected="equal", observed="equal", holds=True)
            for rule in ("password hash", "connections", "statements of list", "schema")
            for name in run.record.services
        ),
        *(
            shown(name, entry.what)
            for name in run.record.services
            for entry in known[name].spec.included
        ),
        **{
            name: {
                "code": measure(known[name].folder),
                "included": tuple(entry.recorded() for entry in known[name].spec.included),
                "production": production.of(known[name], COMPOSE_FILE),
            }
            for name in run.record.services
        },
    )


def partial() -> Run:
    return make_run(measured_blocks=2, reference=True)


def invalid() -> Run:
    cause = "an engine's error ended the run before its last trial"
    broken = Finding(code="run-ended", severity="error", cause=cause, remedy="Read the log.")
    return make_run(findings=(broken,), failed="flask")


def one() -> Run:
    return make_run(throughput={"flask": 250.0}, control=None)


def smoke() -> Run:
    return make_run(blocks=1, control=None, profile="smoke", publishable=False)


def nothing() -> Run:
    return make_run(status="partial").model_copy(update={"trials": ()})


def hostile() -> Run:
    names = ("django", "fastapi", "flask")
    return make_run(
        findings=(Finding(code=HOSTILE, severity="warning", cause=HOSTILE, remedy=LONG),),
        services={
            **{name: service(name) for name in names},
            "starlette": service(
                "starlette",
                display_name=HOSTILE,
                interface=HOSTILE,
                packages={HOSTILE: HOSTILE, LONG: LONG},
                failure=HOSTILE,
            ),
        },
    )


KINDS: dict[str, Callable[[], Run]] = {
    "standard": standard,
    "partial": partial,
    "invalid": invalid,
    "one": one,
    "smoke": smoke,
    "nothing": nothing,
    "hostile": hostile,
}


def build(kind: str, folder: Path) -> Path:
    """The folder of a run of that kind, with its report."""
    run = KINDS[kind]()
    write_run(folder, run)
    for trial in run.trials if kind == "hostile" else ():
        write_atomic(folder / "trials" / trial.folder_name / "service.log", HOSTILE)
    report.build(folder)
    return folder
