"""Small multiples of latency at a fixed rate: a panel for each percentile."""

from levelbench.model.metric import Metric
from levelbench.model.metrics import of
from levelbench.model.results import Results
from levelbench.report.charts.rows import ends, estimate_row
from levelbench.report.plot import Plot, Row, logarithmic
from levelbench.report.standing import ordered
from levelbench.report.tables.table import pointer
from levelbench.report.words import ARRIVING, kind

PERCENTILES = tuple(of(f"latency_{percentile}_ms") for percentile in ("p50", "p95", "p99"))
NO_PERCENTILE = "too few requests"


def text(results: Results, workload: str) -> str:
    parameters = results.workloads[workload].parameters
    return (
        f"Every {kind(results, 'contestant')} receives {parameters.rate_rps} requests/s, "
        f"{ARRIVING[parameters.arrivals or 'even']}. Milliseconds from the moment when a request "
        "was due, with 95% intervals. Less is better. All panels share one logarithmic axis."
    )


def panels(results: Results, workload: str) -> tuple[Plot, ...]:
    """A panel for each percentile that has a value, all with the same rows."""
    services = results.workloads[workload].services
    names = [name for name in ordered(results, workload) if services[name].trials]

    def row(name: str, metric: Metric) -> Row:
        return estimate_row(
            results.services[name],
            services[name].estimate(metric),
            pointer("workloads", workload, "services", name, metric.name),
            NO_PERCENTILE,
        )

    rows = {metric: tuple(row(name, metric) for name in names) for metric in PERCENTILES}
    measured = [metric for metric in PERCENTILES if any(row.marks for row in rows[metric])]
    axis = logarithmic([end for metric in measured for end in ends(rows[metric])], "ms")
    return tuple(
        Plot(f"{workload}-{metric.label[:3]}", metric.label, "", axis, rows[metric])
        for metric in measured
    )
