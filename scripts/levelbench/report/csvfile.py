"""results.csv: tidy, one figure a line."""

import csv
import io
from collections.abc import Iterable, Iterator

from levelbench.model.code import CodeSummary
from levelbench.model.results import (
    CpuPerRequest,
    EndpointResults,
    Estimate,
    Results,
    ServiceResults,
    TaskResults,
)
from levelbench.model.vocabulary import CONTAINERS
from levelbench.report.metrics import METRICS

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
)
UNITS = {metric.name: metric.unit for metric in METRICS}

Line = tuple[str, str, Estimate, str]
"""Endpoint, metric, figure, unit."""


def render(results: Results) -> str:
    """Undefined figures are empty, never 0; `endpoint` is empty for all of them together, and
    `workload` for what no load has to do with; `trials` says over how many a figure was taken.
    """
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(COLUMNS)

    def write(name: str, workload: str, lines: Iterable[Line], trials: int | None) -> None:
        for endpoint, metric, figure, unit in lines:
            bounds = figure.confidence_interval
            low, high = (bounds.low, bounds.high) if bounds else (None, None)
            place = results.run_id, name, workload, endpoint, metric
            writer.writerow((*place, figure.value, low, high, unit, trials))

    for workload, measured in results.workloads.items():
        for name, service in measured.services.items():
            write(name, workload, _lines(results, name, service), service.trials)
    for name, summary in results.services.items():
        if summary.code is not None:
            write(name, "", _code(summary.code), None)
    return file.getvalue()


def _code(code: CodeSummary) -> Iterator[Line]:
    for endpoint, size in (*code.endpoints.items(), ("", code.total)):
        yield endpoint, "code_lines", Estimate(value=size.lines), "lines"
        yield endpoint, "code_complexity", Estimate(value=size.complexity), ""
    for key in ("dependencies_direct", "dependencies_all"):
        yield "", key, Estimate(value=getattr(code, key)), "packages"


def _lines(results: Results, name: str, service: ServiceResults) -> Iterator[Line]:
    for metric in METRICS:
        figure = metric.read(service, results.services[name])
        if figure is not None:
            yield "", metric.name, figure, metric.unit
    # The contestant's own is among METRICS.
    yield from (line for line in _cpu("", service.cpu_ms_per_request) if "service" not in line[1])
    if service.tasks:
        yield from _tasks(service.tasks)
    for endpoint, figures in service.endpoints.items():
        yield from _endpoint(endpoint, figures)


def _endpoint(endpoint: str, figures: EndpointResults) -> Iterator[Line]:
    for key in (
        "throughput_rps",
        "latency_mean_ms",
        "latency_p50_ms",
        "latency_p95_ms",
        "latency_p99_ms",
    ):
        yield endpoint, key, getattr(figures, key), UNITS[key]
    yield endpoint, "error_rate", Estimate(value=figures.error_rate), ""
    statements = figures.statements_per_request
    yield endpoint, "statements_per_request", Estimate(value=statements), "statements"
    for key in ("cpu_ratio_to_reference", "throughput_ratio_to_reference"):
        if (figure := getattr(figures, key)) is not None:
            yield endpoint, key, figure, ""
    if figures.cpu_ms_per_request:
        yield from _cpu(endpoint, figures.cpu_ms_per_request)


def _cpu(endpoint: str, cpu: CpuPerRequest) -> Iterator[Line]:
    for container in CONTAINERS:
        yield endpoint, f"cpu_ms_per_request.{container}", getattr(cpu, container), "ms"


def _tasks(tasks: TaskResults) -> Iterator[Line]:
    """Counts are totals over the trials."""
    for key in ("accepted", "completed", "lost"):
        yield "", f"tasks.{key}", Estimate(value=getattr(tasks, key)), "tasks"
    yield "", "tasks.lag_p50_ms", tasks.lag_p50_ms, "ms"
    yield "", "tasks.lag_p95_ms", tasks.lag_p95_ms, "ms"
    yield "", "tasks.open_at_end", tasks.open_at_end, "tasks"
    yield "", "tasks.drain_s", tasks.drain_s, "s"
