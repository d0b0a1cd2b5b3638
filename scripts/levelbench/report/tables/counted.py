"""Tables of a paired count: each endpoint, its layers, and the functions that changed most."""

from levelbench.analysis.text import UNDEFINED, display_name
from levelbench.model.paired import Change, PairedInstructions, State
from levelbench.model.results import Results
from levelbench.report.plot import significant
from levelbench.report.tables.table import Cell, Column, Table, Tone, filled, pointer

MILLION = 1e6
THOUSAND = 1e3
VERDICTS: dict[State, tuple[str, Tone]] = {
    "more": ("more instructions", "bad"),
    "no more": ("no more than {added} added", "good"),
    "undecided": ("undecided", "muted"),
}
ENDPOINT_NOTE = (
    "Both sides with the same hash seeds, means over them. The change is the geometric mean over "
    "seeds of head / base; small print: with 95% confidence all intervals are right at once "
    "(Student's t, Bonferroni)."
)
FUNCTION_NOTE = (
    "Functions in C, by what they execute themselves. Python code of all packages is executed by "
    "the interpreter's functions; an address stands for a function without a name."
)


def all_of(results: Results, found: PairedInstructions) -> tuple[Table, ...]:
    """Those that have rows."""
    return filled(endpoints(results, found), layers(found), functions(found))


def endpoints(results: Results, found: PairedInstructions) -> Table:
    """A row per endpoint: base, head, the change and the verdict."""
    rows = []
    for name, change in found.endpoints.items():
        own = "paired_instructions", "endpoints", name
        bounds = change.ratio.confidence_interval
        word, tone = VERDICTS[change.state]
        rows.append(
            (
                Cell(name),
                Cell(f"{change.base / MILLION:.3f}", figure=pointer(*own, "base")),
                Cell(f"{change.head / MILLION:.3f}", figure=pointer(*own, "head")),
                Cell(
                    _share(change.ratio.value),
                    f"{_share(bounds.low)} to {_share(bounds.high)}" if bounds else None,
                    figure=pointer(*own, "ratio"),
                    reading="change",
                ),
                Cell(f"{100 * change.deviation:.2f}%"),
                Cell(word.format(added=f"{100 * found.added_max:g}%"), tone=tone),
            )
        )
    return Table(
        "Instructions per request: head and base",
        (
            Column("Endpoint", numeric=False),
            Column(f"{display_name(results, found.base)}, million", short="Base, million"),
            Column(f"{display_name(results, found.head)}, million", short="Head, million"),
            Column("Change"),
            Column("Deviation between seeds", short="Deviation"),
            Column("Verdict", numeric=False),
        ),
        tuple(rows),
        (ENDPOINT_NOTE,),
    )


def layers(found: PairedInstructions) -> Table:
    """A row per layer, a column per endpoint: thousand instructions added per request."""
    names: dict[str, float] = {}
    for own in found.endpoints.values():
        for layer, part in own.layers.items():
            names[layer] = max(names.get(layer, 0.0), abs(part.added))
    rows = tuple(
        (
            Cell(layer),
            *(
                Cell(_added(own.layers[layer]) if layer in own.layers else UNDEFINED)
                for own in found.endpoints.values()
            ),
        )
        for layer in sorted(names, key=lambda layer: -names[layer])
    )
    columns = tuple(Column(f"{endpoint}, thousand") for endpoint in found.endpoints)
    return Table(
        "Instructions added per request, by layer",
        (Column("Layer", numeric=False), *columns),
        rows,
    )


def functions(found: PairedInstructions) -> Table:
    """The functions that changed most, of each endpoint."""
    rows = tuple(
        (
            Cell(endpoint),
            Cell(change.function),
            Cell(change.object),
            Cell(change.layer),
            Cell(significant(change.base / THOUSAND)),
            Cell(_added(change)),
        )
        for endpoint, own in found.endpoints.items()
        for change in own.functions
    )
    return Table(
        "Functions that changed most",
        (
            Column("Endpoint", numeric=False),
            Column("Function", numeric=False),
            Column("Object", numeric=False),
            Column("Layer", numeric=False),
            Column("Base, thousand"),
            Column("Added, thousand"),
        ),
        rows,
        (FUNCTION_NOTE,),
        folded=True,
    )


def _share(ratio: float | None) -> str:
    """`+1.02%`."""
    return UNDEFINED if ratio is None else _signed(100 * (ratio - 1), 2) + "%"


def _added(change: Change) -> str:
    return _signed(change.added / THOUSAND, 1)


def _signed(value: float, digits: int) -> str:
    return f"{round(value, digits) + 0.0:+,.{digits}f}"  # + 0.0: no "-0.0"
