"""The chart of CPU time per request in layers, from the bare baseline up."""

from dataclasses import dataclass
from typing import Literal

from levelbench.analysis.text import UNDEFINED, number
from levelbench.model.metrics import CPU_OF
from levelbench.model.results import Results, ServiceResults
from levelbench.model.vocabulary import Container
from levelbench.report.metrics import CONTAINER_LABELS
from levelbench.report.plot import Mark, Plot, Row, linear
from levelbench.report.standing import ordered
from levelbench.report.tables.contestants import baselines

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


@dataclass(frozen=True)
class Layers:
    """CPU milliseconds per request of one contestant."""

    parts: dict[LayerName, float]
    """Without layers of nothing, in the order of the bar."""
    missing: tuple[Container, ...]
    """Containers without a value: without them there is no total."""

    @property
    def generator(self) -> float:
        return self.parts.get("generator", 0.0)

    @property
    def own(self) -> float | None:
        """All layers but the load generator's."""
        return None if self.missing else sum(self.parts.values()) - self.generator


def of(services: dict[str, ServiceResults], name: str) -> Layers:
    """The layers of one contestant. A baseline that used more than the contestant has its part cut
    off there."""
    service = services[name]
    costs = {container: _value(service, container) for container in CPU_OF}
    baseline = services.get(service.reference or "")
    floor = _value(baseline, "service") if baseline else None
    parts: dict[LayerName, float] = {}
    if (contestant := costs["service"]) is not None:
        if floor is None:
            parts["contestant"] = contestant
        else:
            parts["baseline"] = min(floor, contestant)
            parts["framework"] = contestant - parts["baseline"]
    for container, layer in BESIDE.items():
        parts[layer] = costs[container] or 0.0
    return Layers(
        {layer: part for layer, part in parts.items() if part > 0},
        tuple(c for c, cost in costs.items() if cost is None and c != "k6"),
    )


def _value(service: ServiceResults, container: Container) -> float | None:
    found = service.estimate(CPU_OF[container])
    return found.value if found else None


def bars(results: Results, workload: str) -> tuple[Plot, ...]:
    """One plot: a bar for each contestant. Empty if none has a value."""
    services = results.workloads[workload].services
    layers = {
        name: of(services, name) for name in ordered(results, workload) if services[name].trials
    }
    layers = {name: found for name, found in layers.items() if found.parts}
    if not layers:
        return ()
    rows = tuple(_row(results, name, found) for name, found in layers.items())
    shown = [layer for layer in WORDS if any(layer in found.parts for found in layers.values())]
    named = baselines(results, workload) if "baseline" in shown else ""
    split = BASELINE.format(named) if named else NO_BASELINE
    return (
        Plot(
            f"cpu-{workload}",
            "Where the CPU time goes",
            f"CPU milliseconds per request. Less is better. {TOTAL} {split}",
            linear([sum(found.parts.values()) for found in layers.values()], "ms"),
            rows,
            tuple((layer, WORDS[layer]) for layer in shown),
        ),
    )


def _row(results: Results, name: str, layers: Layers) -> Row:
    marks, start = [], 0.0
    for layer, part in layers.parts.items():
        marks.append(
            Mark(
                "hatched" if layer == "generator" else "bar",
                part,
                start,
                start + part,
                layer,
                f"{WORDS[layer]} {number(part)} ms",
            )
        )
        start += part
    without = " and ".join(CONTAINER_LABELS[container] for container in layers.missing)
    summary = results.services[name]
    return Row(
        summary.display_name,
        tuple(marks),
        UNDEFINED if layers.own is None else number(layers.own),
        f"{without} not counted" if without else "",
        tone="" if summary.role == "contestant" else "muted",
    )
