"""Tables of code size, dependencies and included features."""

from typing import Literal

from levelbench.analysis.text import UNDEFINED, number
from levelbench.model.code import Size
from levelbench.model.folder import Run
from levelbench.model.included import WHATS, What
from levelbench.model.results import IncludedSummary, Results, ServiceSummary
from levelbench.model.vocabulary import ENDPOINTS
from levelbench.report.tables.contestants import ROLE_NOTES
from levelbench.report.tables.table import Cell, Column, Table, pointer

MEANINGS: dict[What, str] = {
    "validation": "Validation of input",
    "api-docs": "API documentation",
    "admin": "Admin pages",
    "migrations": "Migrations",
    "authentication": "Authentication",
    "background-tasks": "Background tasks in process",
}


def endpoints(results: Results) -> Table:
    """Lines and complexity of each endpoint, a row per contestant."""
    return Table(
        "Lines of application code and cyclomatic complexity",
        (
            Column("Contestant", numeric=False),
            *(Column(endpoint) for endpoint in ENDPOINTS),
            Column("Shared"),
            Column("All of app/"),
        ),
        tuple(
            (
                _header(service),
                *(_size(service.code.endpoints.get(endpoint)) for endpoint in ENDPOINTS),
                _size(service.code.shared),
                _size(service.code.total),
            )
            for name, service in results.services.items()
            if service.code
        ),
        (
            "Lines exclude blank lines, comments and docstrings. Complexity is cyclomatic: "
            "decisions + 1, including boolean operators, as counted by lizard.",
            "Code that two endpoints use counts for both. Shared: everything else in app/. "
            "Generated migrations and files that are not Python are not counted.",
        ),
    )


def weight(results: Results) -> Table:
    """Dependencies, image size and idle memory, a row per contestant."""
    return Table(
        "Dependencies, image and idle memory",
        (
            Column("Contestant", numeric=False),
            Column("Direct dependencies"),
            Column("All dependencies"),
            Column("Image, MiB"),
            Column("Idle memory, MiB"),
        ),
        tuple(
            (
                _header(service),
                *(_dependencies(service, name, which) for which in ("direct", "all")),
                _figure(service.image_mib, pointer("services", name, "image_mib")),
                _figure(service.memory_idle_mib, pointer("services", name, "memory_idle_mib")),
            )
            for name, service in results.services.items()
        ),
        (
            "Direct: packages named in requirements.in. All: packages that requirements.lock "
            "installs. The image size includes all layers, also Python's.",
        ),
    )


def included(results: Results, run: Run) -> Table:
    """Included features, a row per contestant; references have no framework and no row."""
    return Table(
        "What is included",
        (Column("Contestant", numeric=False),
         *(Column(MEANINGS[what], numeric=False) for what in WHATS)),
        tuple(
            (
                _header(service),
                *(_included(what, name, service.included, run) for what in WHATS),
            )
            for name, service in results.services.items()
            if service.included is not None and service.role != "reference"
        ),
        (
            "“built in”: the framework's own package includes it. “by ...”: another package of the "
            "contestant provides it. A dash: neither. A program in the running contestant proves "
            "each entry; the parity ledger has the outcome, and an entry without proof says so. "
            "All contestants validate input and sign users in as the contract requires, with code "
            "of their own where no package provides it.",
        ),
    )  # fmt: skip


def counted(run: Run) -> Table:
    """The parts that were counted for each endpoint."""
    return Table(
        "What was counted",
        (Column("Contestant", numeric=False), Column("Endpoint", numeric=False),
         Column("Parts, handler first", numeric=False)),
        tuple(
            (Cell(service.display_name), Cell(endpoint), Cell("; ".join(found.parts)))
            for service in run.record.services.values()
            if service.code
            for endpoint, found in service.code.endpoints.items()
        ),
        folded=True,
    )  # fmt: skip


def _header(service: ServiceSummary) -> Cell:
    return Cell(service.display_name, ROLE_NOTES.get(service.role))


def _size(size: Size | None) -> Cell:
    if size is None:
        return Cell(UNDEFINED, tone="muted")
    return Cell(number(size.lines, 0), f"complexity {number(size.complexity, 0)}")


def _dependencies(service: ServiceSummary, name: str, which: Literal["direct", "all"]) -> Cell:
    if service.code is None:
        return Cell(UNDEFINED, tone="muted")
    code = service.code
    count = code.dependencies_direct if which == "direct" else code.dependencies_all
    figure = pointer("services", name, "code", f"dependencies_{which}")
    return Cell(number(count, 0), figure=figure)


def _figure(value: float | None, figure: str) -> Cell:
    return Cell(number(value), tone="" if value is not None else "muted", figure=figure)


def _included(
    what: What, name: str, included: dict[What, IncludedSummary] | None, run: Run
) -> Cell:
    entry = (included or {}).get(what)
    if entry is None:
        return Cell(UNDEFINED, tone="muted")
    how = next(one.how for one in run.record.services[name].included or () if one.what == what)
    text = "built in" if entry.itself else f"by {entry.by}"
    if entry.shown:
        return Cell(text, how, "good")
    why = "declared, proof failed" if entry.shown is False else "declared, proof not run"
    return Cell(f"{text} ({why})", how, "bad" if entry.shown is False else "muted")
