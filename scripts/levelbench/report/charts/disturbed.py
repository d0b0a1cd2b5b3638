"""Small multiples of loads that are disturbed: by logins at once, or by more requests than can be
answered."""

from levelbench.model import workloads
from levelbench.model.metric import Metric
from levelbench.model.metrics import METRICS, RECOVERY
from levelbench.model.results import Results
from levelbench.report.charts.rows import ends, estimate_row
from levelbench.report.metrics import figure_of
from levelbench.report.plot import Plot, Row, linear, logarithmic
from levelbench.report.standing import ordered
from levelbench.report.words import kind

MISSING = "too few requests"


def text(results: Results, workload: str) -> str:
    """What disturbs the load, and how to read the charts."""
    own = results.workloads[workload].parameters.disturbance
    if own is None:
        return ""
    share = f"{own.rate_share:.0%} of its own throughput at full speed"
    start = f"Every {kind(results, 'contestant')} receives {share}."
    if own.logins:
        what = (
            f" Every {own.length_s // own.cycles} s, {own.logins} users log in at the same moment; "
            f"during: {own.during_s} s from then on. p99 latency of all other requests, and of "
            "/healthz, which does no work."
        )
        since = "the logins"
    else:
        what = (
            f" For {own.during_s} s it then receives {own.disturbed_share:.0%}. What becomes "
            "of these requests, per second; timed out: no answer after 25 s; not sent: all users "
            "of the load generator waited."
        )
        since = "the end of the overload"
    back = (
        f" Time to recover: from {since} until three seconds in a row have a p95 latency no "
        "higher than in the worst second before."
    )
    return f"{start}{what}{back} With 95% intervals. Latency counts from when a request was sent."


def panels(results: Results, workload: str) -> tuple[Plot, ...]:
    """A panel for each metric of the load, all with the same rows; latencies share an axis."""
    kind_of = workloads.of(workload).kind
    services = results.workloads[workload].services
    names = [name for name in ordered(results, workload) if services[name].trials]

    def row(name: str, metric: Metric) -> Row:
        estimate = services[name].estimate(metric)
        place = ("workloads", workload, "services", name)
        return estimate_row(
            results.services[name], estimate, figure_of(metric, estimate, place), MISSING
        )

    own = [metric for metric in METRICS if kind_of in metric.table and "." in metric.name]
    rows = {metric: tuple(row(name, metric) for name in names) for metric in (*own, RECOVERY)}
    shown = [metric for metric, drawn in rows.items() if any(one.marks for one in drawn)]
    common = [end for metric in shown if metric != RECOVERY for end in ends(rows[metric])]
    axis = logarithmic(common, "ms") if kind_of == "interference" else linear(common, "requests/s")
    return tuple(
        Plot(
            f"{workload}-{metric.name.replace('.', '-')}",
            metric.label,
            "",
            linear(ends(rows[metric]), "s") if metric == RECOVERY else axis,
            rows[metric],
        )
        for metric in shown
    )
