"""What the code of each contestant costs, and what comes for free."""

from levelbench.analysis.text import UNDEFINED, number
from levelbench.model.code import Size
from levelbench.model.folder import Run
from levelbench.model.included import WHATS, What
from levelbench.model.metrics import COLD_START
from levelbench.model.results import IncludedSummary, Results, ServiceSummary
from levelbench.model.vocabulary import ENDPOINTS
from levelbench.report.tables.cells import estimate_cell
from levelbench.report.tables.contestants import ROLE_NOTES
from levelbench.report.tables.table import Cell, Column, Table

MEANINGS: dict[What, str] = {
    "validation": "Validation of input",
    "api-docs": "API documentation",
    "admin": "Admin pages",
    "migrations": "Migrations",
    "authentication": "Authentication",
    "background-tasks": "Background tasks in process",
}


def endpoints(results: Results) -> Table:
    """Lines and complexity of each endpoint; a row a contestant."""
    return Table(
        "Lines of application code, and cyclomatic complexity",
        (
            Column("Contestant", numeric=False),
            *(Column(endpoint) for endpoint in ENDPOINTS),
            Column("Shared"),
            Column("All of app/"),
        ),
        tuple(
            (
                _header(name, service),
                *(_size(service.code.endpoints.get(endpoint)) for endpoint in ENDPOINTS),
                _size(service.code.shared),
                _size(service.code.total),
            )
            for name, service in results.services.items()
            if service.code
        ),
        (
            "Lines that are neither blank, comment nor docstring; beneath them the cyclomatic "
            "complexity: decisions + 1, boolean operators included, as lizard counts.",
            "A part that two endpoints use is in the figures of both. Shared: all else in app/. "
            "Migrations, which a tool writes, and files that are not Python are not counted.",
        ),
    )


def weight(results: Results) -> Table:
    """Dependencies, image, start and idle memory; a row a contestant."""
    return Table(
        "Dependencies and weight",
        (
            Column("Contestant", numeric=False),
            Column("Direct dependencies"),
            Column("All dependencies"),
            Column("Image, MiB"),
            Column("Cold start, ms"),
            Column("Idle memory, MiB"),
        ),
        tuple(
            (
                _header(name, service),
                _count(service.code.dependencies_direct if service.code else None),
                _count(service.code.dependencies_all if service.code else None),
                _figure(service.image_mib),
                estimate_cell(service.estimate(COLD_START)),
                _figure(service.memory_idle_mib),
            )
            for name, service in results.services.items()
        ),
        (
            "Direct: packages that requirements.in names. All: those that requirements.lock "
            "installs in the image. The image has all its layers, Python's own included.",
        ),
    )


def included(results: Results, run: Run) -> Table:
    """What comes for free; a row a contestant, references apart: they have no framework."""
    return Table(
        "What comes for free",
        (Column("Contestant", numeric=False),
         *(Column(MEANINGS[what], numeric=False) for what in WHATS)),
        tuple(
            (
                _header(name, service),
                *(_included(what, name, service.included, run) for what in WHATS),
            )
            for name, service in results.services.items()
            if service.included is not None and service.role != "reference"
        ),
        (
            "“itself”: the framework's own package brings it; “by ...”: a package beside it that "
            "the contestant uses; a dash: neither. Each entry is proven by a program in the "
            "running contestant, whose outcome is in the parity ledger; one that was not shown "
            "says so. The contract's input checks and sign-in are in all contestants, written by "
            "hand where nothing brings them.",
        ),
    )  # fmt: skip


def counted(run: Run) -> Table:
    """What was counted to each endpoint, by name."""
    return Table(
        "What was counted",
        (Column("Contestant", numeric=False), Column("Endpoint", numeric=False),
         Column("Parts, the handler first", numeric=False)),
        tuple(
            (Cell(name), Cell(endpoint), Cell("; ".join(found.parts)))
            for name, service in run.record.services.items()
            if service.code
            for endpoint, found in service.code.endpoints.items()
        ),
        folded=True,
    )  # fmt: skip


def _header(name: str, service: ServiceSummary) -> Cell:
    return Cell(name, ROLE_NOTES.get(service.role))


def _size(size: Size | None) -> Cell:
    if size is None:
        return Cell(UNDEFINED, tone="muted")
    return Cell(number(size.lines, 0), f"complexity {number(size.complexity, 0)}")


def _count(value: int | None) -> Cell:
    return Cell(number(value, 0), tone="" if value is not None else "muted")


def _figure(value: float | None) -> Cell:
    return Cell(number(value), tone="" if value is not None else "muted")


def _included(
    what: What, name: str, included: dict[What, IncludedSummary] | None, run: Run
) -> Cell:
    entry = (included or {}).get(what)
    if entry is None:
        return Cell(UNDEFINED, tone="muted")
    how = next(one.how for one in run.record.services[name].included or () if one.what == what)
    text = "itself" if entry.itself else f"by {entry.by}"
    if entry.shown:
        return Cell(text, how, "good")
    why = "declared, not shown" if entry.shown is False else "declared; its proof was not run"
    return Cell(f"{text} ({why})", how, "bad" if entry.shown is False else "muted")
