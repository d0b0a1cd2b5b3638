"""The answer where each endpoint was alone: one clause an endpoint, and no order over all."""

from collections.abc import Sequence

from levelbench.analysis import verdict
from levelbench.analysis.stats import MIN_TRIALS
from levelbench.analysis.text import interval, number, ratio_interval
from levelbench.model.config import Statistics
from levelbench.model.metrics import CPU_RATIO, THROUGHPUT
from levelbench.model.results import Comparison, WorkloadResults
from levelbench.model.vocabulary import ENDPOINTS, Endpoint
from levelbench.report.standing import better_first
from levelbench.report.words import join

READ: Endpoint = "list"
"""The endpoint that the sentence on the reference quotes: it reads and formats the most."""


def found(measured: WorkloadResults, ran: Sequence[str], limits: Statistics) -> str:
    """What was found among the contestants `ran`, at least one, without a full stop."""
    load = f"With each endpoint alone under {measured.parameters.vus} users:"
    if len(ran) == 1:
        figures = [_figure(measured, ran[0], endpoint) for endpoint in ENDPOINTS]
        said = f"{ran[0]} handled {join(figures)} requests a second; nothing stands beside it"
    elif all(measured.services[name].trials < MIN_TRIALS for name in ran):
        said = f"no difference can be told from noise with fewer than {MIN_TRIALS} trials each"
    else:
        said = _differences(measured, limits.control_limit)
    return f"{load} {said}{_reference(measured, ran)}"


def _figure(measured: WorkloadResults, name: str, endpoint: Endpoint) -> str:
    figures = measured.services[name].endpoints.get(endpoint)
    throughput = figures.estimate(THROUGHPUT) if figures else None
    if throughput is None or throughput.value is None:
        return f"an unknown number of {endpoint}"
    bounds = interval(throughput)
    return f"{number(throughput.value)} {endpoint}" + (f" ({bounds})" if bounds else "")


def _differences(measured: WorkloadResults, limit: float) -> str:
    """The largest difference on each endpoint."""
    control = measured.control.endpoints if measured.control else {}
    uneven = [name for name in ENDPOINTS if verdict.untrusted(control.get(name), limit)]
    largest = {
        endpoint: _largest(measured, endpoint) for endpoint in ENDPOINTS if endpoint not in uneven
    }
    said = [
        f"on {endpoint} {first} handled {ratio_interval(ratio)} times {second}'s requests"
        for endpoint, pair in largest.items()
        if pair is not None
        for first, second, ratio, _ in [better_first(pair)]
    ]
    none = [endpoint for endpoint, pair in largest.items() if pair is None]
    if none:
        said.append(f"on {join(none)} no difference beyond a tie was shown")
    if uneven:
        said.append(f"on {join(uneven)} one contestant against itself did not come out even")
    return "; ".join(said)


def _largest(measured: WorkloadResults, endpoint: Endpoint) -> Comparison | None:
    """Of the primary comparisons that show a difference, the one that shows the largest."""
    shown = [
        pair
        for pair in measured.comparisons
        if pair.primary and pair.endpoint == endpoint and pair.verdict in ("better", "worse")
    ]
    ratios = {pair: ratio for pair in shown if (ratio := better_first(pair)[2].value) is not None}
    return max(ratios, key=ratios.__getitem__, default=None)


def _reference(measured: WorkloadResults, ran: Sequence[str]) -> str:
    """`; a list request cost 6.00 to 12.0 times the reference's CPU`, without names: an order needs
    more than two values."""
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
    return f"; a {READ} request cost {' to '.join(ends)} times the reference's CPU"
