"""Small multiples of CPU per request: a panel for each isolated endpoint."""

from levelbench.model.metrics import CPU
from levelbench.model.results import Results
from levelbench.model.vocabulary import ENDPOINTS, Endpoint
from levelbench.report.charts.rows import ends, estimate_row
from levelbench.report.metrics import figure_of
from levelbench.report.plot import Plot, Row, linear
from levelbench.report.standing import ordered_on

HASHING: tuple[Endpoint, ...] = ("register", "login")
"""Endpoints that hash a password, which costs much more CPU time than all else."""
ORDER: Endpoint = "list"

TEXT = (
    "CPU milliseconds of the contestant per request, each endpoint by itself, with 95% intervals. "
    f"Less is better. The endpoints {' and '.join(HASHING)} hash a password and share an axis of "
    f"their own. All panels have the order of {ORDER}, the highest throughput first."
)


def panels(results: Results, workload: str) -> tuple[Plot, ...]:
    """A panel for each endpoint that has a value, all with the same rows."""
    services = results.workloads[workload].services
    names = dict.fromkeys(
        name for endpoint in (ORDER, *ENDPOINTS) for name in ordered_on(results, workload, endpoint)
    )

    def row(name: str, endpoint: Endpoint) -> Row:
        place = ("workloads", workload, "services", name, "endpoints", endpoint)
        found = services[name].endpoints.get(endpoint)
        estimate = found.estimate(CPU) if found else None
        return estimate_row(results.services[name], estimate, figure_of(CPU, estimate, place))

    rows = {endpoint: tuple(row(name, endpoint) for name in names) for endpoint in ENDPOINTS}
    measured = [endpoint for endpoint in ENDPOINTS if any(row.marks for row in rows[endpoint])]
    axes = {
        hashes: linear(
            [end for e in measured if (e in HASHING) is hashes for end in ends(rows[e])], "ms"
        )
        for hashes in (True, False)
    }
    return tuple(
        Plot(f"{workload}-{endpoint}", endpoint, "", axes[endpoint in HASHING], rows[endpoint])
        for endpoint in measured
    )
