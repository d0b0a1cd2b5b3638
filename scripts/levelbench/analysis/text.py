"""Text that analysis and report share: numbers, ratios, names and reasons for no verdict.

Numbers have three significant digits, and an undefined value is a dash.
"""

import math

from levelbench.analysis.stats import MIN_TRIALS
from levelbench.model.bracket import Bound
from levelbench.model.estimate import Estimate
from levelbench.model.results import Results
from levelbench.model.run import Environment

UNDEFINED = "—"

TOO_FEW = f"fewer than {MIN_TRIALS} valid measurements"
TOO_FEW_ROUNDS = f"fewer than {MIN_TRIALS} rounds in common"


def biased(results: Results, control: Estimate | None) -> str:
    """Why a run has no ranks: its A/A control shows a bias, or excludes none."""
    if control is None or control.confidence_interval is None:
        return "too few rounds measured a framework twice to exclude a bias of the lab"
    limit = results.statistics.control_limit
    return f"a framework measured twice shows a bias that may exceed {limit:.0%}"


def too_few_rounds(blocks_min: int) -> str:
    """Why a pair with an interval has no verdict."""
    return f"fewer than {blocks_min} rounds in common"


def accounting_words(environment: Environment) -> str:
    """How the kernel of a run accounts CPU time."""
    found = environment.cpu_accounting
    return found.words() if found else "unknown: the kernel's configuration is not readable"


def display_name(results: Results, name: str) -> str:
    """`FastAPI` for `fastapi`; the folder's name for a contestant that took no part."""
    summary = results.services.get(name)
    return summary.display_name if summary else name


def decimals(value: float) -> int:
    """Decimals of a value with three significant digits, and never more than three."""
    if value == 0:
        return 0
    return min(3, max(0, 2 - math.floor(math.log10(abs(significant(value))))))


def significant(value: float) -> float:
    """Rounded to three significant digits."""
    return float(f"{value:.3g}")


def number(value: float | None, places: int | None = None) -> str:
    """`1,250`, `41.3`, `0.512`: three significant digits, or so many decimals; a dash where
    undefined. A count has 0 decimals and all its digits.
    """
    if value is None:
        return UNDEFINED
    if places is None:
        places = decimals(value)
        value = value if places else significant(value)  # rounded once
    return f"{value:,.{places}f}"


BOUNDS: dict[Bound | None, str] = {"at_least": "≥ ", "at_most": "≤ ", None: ""}


def value_text(estimate: Estimate, places: int | None = None) -> str:
    """`41.3`, or `≥ 41.3` where the value is a bound."""
    return BOUNDS[estimate.bound] + number(estimate.value, places)


def percent(value: float | None, places: int = 1) -> str:
    """`4.2%`, `97.8%`, `104%`: at most three digits."""
    if value is None:
        return UNDEFINED
    return f"{100 * value:.{places if abs(round(100 * value, places)) < 100 else 0}f}%"


def error_rate(value: float | None) -> str:
    """Errors are rare: `0%`, or as many decimals as show the first digit."""
    if value is None:
        return UNDEFINED
    if value == 0:
        return "0%"
    return "under 0.01%" if value < 0.0001 else f"{100 * value:.2f}%"


def ratio_places(value: float) -> int:
    """Ratios near 1 need a third decimal: 1.004 and 1.013 are not the same news."""
    return 3 if 0.9 < value < 1.1 else 2


def ratio_interval(estimate: Estimate) -> str | None:
    return None if estimate.value is None else interval(estimate, ratio_places(estimate.value))


def ratio_text(estimate: Estimate) -> str:
    """`1.55 (1.53 to 1.57)`."""
    if estimate.value is None:
        return UNDEFINED
    value = value_text(estimate, ratio_places(estimate.value))
    bounds = ratio_interval(estimate)
    return f"{value} ({bounds})" if bounds else f"{value} (without interval)"


def share_interval(estimate: Estimate) -> str | None:
    """`44.1% to 47.9%`."""
    bounds = estimate.confidence_interval
    return f"{percent(bounds.low)} to {percent(bounds.high)}" if bounds else None


def interval(estimate: Estimate, places: int | None = None) -> str | None:
    """`396 to 403`, with the decimals of the value it belongs to and at most three digits; None
    without one.
    """
    if estimate.value is None or estimate.confidence_interval is None:
        return None
    bounds, own = estimate.confidence_interval, decimals(estimate.value)

    def end(value: float) -> str:
        if places is not None:
            return number(value, places)
        whole = value if abs(value) < 1000 else significant(value)  # never rounded twice
        return number(whole, min(own, decimals(value)))

    return f"{end(bounds.low)} to {end(bounds.high)}"
