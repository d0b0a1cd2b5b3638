"""results.csv: tidy, one figure a line."""

import csv
import io

from levelbench.report.metrics import METRICS
from levelbench.results import Estimate, Results
from levelbench.words import CONTAINERS

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
)
UNITS = {metric.name: metric.unit for metric in METRICS}


def render(results: Results) -> str:
    """Undefined figures are empty, never 0; `endpoint` is empty for all of them together, and
    `workload` for what no load has to do with.
    """
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(COLUMNS)

    def write(
        service: str, workload: str, endpoint: str, metric: str, figure: Estimate, unit: str
    ) -> None:
        bounds = figure.confidence_interval
        low, high = (bounds.low, bounds.high) if bounds else (None, None)
        writer.writerow(
            (results.run_id, service, workload, endpoint, metric, figure.value, low, high, unit)
        )

    for workload, measured in results.workloads.items():
        for name, service in measured.services.items():
            for metric in METRICS:
                figure = metric.read(service, results.services[name])
                if figure is not None:
                    write(name, workload, "", metric.name, figure, metric.unit)
            for container in CONTAINERS[1:]:  # the contestant's own is among METRICS
                figure = getattr(service.cpu_ms_per_request, container)
                write(name, workload, "", f"cpu_ms_per_request.{container}", figure, "ms")
            for endpoint, part in service.endpoints.items():
                for key in (
                    "throughput_rps",
                    "latency_mean_ms",
                    "latency_p50_ms",
                    "latency_p95_ms",
                    "latency_p99_ms",
                ):
                    write(name, workload, endpoint, key, getattr(part, key), UNITS[key])
                rate = Estimate(value=part.error_rate)
                write(name, workload, endpoint, "error_rate", rate, "")
                for key in ("floor_ratio", "floor_throughput_share"):
                    figure = getattr(part, key)
                    if figure is not None:
                        write(name, workload, endpoint, key, figure, "")
                for container in CONTAINERS if part.cpu_ms_per_request else ():
                    figure = getattr(part.cpu_ms_per_request, container)
                    write(name, workload, endpoint, f"cpu_ms_per_request.{container}", figure, "ms")
    for name, summary in results.services.items():
        if (code := summary.code) is not None:
            for part, size in (*code.endpoints.items(), ("", code.total)):
                write(name, "", part, "code_lines", Estimate(value=size.lines), "lines")
                write(name, "", part, "code_complexity", Estimate(value=size.complexity), "")
            for key in ("dependencies_direct", "dependencies_all"):
                write(name, "", "", key, Estimate(value=getattr(code, key)), "packages")
    return file.getvalue()
