"""Write results.csv: one metric per line."""

import csv
import io
from collections.abc import Iterable, Iterator

from levelbench.model.code import CodeSummary
from levelbench.model.estimate import Estimate
from levelbench.model.metrics import METRICS
from levelbench.model.results import Effect, Instructions, Results, ServiceResults, TaskResults
from levelbench.model.vocabulary import Endpoint
from levelbench.report.metrics import value

COLUMNS = (
    "run_id",
    "service",
    "workload",
    "endpoint",
    "metric",
    "value",
    "low",
    "high",
    "unit",
    "trials",
    "bound",
)

Line = tuple[str, str, Estimate, str]
"""Endpoint, metric, estimate, unit."""


def render(results: Results) -> str:
    """Render results.csv. Undefined values are empty, never 0; `endpoint` is empty for all
    endpoints together, `workload` for code metrics and instructions; `trials` is the number of
    trials, or of hash seeds, of a value; `bound` says which bound a value is, if it is one. The
    ratio of a variant to the contestant that it extends is `ratio_to_parent.<metric>`, over as many
    blocks or hash seeds as `trials` says; `a+b` is the geometric mean of several variants. The
    ratio of a value of a sweep to the declared one is `ratio_to_declared.<metric>`.
    """
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(COLUMNS)

    def write(name: str, workload: str, lines: Iterable[Line], trials: int | None) -> None:
        for endpoint, metric, estimate, unit in lines:
            bounds = estimate.confidence_interval
            low, high = (bounds.low, bounds.high) if bounds else (None, None)
            place = results.run_id, name, workload, endpoint, metric
            writer.writerow((*place, estimate.value, low, high, unit, trials, estimate.bound))

    def write_effects(workload: str, effects: Iterable[Effect]) -> None:
        for one in effects:
            line = (one.endpoint or "", f"ratio_to_parent.{one.metric}", one.ratio, "")
            write("+".join(one.variants), workload, [line], one.blocks)

    for workload, measured in results.workloads.items():
        for name, service in measured.services.items():
            write(name, workload, _lines(results, name, service), service.trials)
        write_effects(workload, measured.effects)
        if results.sweep:
            for name, value in results.sweep.workloads[workload].values.items():
                ratios = value.ratios.items()
                lines = [("", f"ratio_to_declared.{metric}", one, "") for metric, one in ratios]
                write(name, workload, lines, value.blocks)
    write_effects("", results.effects)
    for name, endpoints in results.instructions.items():
        for endpoint, counted in endpoints.items():
            write(name, "", _instructions(endpoint, counted), counted.seeds)
    for name, summary in results.services.items():
        if summary.code is not None:
            write(name, "", _code(summary.code), None)
    return file.getvalue()


def _instructions(endpoint: Endpoint, counted: Instructions) -> Iterator[Line]:
    yield endpoint, "instructions", counted, "instructions"
    for kind, parts in (("layer", counted.layers), ("package", counted.packages)):
        for name, part in parts.items():
            yield endpoint, f"instructions.{kind}.{name}", part, "instructions"


def _code(code: CodeSummary) -> Iterator[Line]:
    for endpoint, size in (*code.endpoints.items(), ("", code.total)):
        yield endpoint, "code_lines", Estimate(value=size.lines), "lines"
        yield endpoint, "code_complexity", Estimate(value=size.complexity), ""
    yield "", "dependencies_direct", Estimate(value=code.dependencies_direct), "packages"
    yield "", "dependencies_all", Estimate(value=code.dependencies_all), "packages"


def _lines(results: Results, name: str, service: ServiceResults) -> Iterator[Line]:
    for metric in METRICS:
        if (estimate := value(metric, service, results.services[name])) is not None:
            yield "", metric.name, estimate, metric.unit
    if service.tasks:
        yield from _tasks(service.tasks)
    for endpoint, found in service.endpoints.items():
        for metric in METRICS:
            if (estimate := found.estimate(metric)) is not None:
                yield endpoint, metric.name, estimate, metric.unit
        statements = Estimate(value=found.statements_per_request)
        yield endpoint, "statements_per_request", statements, "statements"


def _tasks(tasks: TaskResults) -> Iterator[Line]:
    """Counts are totals over the trials."""
    yield "", "tasks.accepted", Estimate(value=tasks.accepted), "tasks"
    yield "", "tasks.completed", Estimate(value=tasks.completed), "tasks"
    yield "", "tasks.lost", Estimate(value=tasks.lost), "tasks"
    yield "", "tasks.lag_p50_ms", tasks.lag_p50_ms, "ms"
    yield "", "tasks.lag_p95_ms", tasks.lag_p95_ms, "ms"
    yield "", "tasks.open_at_end", tasks.open_at_end, "tasks"
    yield "", "tasks.drain_s", tasks.drain_s, "s"
