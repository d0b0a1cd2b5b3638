"""Words and sentences that several parts of the report share."""

from collections.abc import Iterable, Sequence

from levelbench.analysis.stats import MIN_TRIALS
from levelbench.analysis.text import display_name
from levelbench.model.estimate import Estimate
from levelbench.model.results import Control, Results
from levelbench.model.vocabulary import Arrivals

LOADS = {
    "closed": "full speed",
    "closed-no-auth": "full speed without sign-in",
    "list": "full speed, list only",
    "open-50": "fixed rate",
    "open-80": "fixed rate",
    "endpoints": "isolated endpoints",
}
"""Workload -> its name in prose; `capacity` needs no other."""

ARRIVING: dict[Arrivals, str] = {
    "even": "evenly spaced",
    "poisson": "at random (Poisson arrivals)",
}

MIXES = {"no-auth": " that never sign in", "list": " that request only the list"}
"""Users of a workload with a mix of its own."""

FEW = f"fewer than {MIN_TRIALS} measurements each cannot separate a difference from noise"
NOTHING_TO_COMPARE = "there is no other contestant to compare it with"
INTERVALS = (
    "With each value: its 95% confidence interval over measurements, which needs "
    f"{MIN_TRIALS} or more."
)
FOLLOWS_FROM_THROUGHPUT = (
    "At full speed the mean latency is the number of users / throughput (Little's law): it is the "
    "same observation. The percentiles depend on the number of users and are not compared."
)


NUMBERS = (
    "no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
    "twelve",
)  # fmt: skip


def number_word(count: int) -> str:
    """`four`; in digits above twelve."""
    return NUMBERS[count] if count < len(NUMBERS) else str(count)


def load_name(workload: str) -> str:
    """`full speed (closed)`."""
    return f"{LOADS[workload]} ({workload})" if workload in LOADS else workload


def join(parts: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    if len(parts) < 2:
        return "".join(parts)
    return ", ".join(parts[:-1]) + " and " + parts[-1]


def clause(names: Sequence[str], singular: str, plural: str) -> str:
    """`; a and b failed`, or nothing without names."""
    return f"; {join(names)} {singular if len(names) == 1 else plural}" if names else ""


def display_names(results: Results, names: Iterable[str]) -> list[str]:
    """What readers call these contestants."""
    return [display_name(results, name) for name in names]


def noun(label: str) -> str:
    """A metric's label within a sentence: `Peak memory` as `peak memory`, but `CPU ...` as is."""
    return label if label[1:2].isupper() else label[:1].lower() + label[1:]


def deviation(ratio: Estimate) -> str | None:
    """A ratio's interval as deviation from 1: `-2.8% to +5.0%`; None without an interval."""
    bounds = ratio.confidence_interval
    if bounds is None:
        return None
    ends = (round(100 * (end - 1), 1) + 0.0 for end in (bounds.low, bounds.high))  # no -0.0
    return " to ".join(f"{end:+.1f}%" for end in ends)


def measured_twice(results: Results, control: Control) -> str:
    """`Django was measured twice`, or which contestants were, a different one in each round."""
    names = control.services or ((control.service,) if control.service else ())
    shown = display_names(results, names)
    if len(shown) == 1:
        return f"{shown[0]} was measured twice"
    return f"In each round one of {join(shown)} was measured twice"


def counted(results: Results) -> str:
    """`15 of 25 planned measurements gave a value (FastAPI 4 of 5, others 3 of 5)`."""
    found = [w.coverage for w in results.workloads.values() if w.coverage]
    planned, valid = sum(c.planned for c in found), sum(c.valid for c in found)
    if not planned:
        return "No planned measurement was made"
    text = f"{valid} of {planned} planned measurements gave a value"
    missing = [
        f"{results.services[name].display_name} {service.trials} of {service.planned}"
        + (f" at {load_name(workload)}" if len(results.workloads) > 1 else "")
        for workload, measured in results.workloads.items()
        for name, service in measured.services.items()
        if service.planned and service.trials < service.planned
    ]
    rerun = sum(c.rerun for c in found)
    again = f"; {rerun} of {sum(c.blocks for c in found)} rounds were run again" if rerun else ""
    return text + (f" ({join(missing)})" if missing else "") + again


def percent_range(low: float, high: float) -> str:
    """`4 to 15%`, with a decimal where the ends are close together or below 1%."""
    close = high - low < 0.03
    low_text, high_text = (
        f"{100 * end:.1f}" if close or abs(end) < 0.01 else f"{100 * end:.0f}"
        for end in (low, high)
    )
    return f"{low_text} to {high_text}%"
