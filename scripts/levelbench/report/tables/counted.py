"""Tables of a paired count: each endpoint, its layers, and the functions that changed most."""

from levelbench.analysis.text import UNDEFINED, display_name
from levelbench.model.estimate import Estimate
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
STEADY_NOTE = (
    "without the functions whose instructions depend on where a start places its objects in memory "
    "({share} of the base's): {functions}. The rest decides, since the whole deviates too much "
    "between seeds."
)
FUNCTION_NOTE = (
    "Functions in C, by what they execute themselves. Python code of all packages is executed by "
    "the interpreter's functions; an address stands for a function without a name."
)


def all_of(results: Results, found: PairedInstructions) -> tuple[Table, ...]:
    """Those that have rows."""
    return filled(endpoints(results, found), layers(found), functions(found))


def endpoints(results: Results, found: PairedInstructions) -> Table:
    """A row per endpoint: base, head, the change and the verdict. A second one has the change of
    the functions that do not deviate, where these decide."""
    rows, notes = [], [ENDPOINT_NOTE]
    for name, change in found.endpoints.items():
        own = "paired_instructions", "endpoints", name
        word, tone = VERDICTS[change.state]
        rows.append(
            (
                Cell(name),
                Cell(f"{change.base / MILLION:.3f}", figure=pointer(*own, "base")),
                Cell(f"{change.head / MILLION:.3f}", figure=pointer(*own, "head")),
                _change(change.ratio, pointer(*own, "ratio")),
                Cell(f"{100 * change.deviation:.2f}%"),
                Cell(word.format(added=f"{100 * found.added_max:g}%"), tone=tone),
            )
        )
        if steady := change.steady:
            rows.append(
                (
                    Cell(f"{name}, steady part"),
                    Cell(""),
                    Cell(""),
                    _change(steady.ratio, pointer(*own, "steady", "ratio")),
                    Cell(f"{100 * steady.deviation:.2f}%"),
                    Cell(""),
                )
            )
            share, excluded = f"{steady.share:.0%}", ", ".join(steady.functions)
            notes.append(f"{name}: " + STEADY_NOTE.format(share=share, functions=excluded))
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
        tuple(notes),
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


def _change(ratio: Estimate, figure: str) -> Cell:
    bounds = ratio.confidence_interval
    detail = f"{_share(bounds.low)} to {_share(bounds.high)}" if bounds else None
    return Cell(_share(ratio.value), detail, figure=figure, reading="change")


def _share(ratio: float | None) -> str:
    """`+1.02%`."""
    return UNDEFINED if ratio is None else _signed(100 * (ratio - 1), 2) + "%"


def _added(change: Change) -> str:
    return _signed(change.added / THOUSAND, 1)


def _signed(value: float, digits: int) -> str:
    return f"{round(value, digits) + 0.0:+,.{digits}f}"  # + 0.0: no "-0.0"
