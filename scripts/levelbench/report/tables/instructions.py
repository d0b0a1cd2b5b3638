"""Tables of counted instructions: per request of each endpoint, and by layer."""

from collections.abc import Iterable

from levelbench.analysis.text import UNDEFINED
from levelbench.model.estimate import Estimate
from levelbench.model.results import Instructions, Results
from levelbench.model.vocabulary import ENDPOINTS, Endpoint
from levelbench.report.plot import significant
from levelbench.report.tables.contestants import header
from levelbench.report.tables.table import Cell, Column, Table, pointer

MILLION = 1e6
NOTES = (
    "User-space instructions of the contestant's processes, one request in flight, counted by "
    "callgrind. The mean over hash seeds, each in a fresh container; small print: its 95% "
    "confidence interval.",
    "Not included: the kernel, waiting for memory, contention between threads, the worker, "
    "PostgreSQL. More instructions do not mean that a request takes longer by the same share.",
)
BY_PACKAGE = (
    "By package: an instruction of the interpreter counts in the package whose function runs. An "
    "object is freed, and counts, where its last reference goes."
)
BY_OBJECT = (
    "By program and shared object. Python code of all packages is executed by the interpreter and "
    "counted there."
)


def per_request(results: Results) -> Table:
    """A row per service, a column per endpoint."""
    endpoints = _endpoints(results)
    rows = tuple(
        (
            header(results.services[name]),
            *(_cell(found.get(e), pointer("instructions", name, e)) for e in endpoints),
        )
        for name, found in results.instructions.items()
    )
    columns = tuple(Column(f"{endpoint}, million") for endpoint in endpoints)
    return Table(
        "Instructions per request", (Column("Contestant", numeric=False), *columns), rows, NOTES
    )


def layers(results: Results) -> Table:
    """A row per service and endpoint, a column per layer."""
    each = [
        (name, endpoint, found[endpoint])
        for name, found in results.instructions.items()
        for endpoint in _endpoints(results)
        if endpoint in found
    ]
    names = dict.fromkeys(name for _, _, one in each for name in one.layers)
    order = sorted(names, key=lambda name: -max(_value(one.layers.get(name)) for *_, one in each))
    rows = tuple(
        (
            Cell(f"{results.services[name].display_name}, {endpoint}"),
            *(
                _cell(
                    one.layers.get(layer), pointer("instructions", name, endpoint, "layers", layer)
                )
                for layer in order
            ),
        )
        for name, endpoint, one in each
    )
    columns = tuple(Column(f"{layer[:1].upper()}{layer[1:]}, million") for layer in order)
    return Table(
        "Instructions by layer",
        (Column("Contestant, endpoint", numeric=False), *columns),
        rows,
        (BY_PACKAGE if all(one.packages for *_, one in each) else BY_OBJECT,),
    )


def _endpoints(results: Results) -> list[Endpoint]:
    counted = {endpoint for found in results.instructions.values() for endpoint in found}
    return [endpoint for endpoint in ENDPOINTS if endpoint in counted]


def _value(estimate: Estimate | None) -> float:
    return (estimate.value or 0.0) if estimate else 0.0


def _cell(estimate: Estimate | Instructions | None, figure: str) -> Cell:
    if estimate is None or estimate.value is None:
        return Cell(UNDEFINED, tone="muted")
    bounds = estimate.confidence_interval
    ends: Iterable[float] = (bounds.low, bounds.high) if bounds else ()
    detail = " to ".join(_text(end) for end in ends)
    return Cell(_text(estimate.value), detail or None, figure=figure)


def _text(value: float) -> str:
    return significant(value / MILLION)
