"""Sentences and section of a paired count: more instructions, and never slower."""

from levelbench.analysis.text import display_name
from levelbench.analysis.two_runs.counted import SEEDS_MIN
from levelbench.model.estimate import Estimate, Interval
from levelbench.model.paired import EndpointChange, PairedInstructions
from levelbench.model.results import Results
from levelbench.report.regression import percent
from levelbench.report.section import Section
from levelbench.report.tables import counted as tables
from levelbench.report.words import join

NOT_TIME = (
    "Instructions are not time: they leave out the kernel, waiting for memory, contention and the "
    "database. 1% more instructions do not mean that a request takes 1% longer."
)


def sentences(results: Results, found: PairedInstructions) -> list[str]:
    """One sentence per endpoint; the state comes last."""
    head, base = (display_name(results, name) for name in (found.head, found.base))
    texts = [
        f"On {endpoint}, {head} executes {size(change.ratio)} than {base}{_rest(change)}."
        for endpoint, change in found.endpoints.items()
    ]
    return [*texts, outcome(results, found)]


def outcome(results: Results, found: PairedInstructions) -> str:
    """The state, with the largest increase that is not excluded."""
    if found.state == "more":
        more = [
            f"{_percent((change.steady or change).ratio.value or 1.0)} more on {endpoint}"
            for endpoint, change in found.endpoints.items()
            if change.state == "more"
        ]
        return f"More instructions: {display_name(results, found.head)} executes {join(more)}."
    worst = max((_bound(change) for change in found.endpoints.values()), default=None)
    limit = f"{100 * found.added_max:g}%"
    if worst is None:
        text = f"Undecided: no endpoint has {SEEDS_MIN} hash seeds that both were counted with"
    elif found.state == "no more":
        return f"No more than {limit} added: at most {percent(worst)}, with 97.5% confidence."
    else:
        text = f"Undecided: up to {percent(worst)} more instructions are not excluded"
    return "; ".join([f"{text} (limit: {limit})", *found.reserves]) + "."


def section(results: Results) -> Section:
    """Empty where no pair was counted."""
    found = results.paired_instructions
    title = "Instructions per request, compared with an earlier version"
    if found is None:
        return Section("paired-instructions", title)
    *texts, state = sentences(results, found)
    return Section(
        "paired-instructions",
        title,
        (state, *texts, NOT_TIME),
        tables=tables.all_of(results, found),
    )


def _rest(change: EndpointChange) -> str:
    """What decides in place of the whole, where the whole deviates too much."""
    if change.steady is None:
        return ""
    number = len(change.steady.functions)
    functions = "1 function that deviates" if number == 1 else f"{number} functions that deviate"
    return f"; without {functions} between seeds, {size(change.steady.ratio)}"


def size(estimate: Estimate) -> str:
    """`1.02% more instructions per request (0.95% to 1.10% more)`."""
    ratio, bounds = estimate.value or 1.0, estimate.confidence_interval
    extent = f" ({_extent(bounds)})" if bounds else ""
    return f"{_percent(ratio)} {_direction(ratio)} instructions per request{extent}"


def _extent(bounds: Interval) -> str:
    low, high = _direction(bounds.low), _direction(bounds.high)
    first = _percent(bounds.low) if low == high else f"{_percent(bounds.low)} {low}"
    return f"{first} to {_percent(bounds.high)} {high}"


def _percent(ratio: float) -> str:
    return f"{100 * abs(ratio - 1):.2f}%"


def _direction(ratio: float) -> str:
    return "fewer" if round(ratio - 1, 4) < 0 else "more"


def _bound(change: EndpointChange) -> float:
    """The largest increase that the interval includes."""
    bounds = change.ratio.confidence_interval
    return max(0.0, bounds.high - 1) if bounds else float("inf")
