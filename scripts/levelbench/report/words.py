"""Words and sentences that several parts of the report share."""

from collections.abc import Iterable, Sequence

from levelbench.analysis.stats import MIN_TRIALS
from levelbench.analysis.text import display_name
from levelbench.model.estimate import Estimate
from levelbench.model.results import Control, Results
from levelbench.model.traits import TRAITS, differing, parts
from levelbench.model.vocabulary import Arrivals
from levelbench.report.plot import change

LOADS = {
    "closed": "full speed",
    "closed-no-auth": "full speed without sign-in",
    "list": "full speed, list only",
    "open-50": "fixed rate",
    "open-80": "fixed rate",
    "fixed": "fixed rate",
    "endpoints": "isolated endpoints",
    "session": "users with think time",
    "interference": "bursts of logins",
}
"""Workload -> its name in prose; `capacity` needs no other."""

ARRIVING: dict[Arrivals, str] = {
    "even": "evenly spaced",
    "poisson": "at random (Poisson arrivals)",
}

MIXES = {"no-auth": " that never sign in", "list": " that request only the list"}
"""Users of a workload with a mix of its own."""

FEW = f"fewer than {MIN_TRIALS} measurements each cannot separate a difference from noise"
NOTHING_TO_COMPARE = "there is no other framework to compare it with"
INTERVALS = f"Small print: 95% confidence interval (needs {MIN_TRIALS} measurements)."
FOLLOWS_FROM_THROUGHPUT = (
    "No latency here: with all users always waiting, it is just users / throughput (Little's law). "
    "`WORKLOAD=open` measures it at a fixed rate."
)


def kind(results: Results, otherwise: str) -> str:
    """What a report calls those that it is about: a guest is a service."""
    word = "service" if results.has_guest else otherwise
    return capital(word) if otherwise[:1].isupper() else word


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


def display_names(results: Results, names: Iterable[str]) -> list[str]:
    """What readers call these contestants."""
    return [display_name(results, name) for name in names]


def differing_parts(results: Results, one: str, other: str) -> str | None:
    """`server, driver, data layer`: in which parts two stacks differ; None where unrecorded."""
    first, second = (results.services[name].traits for name in (one, other))
    complete = first.keys() & second.keys() == set(TRAITS)
    found = ", ".join(parts(differing(first, second)))
    return found or ("framework only" if complete else None)


def noun(label: str) -> str:
    """A metric's label within a sentence: `Peak memory` as `peak memory`, but `CPU ...` as is."""
    return label if label[1:2].isupper() else label[:1].lower() + label[1:]


def capital(text: str) -> str:
    """With a capital at the start of a sentence."""
    return text[:1].upper() + text[1:]


def deviation(ratio: Estimate) -> str | None:
    """A ratio's interval as deviation from 1: `-3 to +5%`; None without an interval."""
    bounds = ratio.confidence_interval
    return percent_range(bounds.low - 1, bounds.high - 1) if bounds else None


def measured_twice(results: Results, control: Control) -> str:
    """`Django measured twice`, or that a different framework was in each round."""
    names = control.services or ((control.service,) if control.service else ())
    shown = display_names(results, names)
    return f"{shown[0]} measured twice" if len(shown) == 1 else "A framework measured twice"


def percent_places(low: float, high: float) -> int | None:
    """Decimals of percentages between `low` and `high`: one where they are close together and
    below 100%."""
    return 1 if high - low < 0.03 and high < 1 else None


def percent_range(low: float, high: float) -> str:
    """`4 to 15%`, `-3 to +13%`: of shares, with a decimal where they are close together or below
    1%."""
    places = percent_places(low, high)
    ends = [change(1 + end, places).rstrip("%") for end in (low, high)]
    if not ends[0].startswith("-"):
        ends = [end.lstrip("+") for end in ends]
    return f"{' to '.join(ends)}%"
