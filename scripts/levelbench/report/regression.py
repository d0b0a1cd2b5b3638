"""Words for the three states of a regression check: slower, not slower, undecided."""

import math
from collections.abc import Sequence

from levelbench.analysis.two_runs.state import State
from levelbench.report.words import join


def percent(share: float) -> str:
    """`7.3%`, rounded up: a bound never looks smaller than it is."""
    return f"{math.ceil(round(1000 * share, 2)) / 10:g}%"


def slower(names: Sequence[str]) -> str:
    """`Slower: ...`, the state of exit status 1."""
    return f"Slower: {join(names)}."


def without_slower(
    state: State, slowdowns: Sequence[float | None], margin: float, reserves: Sequence[str]
) -> str:
    """The states of exit statuses 0 and 3, with the largest slowdown that is not excluded."""
    known = [bound for bound in slowdowns if bound is not None]
    worst = max(known) if slowdowns and len(known) == len(slowdowns) else None
    if state == "not slower" and worst is not None:
        if worst == 0:
            return "Not slower: no interval includes a slowdown, with 95% confidence."
        return (
            f"Not slower by {percent(margin)} or more: at most {percent(worst)}, with 95% "
            "confidence."
        )
    bound = (
        "no bound of a slowdown is known"
        if worst is None
        else f"a slowdown of up to {percent(worst)} is not excluded"
    )
    return "; ".join([f"Undecided: {bound} (margin: {percent(margin)})", *reserves]) + "."
