"""The chart of CPU time per request in layers, from the bare baseline up."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Literal

from levelbench.analysis.text import number
from levelbench.model.metrics import CPU_OF, CPU_TOTAL
from levelbench.model.results import Results, ServiceResults
from levelbench.model.vocabulary import Container
from levelbench.report.charts.rows import estimate_row
from levelbench.report.metrics import CONTAINER_LABELS, figure_of
from levelbench.report.plot import Mark, MarkKind, Plot, Row, linear
from levelbench.report.standing import ordered
from levelbench.report.tables.contestants import baselines
from levelbench.report.words import join

LayerName = Literal[
    "baseline", "framework", "contestant", "worker", "postgres", "other", "generator"
]

WORDS: dict[LayerName, str] = {
    "baseline": "baseline",
    "framework": "framework and ORM",
    "contestant": "contestant",
    "worker": "worker",
    "postgres": "PostgreSQL",
    "other": "Redis",
    "generator": "load generator",
}
"""Layers in the order of a bar, each of them a CSS class. `contestant` stands for the first two
where no baseline was measured."""
BESIDE: dict[Container, LayerName] = {
    "worker": "worker", "postgres": "postgres", "redis": "other", "k6": "generator",
}  # fmt: skip

TOTAL = "The number is the sum of all layers but the load generator, which is not the contestant's."
BASELINE = "The baseline, {}, does the same work without a framework."
NO_BASELINE = (
    "No baseline was measured, so the contestant's part is not divided. PROFILE=standard measures "
    "the baselines."
)


def layers(services: Mapping[str, ServiceResults], name: str) -> dict[LayerName, float]:
    """CPU milliseconds per request by layer, without layers of nothing.

    The baseline's part ends where the contestant's does, should the baseline have used more.
    """
    service = services[name]
    baseline = services.get(service.reference or "")
    floor = _value(baseline, "service") if baseline else None
    contestant = _value(service, "service") or 0.0
    parts: dict[LayerName, float]
    if floor is None:
        parts = {"contestant": contestant}
    else:
        shared = min(floor, contestant)
        parts = {"baseline": shared, "framework": contestant - shared}
    parts |= {layer: _value(service, c) or 0.0 for c, layer in BESIDE.items()}
    return {layer: part for layer, part in parts.items() if part > 0}


def _value(service: ServiceResults, container: Container) -> float | None:
    found = service.estimate(CPU_OF[container])
    return found.value if found else None


def bars(results: Results, workload: str) -> tuple[Plot, ...]:
    """One plot: a bar for each contestant. Empty if none has a value."""
    services = results.workloads[workload].services
    parts = {
        name: found
        for name in ordered(results, workload)
        if services[name].trials and (found := layers(services, name))
    }
    if not parts:
        return ()
    shown = [layer for layer in WORDS if any(layer in found for found in parts.values())]
    named = baselines(results, workload) if "baseline" in shown else ""
    split = BASELINE.format(named) if named else "" if results.has_guest else NO_BASELINE
    return (
        Plot(
            f"cpu-{workload}",
            "Where the CPU time goes",
            f"CPU milliseconds per request. Less is better. {TOTAL} {split}".rstrip(),
            linear([sum(found.values()) for found in parts.values()], "ms"),
            tuple(_row(results, workload, name, found) for name, found in parts.items()),
            tuple((layer, WORDS[layer]) for layer in shown),
        ),
    )


def _row(results: Results, workload: str, name: str, parts: Mapping[LayerName, float]) -> Row:
    marks, start = [], 0.0
    for layer, part in parts.items():
        kind: MarkKind = "hatched" if layer == "generator" else "bar"
        title = f"{WORDS[layer]} {number(part)} ms"
        marks.append(Mark(kind, part, start, start + part, layer, title))
        start += part
    service = results.workloads[workload].services[name]
    total = service.estimate(CPU_TOTAL)
    missing = [CONTAINER_LABELS[c] for c in CPU_OF if c != "k6" and _value(service, c) is None]
    place = ("workloads", workload, "services", name)
    found = estimate_row(
        results.services[name],
        total,
        figure_of(CPU_TOTAL, total, place),
        f"{join(missing)} not counted",
    )
    return replace(found, marks=tuple(marks))
