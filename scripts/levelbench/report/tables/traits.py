"""The table of traits: the stack of each contestant, and which values are proven."""

from collections.abc import Iterator

from levelbench.analysis.text import UNDEFINED
from levelbench.model.folder import Run
from levelbench.model.ledger import DECLARED
from levelbench.model.results import Results
from levelbench.model.traits import TABLE, Trait
from levelbench.report.tables.table import Cell, Column, Table
from levelbench.report.words import join

NOTE = (
    "Declared in service.toml, and read from the running container where it shows them; "
    "`declared` marks what it does not show."
)


def stacks(results: Results, run: Run) -> Table:
    """A row per trait, a column per service that has recorded its traits."""
    names = [name for name, service in results.services.items() if service.traits]
    unproven = {
        (entry.service, entry.rule) for entry in run.record.parity if entry.observed == DECLARED
    }
    return Table(
        "Stacks",
        (
            Column("Trait", numeric=False),
            *(Column(results.services[name].display_name, numeric=False) for name in names),
        ),
        tuple(
            (
                Cell(row.label),
                *(_cell(results, name, row.name, (name, f"traits: {row.name}") in unproven)
                  for name in names),
            )
            for row in TABLE
            if any(row.name in results.services[name].traits for name in names)
        ),
        (NOTE,),
    )  # fmt: skip


def _cell(results: Results, name: str, trait: Trait, is_unproven: bool) -> Cell:
    value = results.services[name].traits.get(trait, UNDEFINED)
    return Cell(str(value), "declared" if is_unproven else None)


def shared_layers(results: Results) -> Iterator[str]:
    """`FastAPI and Starlette share a data layer.`"""
    by_layer: dict[str, list[str]] = {}
    for service in results.services.values():
        if service.role == "contestant" and (layer := service.traits.get("data_layer")):
            by_layer.setdefault(str(layer), []).append(service.display_name)
    for layer, names in by_layer.items():
        if len(names) > 1:
            yield f"{join(names)} share a data layer ({layer})."
