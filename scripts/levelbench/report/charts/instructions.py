"""The chart of instructions per request in layers, and what it says of contestants alike."""

from collections.abc import Iterator, Mapping
from itertools import combinations

from levelbench.model.results import Instructions, Results
from levelbench.model.vocabulary import ENDPOINTS, Endpoint
from levelbench.report.plot import Mark, MarkKind, Plot, Row, linear, significant
from levelbench.report.tables.table import pointer
from levelbench.report.words import join

MILLION = 1e6
SHOWN: Mapping[str, tuple[str, MarkKind]] = {
    "data layer": ("", "bar"),
    "driver": ("baseline", "bar"),
    "framework": ("worker", "bar"),
    "validation": ("generator", "hatched"),
    "server": ("postgres", "bar"),
}
"""Layers in the order of a bar -> CSS class and kind of mark; all others are one."""
OTHER_CLASS = "other"
OTHER = "other layers"
DESCRIPTION = (
    "Million instructions per request of {}, by package: an instruction of the interpreter counts "
    "in the package whose function runs. Other layers: JSON, crypto, task queue, standard library, "
    "libc, application."
)
PART_MIN = 0.05
"""A layer is named in a sentence where it differs by at least this share of the total."""


def bars(results: Results) -> tuple[Plot, ...]:
    """A plot for each endpoint; empty where nothing was counted by package."""
    return tuple(plot for endpoint in ENDPOINTS if (plot := _plot(results, endpoint)))


def _plot(results: Results, endpoint: Endpoint) -> Plot | None:
    found = dict(_counted(results, endpoint))
    if not found:
        return None
    rows = tuple(_row(results, name, endpoint, own) for name, own in found.items())
    classes = [(css, name) for name, (css, _) in SHOWN.items()]
    return Plot(
        f"instructions-{endpoint}",
        f"Instructions of {endpoint}, by layer",
        DESCRIPTION.format(endpoint),
        linear([own.value / MILLION for own in found.values() if own.value], "million"),
        rows,
        (*classes, (OTHER_CLASS, OTHER)),
    )


def _counted(results: Results, endpoint: Endpoint) -> Iterator[tuple[str, Instructions]]:
    for name, endpoints in results.instructions.items():
        own = endpoints.get(endpoint)
        if own and own.value is not None and own.packages:
            yield name, own


def _layers(own: Instructions) -> dict[str, float]:
    """Million instructions by shown layer; all others as one."""
    found = dict.fromkeys((*SHOWN, OTHER), 0.0)
    for layer, part in own.layers.items():
        found[layer if layer in SHOWN else OTHER] += (part.value or 0.0) / MILLION
    return found


def _row(results: Results, name: str, endpoint: Endpoint, own: Instructions) -> Row:
    marks, start = [], 0.0
    for layer, part in _layers(own).items():
        css, kind = SHOWN.get(layer, (OTHER_CLASS, "bar"))
        title = f"{layer} {significant(part)} million"
        marks.append(Mark(kind, part, start, start + part, css, title))
        start += part
    summary = results.services[name]
    return Row(
        summary.display_name,
        tuple(marks),
        significant((own.value or 0.0) / MILLION),
        figure=pointer("instructions", name, endpoint),
        tone="" if summary.role == "contestant" else "muted",
    )


def sentences(results: Results, interfaces: Mapping[str, str]) -> tuple[str, ...]:
    """What the layers say of a list (or the first counted endpoint), of contestants with the same
    interface. `interfaces`: service -> interface."""
    for endpoint in ("list", *ENDPOINTS):
        found = {
            name: own
            for name, own in _counted(results, endpoint)
            if results.services[name].role == "contestant"
        }
        if found:
            return tuple(
                sentence(results, endpoint, *sorted(pair, key=lambda n: -(found[n].value or 0.0)))
                for pair in combinations(found, 2)
                if interfaces.get(pair[0]) == interfaces.get(pair[1])
            )
    return ()


def sentence(results: Results, endpoint: Endpoint, more: str, less: str) -> str:
    """Two contestants by layer, the one with more instructions first."""
    a, b = (results.instructions[name][endpoint] for name in (more, less))
    one, other = (results.services[name].display_name for name in (more, less))
    total, least = (a.value or 0.0) / MILLION, (b.value or 0.0) / MILLION
    changes = {
        layer: (_value(a, layer) - _value(b, layer)) / MILLION
        for layer in dict.fromkeys((*a.layers, *b.layers))
    }
    named = [
        f"{layer} {change:+.2g}"
        for layer, change in sorted(changes.items(), key=lambda item: -abs(item[1]))
        if abs(change) >= PART_MIN * least
    ]
    parts = f" By layer, in million: {join(named)}." if named else " No layer differs by 5% of it."
    return (
        f"{one} executes {total / least - 1:.0%} more instructions for {endpoint} than {other} "
        f"({significant(total)} and {significant(least)} million).{parts}"
    )


def _value(own: Instructions, layer: str) -> float:
    """Instructions of a layer; 0 where none were counted in it."""
    part = own.layers.get(layer)
    return part.value or 0.0 if part else 0.0
