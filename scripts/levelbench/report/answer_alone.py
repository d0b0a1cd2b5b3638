"""The answer for isolated endpoints: one clause per endpoint, and no order over all of them."""

from collections.abc import Sequence

from levelbench.analysis import verdict
from levelbench.analysis.stats import MIN_TRIALS
from levelbench.analysis.text import biased, interval, number
from levelbench.model.metrics import CPU_RATIO, THROUGHPUT
from levelbench.model.results import Comparison, Results, WorkloadResults
from levelbench.model.vocabulary import ENDPOINTS, Endpoint
from levelbench.report import verdicts
from levelbench.report.standing import better_first
from levelbench.report.words import FEW, NOTHING_TO_COMPARE, join

READ: Endpoint = "list"
"""The endpoint that the sentence on the baseline quotes: it reads and formats the most."""


def found(results: Results, measured: WorkloadResults, ran: Sequence[str]) -> str:
    """The result for the contestants `ran`, at least one, without a full stop."""
    if len(ran) == 1:
        values = [_value(measured, ran[0], endpoint) for endpoint in ENDPOINTS]
        name = results.services[ran[0]].display_name
        text = f"{name} served {join(values)} requests/s; {NOTHING_TO_COMPARE}"
    elif all(measured.services[name].trials < MIN_TRIALS for name in ran):
        text = FEW
    else:
        text = _differences(results, measured)
    load = f"At full speed with {measured.parameters.vus} users, each endpoint by itself"
    return f"{load}: {text}{_reference(measured, ran)}"


def _value(measured: WorkloadResults, name: str, endpoint: Endpoint) -> str:
    figures = measured.services[name].endpoints.get(endpoint)
    throughput = figures.estimate(THROUGHPUT) if figures else None
    if throughput is None or throughput.value is None:
        return f"an unknown number of {endpoint}"
    bounds = interval(throughput)
    return f"{number(throughput.value)} {endpoint}" + (f" ({bounds})" if bounds else "")


def _differences(results: Results, measured: WorkloadResults) -> str:
    """The largest difference on each endpoint."""
    control = measured.control.endpoints if measured.control else {}
    limit = results.statistics.control_limit
    uneven = [name for name in ENDPOINTS if verdict.untrusted(control.get(name), limit)]
    largest = {
        endpoint: _largest(measured, endpoint) for endpoint in ENDPOINTS if endpoint not in uneven
    }
    parts = [
        f"on {endpoint}, {verdicts.sentence(results, pair)}"
        for endpoint, pair in largest.items()
        if pair is not None
    ]
    none = [endpoint for endpoint, pair in largest.items() if pair is None]
    if none:
        parts.append(f"on {join(none)}, no difference beyond a tie is shown")
    if uneven:
        why = biased(results, control.get(uneven[0]))
        parts.append(f"on {join(uneven)}, nothing is compared: {why}")
    return "; ".join(parts)


def _largest(measured: WorkloadResults, endpoint: Endpoint) -> Comparison | None:
    """Of the primary comparisons that show a difference, the largest one."""
    shown = [
        (ratio.value, pair)
        for pair in measured.comparisons
        if pair.primary and pair.endpoint == endpoint and pair.verdict in ("better", "worse")
        for _, _, ratio, _ in [better_first(pair)]
        if ratio.value is not None
    ]
    return max(shown, key=lambda found: found[0])[1] if shown else None


def _reference(measured: WorkloadResults, ran: Sequence[str]) -> str:
    """`; a list request costs 6.00 to 12.0 times the CPU time of the baseline`, without names: an
    order needs more than two values."""
    multiples = [
        ratio.value
        for name in ran
        if (figures := measured.services[name].endpoints.get(READ))
        and (ratio := figures.estimate(CPU_RATIO))
        and ratio.value is not None
    ]
    if not multiples:
        return ""
    ends = dict.fromkeys(number(value) for value in (min(multiples), max(multiples)))
    return f"; a {READ} request costs {' to '.join(ends)} times the CPU time of the baseline"
