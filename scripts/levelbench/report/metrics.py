"""The registry: each metric once, for every table, chart and file."""

from collections.abc import Callable
from dataclasses import dataclass

from levelbench.analysis.verdict import Better
from levelbench.model.results import Estimate, ServiceResults, ServiceSummary
from levelbench.model.vocabulary import Container
from levelbench.report.tables.table import pointer


@dataclass(frozen=True)
class Metric:
    """A figure of one service under one workload."""

    name: str
    label: str
    unit: str
    better: Better
    read: Callable[[ServiceResults, ServiceSummary], Estimate | None]
    little: bool = False
    """In a closed workload it follows from throughput (Little's law)."""

    of_run: bool = False
    """The same under every workload."""

    @property
    def heading(self) -> str:
        return f"{self.label}, {self.unit}" if self.unit else self.label

    def at(self, workload: str, service: str) -> str:
        """Where it stands in results.json."""
        place = () if self.of_run else ("workloads", workload)
        return pointer(*place, "services", service, *self.name.split("."))


METRICS: tuple[Metric, ...] = (
    Metric("throughput_rps", "Throughput", "requests/s", "higher", lambda s, _: s.throughput_rps),
    Metric("capacity_rps", "Capacity", "requests/s", "higher", lambda s, _: s.capacity_rps),
    Metric("latency_mean_ms", "Latency mean", "ms", "lower", lambda s, _: s.latency_mean_ms, True),
    Metric("latency_p50_ms", "Latency p50", "ms", "lower", lambda s, _: s.latency_p50_ms, True),
    Metric("latency_p95_ms", "Latency p95", "ms", "lower", lambda s, _: s.latency_p95_ms, True),
    Metric("latency_p99_ms", "Latency p99", "ms", "lower", lambda s, _: s.latency_p99_ms, True),
    Metric("error_rate", "Errors", "", "lower", lambda s, _: Estimate(value=s.error_rate)),
    Metric(
        "cpu_ms_per_request.service",
        "CPU a request",
        "ms",
        "lower",
        lambda s, _: s.cpu_ms_per_request.service,
    ),
    Metric(
        "cpu_ratio_to_reference",
        "CPU, times the reference",
        "",
        "lower",
        lambda s, _: s.cpu_ratio_to_reference,
    ),
    Metric(
        "throughput_ratio_to_reference",
        "Throughput, share of the reference",
        "",
        "higher",
        lambda s, _: s.throughput_ratio_to_reference,
    ),
    Metric("memory_peak_mib", "Memory peak", "MiB", "lower", lambda s, _: s.memory_peak_mib),
    Metric("cold_start_ms", "Cold start", "ms", "lower", lambda _, s: s.cold_start_ms, of_run=True),
)

CONTAINER_LABELS: dict[Container, str] = {
    "service": "Contestant",
    "worker": "Worker",
    "postgres": "PostgreSQL",
    "redis": "Redis",
    "k6": "Load generator",
}


def metric(name: str) -> Metric:
    return next(metric for metric in METRICS if metric.name == name)
