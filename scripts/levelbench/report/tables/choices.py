"""The table of choices: settings of the contestants that are not defaults, with their sources."""

from levelbench.model.folder import Run
from levelbench.report.tables.table import Cell, Column, Link, Table
from levelbench.report.words import join

EQUAL = "lab-equalised: "
"""A source that is a parity rule and no link."""


def choices(run: Run) -> Table:
    """A row for each choice, with the contestants that make it."""
    made: dict[tuple[str, str, str], list[str]] = {}
    for service in run.record.services.values():
        for choice in service.choices or ():
            made.setdefault((choice.what, choice.why, choice.source), []).append(
                service.display_name
            )
    return Table(
        f"Choices that are not defaults: {len(made)}",
        (
            Column("Choice", numeric=False),
            Column("Contestants", numeric=False),
            Column("Reason", numeric=False),
            Column("Source", numeric=False),
        ),
        tuple(
            (Cell(what), Cell(join(names)), Cell(why), _source(source))
            for (what, why, source), names in made.items()
        ),
        (
            "Declared in service.toml before the run. A check of the sources finds every option "
            "that is set and not declared.",
        ),
        folded=True,
    )


def _source(source: str) -> Cell:
    if source.startswith(EQUAL):
        return Cell(f"equal for all: {source.removeprefix(EQUAL)}")
    return Cell("", links=(Link(source.removeprefix("https://"), source),))
