"""The table of processes and programs that each contestant runs."""

from levelbench.analysis.text import UNDEFINED
from levelbench.model.folder import Run
from levelbench.model.production import Command, Production
from levelbench.model.results import Results, ServiceSummary
from levelbench.report.tables.contestants import ROLE_NOTES
from levelbench.report.tables.table import Cell, Column, Table

COUNTED = ("traits: processes in the container", "processes: in the container")
"""Lines of the parity ledger that count processes; the second one in older runs."""


def needs(results: Results, run: Run) -> Table:
    """A row per contestant."""
    counted = {entry.service: entry.observed for entry in run.record.parity
               if entry.rule in COUNTED}  # fmt: skip
    return Table(
        "Processes and programs",
        (
            Column("Contestant", numeric=False),
            Column("Server", numeric=False),
            Column("Server processes", numeric=False),
            Column("Worker", numeric=False),
            Column("Broker", numeric=False),
            Column("Migration tool", numeric=False),
        ),
        tuple(
            (
                Cell(service.display_name, ROLE_NOTES.get(service.role)),
                Cell(needed.server, _program(needed, "serve")),
                Cell(_processes(needed), _counted(counted.get(name))),
                Cell(_program(needed, "worker") or UNDEFINED, needed.commands.get("worker")),
                Cell(_broker(needed, run)),
                _migration(service, needed),
            )
            for name, service in results.services.items()
            if (needed := run.record.services[name].production) is not None
        ),
        (
            "Sources: service.toml, the scripts in bin/, requirements.lock and the Compose file. "
            "Processes are counted in the running container. The migration finishes before the "
            "server starts.",
        ),
    )


def _program(needed: Production, command: Command) -> str | None:
    """`gunicorn 25.0.1`: the program that a script starts, with its locked version."""
    text = needed.commands.get(command)
    return " ".join(filter(None, (text.split()[0], needed.versions.get(command)))) if text else None


def _processes(needed: Production) -> str:
    each = f"{needed.threads} threads each" if needed.threads else "an event loop each"
    if needed.processes == 1:
        each = each.removesuffix(" each")
    return f"{needed.processes} process{'es' * (needed.processes > 1)}, {each}"


def _counted(observed: str | None) -> str | None:
    return f"counted: {observed}" if observed else None


def _broker(needed: Production, run: Run) -> str:
    """The servers other than PostgreSQL, the lab's only database."""
    versions = run.record.environment.versions
    brokers = [name for name in needed.servers if name != "postgres"]
    return ", ".join(" ".join(filter(None, (name, versions.get(name)))) for name in brokers)


def _migration(service: ServiceSummary, needed: Production) -> Cell:
    entry = (service.included or {}).get("migrations")
    command = needed.commands.get("migrate")
    if entry is None:
        return Cell("none", command)
    return Cell(entry.by, command)
