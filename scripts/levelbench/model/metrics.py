"""The metric table: one row per metric, read by results, comparisons, tables, charts and CSV.

A new metric is one row here and its reader (readers.py).
"""

from collections.abc import Callable
from typing import Literal

from levelbench.model import readers
from levelbench.model.measurement import DisturbedPart
from levelbench.model.metric import MIXED, OWN_RATES, RATED, Better, Metric
from levelbench.model.trial import ContainerUse
from levelbench.model.vocabulary import CONTAINERS, Container, Part


def _cpu_of(container: Container) -> Metric:
    return Metric(
        f"cpu_ms_per_request.{container}",
        f"CPU per request, {container}",
        "ms",
        "lower",
        readers.per_request(container, lambda use: use.cpu_ms),
        endpoints="isolated",
    )


def _executed(where: str, label: str, read: Callable[[ContainerUse], int | None]) -> Metric:
    """Instructions of the contestant's processes, by the processor's own counters."""

    def millions(use: ContainerUse) -> float | None:
        count = read(use)
        return None if count is None else count / 1e6

    return Metric(
        f"hardware_instructions_per_request.{where}",
        f"Instructions per request {label}, by the processor's counters",
        "million",
        "lower",
        readers.per_request("service", millions),
        endpoints="isolated",
        kinds=("endpoints",),
        optional=True,
        table=("endpoints",),
    )


def _p99(who: Literal["others", "health"], part: Part, label: str, short: str = "") -> Metric:
    """p99 latency in one part of a load with bursts of logins."""
    return Metric(
        f"{who}_p99_ms.{part}",
        f"p99 latency {label}",
        "ms",
        "lower",
        readers.part(lambda found: getattr(found, who).get(part), lambda one: one.latency.p99_ms),
        kinds=("interference",),
        compared=("interference",) if who == "others" and part == "during" else (),
        proportional=True,
        table=("interference",),
        terminal=("interference",) if short else (),
        short=short,
    )


def _during(
    name: str,
    label: str,
    better: Better,
    read: Callable[[DisturbedPart], float],
    short: str = "",
) -> Metric:
    """What becomes of requests during an overload, per second."""
    return Metric(
        f"overload_rps.{name}",
        label,
        "requests/s",
        better,
        readers.part(lambda found: found.others.get("during"), lambda one: read(one) / one.seconds),
        kinds=("overload",),
        compared=("overload",) if name == "answered" else (),
        table=("overload",),
        terminal=("overload",) if short else (),
        short=short,
    )


METRICS: tuple[Metric, ...] = (
    Metric(
        "throughput_rps",
        "Throughput",
        "requests/s",
        "higher",
        readers.throughput,
        endpoints="all",
        compared=("closed", "endpoints"),
        table=RATED,
        terminal=("closed", "endpoints"),
        short="req/s",
    ),
    Metric(
        "throughput_ratio_to_reference",
        "Throughput relative to baseline",
        "",
        "higher",
        None,
        endpoints="isolated",
        ratio_of="throughput_rps",
        is_share=True,
        optional=True,
        table=("closed", "endpoints"),
        terminal=("endpoints",),
        short="vs baseline",
    ),
    Metric(
        "capacity_rps",
        "Capacity",
        "requests/s",
        "higher",
        lambda trial, _: trial.capacity,
        kinds=("capacity",),
        compared=("capacity",),
        table=("capacity",),
        terminal=("capacity",),
        short="req/s",
    ),
    Metric(
        "users",
        "Users",
        "",
        "higher",
        lambda trial, _: trial.users,
        kinds=("session",),
        compared=("session",),
        table=("session",),
        terminal=("session",),
        short="users",
    ),
    _p99("others", "before", "before a burst of logins", "p99 before"),
    _p99("others", "during", "during a burst of logins", "during, ms"),
    _p99("others", "after", "after it", "after"),
    _p99("health", "before", "of /healthz before"),
    _p99("health", "during", "of /healthz during", "health, ms"),
    _p99("health", "after", "of /healthz after"),
    _during("answered", "Answered", "higher", lambda one: one.answered, "answered/s"),
    _during("refused", "Refused", "lower", lambda one: one.refused, "refused/s"),
    _during("timed_out", "Timed out", "lower", lambda one: one.timeouts),
    _during("not_sent", "Not sent", "lower", lambda one: one.not_sent),
    Metric(
        "recovery_s",
        "Time to recover",
        "s",
        "lower",
        lambda trial, _: trial.disturbed.recovery if trial.disturbed else None,
        kinds=OWN_RATES,
        table=OWN_RATES,
        terminal=OWN_RATES,
        short="recovers, s",
    ),
    Metric(
        "latency_mean_ms",
        "Mean latency",
        "ms",
        "lower",
        readers.latency(lambda latency: latency.mean_ms),
        endpoints="all",
        compared=("open",),
        follows_throughput=True,
        proportional=True,
    ),
    Metric(
        "latency_p50_ms",
        "p50 latency",
        "ms",
        "lower",
        readers.latency(lambda latency: latency.p50_ms),
        endpoints="all",
        compared=("open",),
        follows_throughput=True,
        proportional=True,
        table=("open",),
        terminal=("open",),
        short="p50, ms",
    ),
    Metric(
        "latency_p95_ms",
        "p95 latency",
        "ms",
        "lower",
        readers.latency(lambda latency: latency.p95_ms),
        endpoints="all",
        compared=("open",),
        between_runs=True,
        follows_throughput=True,
        proportional=True,
        table=("open",),
        terminal=("open",),
        short="p95, ms",
    ),
    Metric(
        "latency_p99_ms",
        "p99 latency",
        "ms",
        "lower",
        readers.latency(lambda latency: latency.p99_ms),
        endpoints="all",
        compared=("open",),
        follows_throughput=True,
        proportional=True,
        table=("open",),
        terminal=("open",),
        short="p99, ms",
    ),
    Metric(
        "error_rate",
        "Errors",
        "",
        "lower",
        None,
        endpoints="all",
        table=RATED,
        terminal=MIXED,
    ),
    Metric(
        "cpu_ms_per_request.service",
        "CPU per request",
        "ms",
        "lower",
        readers.per_request("service", lambda use: use.cpu_ms),
        endpoints="isolated",
        compared=RATED,
        between_runs=True,
        same_as_throughput=True,
        table=RATED,
        terminal=RATED,
        short="CPU, ms",
        overview=True,
    ),
    Metric(
        "cpu_share_of_limit",
        "CPU in use",
        "",
        "lower",
        readers.cpu_share,
        kinds=("open",),
        table=("open",),
        terminal=("open",),
        short="CPU",
        is_share=True,
    ),
    Metric(
        "cpu_ratio_to_reference",
        "CPU relative to baseline",
        "",
        "lower",
        None,
        endpoints="isolated",
        ratio_of="cpu_ms_per_request.service",
        optional=True,
        table=RATED,
        terminal=("closed", "endpoints"),
        short="CPU vs baseline",
    ),
    Metric(
        "memory_peak_mib",
        "Peak memory",
        "MiB",
        "lower",
        readers.memory_peak,
        compared=MIXED,
        between_runs=True,
        table=MIXED,
        short="memory, MiB",
        overview=True,
    ),
    Metric(
        "network_bytes_per_request",
        "Network per request",
        "bytes",
        "lower",
        readers.per_request("service", lambda use: use.network_bytes),
        endpoints="isolated",
        compared=RATED,
        between_runs=True,
        optional=True,
        table=RATED,
    ),
    _executed("user", "in user space", lambda use: use.instructions_user),
    _executed("kernel", "in the kernel", lambda use: use.instructions_kernel),
    Metric(
        "cold_start_ms",
        "Cold start",
        "ms",
        "lower",
        lambda trial, _: trial.cold_start_ms,
        of_run=True,
        compared=MIXED,
        table=("closed",),
        short="start, ms",
        overview=True,
    ),
    *(_cpu_of(container) for container in CONTAINERS if container != "service"),
    Metric(
        "cpu_ms_per_request.with_postgres",
        "CPU per request, contestant and PostgreSQL",
        "ms",
        "lower",
        readers.cpu_sum("service", "postgres"),
        endpoints="isolated",
    ),
    Metric(
        "cpu_ms_per_request.total",
        "CPU per request, all but the load generator",
        "ms",
        "lower",
        readers.cpu_sum("service", "worker", "postgres", "redis"),
    ),
)

_BY_NAME = {metric.name: metric for metric in METRICS}


def of(name: str) -> Metric:
    """The metric of a name. Raises KeyError for a name that is not in the table."""
    return _BY_NAME[name]


THROUGHPUT, CAPACITY, USERS = of("throughput_rps"), of("capacity_rps"), of("users")
DISTURBED, SERVED = of("others_p99_ms.during"), of("overload_rps.answered")
RECOVERY = of("recovery_s")
LATENCY, CPU, MEMORY = of("latency_p95_ms"), of("cpu_ms_per_request.service"), of("memory_peak_mib")
COLD_START, ERRORS = of("cold_start_ms"), of("error_rate")
CPU_RATIO, THROUGHPUT_RATIO = of("cpu_ratio_to_reference"), of("throughput_ratio_to_reference")
CPU_WITH_POSTGRES = of("cpu_ms_per_request.with_postgres")
CPU_TOTAL = of("cpu_ms_per_request.total")
CPU_OF: dict[Container, Metric] = {c: of(f"cpu_ms_per_request.{c}") for c in CONTAINERS}
