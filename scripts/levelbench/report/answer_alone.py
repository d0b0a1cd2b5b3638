"""The answer for isolated endpoints: the largest differences, and no order over all endpoints."""

from collections.abc import Sequence

from levelbench.analysis import verdict
from levelbench.analysis.text import biased, interval, number
from levelbench.model.metrics import THROUGHPUT
from levelbench.model.results import Comparison, Results, WorkloadResults
from levelbench.model.vocabulary import ENDPOINTS, Endpoint
from levelbench.report import verdicts
from levelbench.report.standing import better_first
from levelbench.report.words import NOTHING_TO_COMPARE, join

SHOWN = 2
"""Endpoints with a sentence of their own; the others share the third one."""


def parts(results: Results, measured: WorkloadResults, ran: Sequence[str]) -> list[str]:
    """Sentences on the contestants `ran`, at least one, without full stops."""
    load = f"with {measured.parameters.vus} users at full speed, each endpoint by itself"
    if len(ran) == 1:
        values = [_value(measured, ran[0], endpoint) for endpoint in ENDPOINTS]
        name = results.services[ran[0]].display_name
        return [f"{load}: {name} served {join(values)} requests/s", NOTHING_TO_COMPARE]
    first, *more = _differences(results, measured)
    return [f"{load}: {first}", *more]


def _value(measured: WorkloadResults, name: str, endpoint: Endpoint) -> str:
    figures = measured.services[name].endpoints.get(endpoint)
    throughput = figures.estimate(THROUGHPUT) if figures else None
    if throughput is None or throughput.value is None:
        return f"an unknown number of {endpoint}"
    bounds = interval(throughput)
    return f"{number(throughput.value)} {endpoint}" + (f" ({bounds})" if bounds else "")


def _differences(results: Results, measured: WorkloadResults) -> list[str]:
    """The largest difference on the endpoints that have one, the largest first; then the rest."""
    control = measured.control.endpoints if measured.control else {}
    limit = results.statistics.control_limit
    uneven = [name for name in ENDPOINTS if verdict.untrusted(control.get(name), limit)]
    found = {name: _largest(measured, name) for name in ENDPOINTS if name not in uneven}
    apart = sorted(
        ((size, endpoint, pair) for endpoint, one in found.items() if one for size, pair in [one]),
        key=lambda shown: -shown[0],
    )
    own = [f"on {name}, {verdicts.sentence(results, pair)}" for _, name, pair in apart[:SHOWN]]
    rest = []
    if smaller := [name for _, name, _ in apart[SHOWN:]]:
        rest.append(f"on {join(smaller)} the largest difference is smaller")
    if none := [endpoint for endpoint, one in found.items() if one is None]:
        rest.append(f"on {join(none)} no difference beyond a tie is shown")
    if uneven:
        why = biased(results, control.get(uneven[0]))
        rest.append(f"on {join(uneven)} nothing is compared: {why}")
    return [*own, *(["; ".join(rest)] if rest else [])]


def _largest(measured: WorkloadResults, endpoint: Endpoint) -> tuple[float, Comparison] | None:
    """Of the primary comparisons that show a difference, the largest one with its size."""
    shown = [
        (ratio.value, pair)
        for pair in measured.comparisons
        if pair.primary and pair.endpoint == endpoint and pair.verdict in ("better", "worse")
        for _, _, ratio, _ in [better_first(pair)]
        if ratio.value is not None
    ]
    return max(shown, key=lambda found: found[0]) if shown else None
