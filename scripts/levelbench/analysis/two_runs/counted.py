"""Regression check by instructions of a contestant against itself in another version.

Both are counted with the same hash seeds; d = ln(head / base) of each seed is one value, since a
seed has the same effect on both. docs/instructions.md has the rule and its error rates.
"""

import math
import statistics
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from levelbench.analysis import instructions
from levelbench.analysis.instructions import Function, PerRequest
from levelbench.analysis.stats import mean_interval, simultaneous_confidence, t_quantile
from levelbench.model.count import OTHER
from levelbench.model.estimate import Estimate, Interval
from levelbench.model.folder import Run
from levelbench.model.paired import (
    Change,
    EndpointChange,
    FunctionChange,
    PairedInstructions,
    State,
    Steady,
)
from levelbench.model.vocabulary import Endpoint

Key = TypeVar("Key")
Pair = tuple[PerRequest, PerRequest]
"""Head and base with the same hash seed."""

REGRESSION_MIN = 0.003
"""Of the mean d: smaller increases are within what an edit without any effect can cause."""
ADDED_MAX = 0.005
DEVIATION_MIN = 0.0005
"""Of d between seeds: with 8 seeds a much smaller one is luck."""
DEVIATION_MAX = 0.003
"""With more, 8 seeds find an added 1% in fewer than 95%: as many seeds again are counted."""
FALSE_ALARMS = 0.001
"""Chance of a regression in any endpoint of a head that adds nothing: t > 6.31 with 8 seeds and 5
endpoints."""
SEEDS_MIN = 5
"""With fewer seeds nothing is decided: t would have to exceed 22 with three."""
FUNCTION_DEVIATION_MAX = 0.001
"""Of an endpoint's instructions: what a function adds deviates more between seeds only where it
depends on the addresses of objects, as CPython's cache of attributes does (MCACHE_HASH)."""
EXCLUDED_MAX = 0.2
"""Share of the instructions that may be excluded from a decision."""
IDLE_SHARE_MAX = 0.01
"""With more, the machine has no core to spare, and the time says little of idle work."""
FUNCTIONS = 10
FUNCTION_MIN = 0.0001
"""Functions that changed by less than this share of an endpoint's instructions are not shown."""
EXIT_STATUS: dict[State, int] = {"more": 1, "no more": 0, "undecided": 3}


@dataclass(frozen=True)
class Decision:
    """What the values of d of one endpoint decide."""

    mean: float
    low: float
    high: float
    deviation: float
    t: float
    t_min: float
    state: State


def decide(values: Sequence[float], endpoints: int) -> Decision | None:
    """Decide by d of each hash seed, as one of `endpoints` endpoints; None below 3 seeds.

    A one-sided test of Student's t for a regression, and a simultaneous interval: its upper bound
    shows how much is added at most (Bonferroni).
    """
    bounds = mean_interval(values, simultaneous_confidence(endpoints), DEVIATION_MIN**2)
    if bounds is None:
        return None
    deviation = statistics.stdev(values)
    t = bounds.value / (max(deviation, DEVIATION_MIN) / math.sqrt(len(values)))
    t_min = t_quantile(len(values) - 1, 1 - 2 * FALSE_ALARMS / endpoints)
    state: State = "undecided"
    if len(values) >= SEEDS_MIN:
        if bounds.value > REGRESSION_MIN and t > t_min:
            state = "more"
        elif math.expm1(bounds.high) < ADDED_MAX:
            state = "no more"
    return Decision(bounds.value, bounds.low, bounds.high, deviation, t, t_min, state)


def of_run(run: Run) -> PairedInstructions | None:
    """The decision of a run that counts a contestant and itself in another version; else None."""
    counting = run.record.counting
    if counting is None or not run.record.choices.paired:
        return None
    head, base = run.record.services
    endpoints = tuple(counting.requests)
    found: dict[Endpoint, EndpointChange] = {}
    reserves = [] if run.record.status == "complete" else ["the run ended early"]
    for endpoint in endpoints:
        starved = _is_starved(run, endpoint)
        if starved:
            reserves.append(
                f"more than {IDLE_SHARE_MAX:.0%} of {endpoint} ran without requests on a machine "
                "that had no core to spare, so that added timers do not show"
            )
        pairs = list(_pairs(run, head, base, endpoint, starved=starved))
        if len(pairs) < len(counting.seeds):
            reserves.append(
                f"{endpoint} has {len(pairs)} of {len(counting.seeds)} hash seeds in common"
            )
        if (own := change(pairs, len(endpoints), starved=starved)) is not None:
            found[endpoint] = own
    return PairedInstructions(
        head=head,
        base=base,
        regression_min=REGRESSION_MIN,
        added_max=ADDED_MAX,
        deviation_min=DEVIATION_MIN,
        endpoints=found,
        reserves=tuple(reserves),
        state=overall([own.state for own in found.values()], bool(reserves)),
    )


def overall(states: Sequence[State], reserved: bool) -> State:
    """The worst of several states."""
    if "more" in states:
        return "more"
    return "undecided" if reserved or "undecided" in states or not states else "no more"


def _is_starved(run: Run, endpoint: Endpoint) -> bool:
    """Whether the time of a count says little of the work without requests."""
    return any(
        one.idle_share > IDLE_SHARE_MAX
        for count in run.counts
        if (one := instructions.per_request(count, endpoint)) is not None
    )


def _pairs(run: Run, head: str, base: str, endpoint: Endpoint, *, starved: bool) -> Iterator[Pair]:
    """Both sides with each hash seed that both have."""
    usable: dict[tuple[str, int], PerRequest] = {}
    for count in run.counts:
        if (one := instructions.per_request(count, endpoint, starved=starved)) is not None:
            usable[count.service, count.seed] = one
    for name, seed in usable:
        if name == head and (base, seed) in usable:
            yield usable[head, seed], usable[base, seed]


def change(
    pairs: Sequence[Pair], endpoints: int, *, starved: bool = False
) -> EndpointChange | None:
    """One of `endpoints` changes that are judged at once; None below 3 seeds. `starved`: the
    correction for work without requests may hide what is added."""
    decision = decide([math.log(head.value / base.value) for head, base in pairs], endpoints)
    if decision is None:
        return None
    steady, state = None, decision.state
    if decision.deviation > DEVIATION_MAX and (found := _steady(pairs, endpoints)):
        steady, of_steady = found
        if of_steady == "more" and decision.mean > 0:
            state = "more"
        elif state != "no more":  # what is excluded may add something
            state = "undecided"
    if starved and state == "no more":
        state = "undecided"
    return EndpointChange(
        base=statistics.fmean(base.value for _, base in pairs),
        head=statistics.fmean(head.value for head, _ in pairs),
        ratio=_ratio(decision),
        seeds=len(pairs),
        deviation=decision.deviation,
        t=decision.t,
        t_min=decision.t_min,
        steady=steady,
        state=state,
        layers=_parts(pairs, lambda one: _by_layer(one.objects)),
        functions=_functions(pairs),
    )


def _steady(pairs: Sequence[Pair], endpoints: int) -> tuple[Steady, State] | None:
    """Decide without the functions that deviate; they are chosen by their deviation, which says
    nothing of what they add on average."""
    whole = statistics.fmean(base.value for _, base in pairs)
    names = dict.fromkeys(name for pair in pairs for side in pair for name in side.functions)
    deviating = {
        name
        for name in names
        if statistics.stdev(_added(pair, name) for pair in pairs) > FUNCTION_DEVIATION_MAX * whole
    }
    excluded = sum(base.functions.get(name, 0.0) for _, base in pairs for name in deviating)
    share = excluded / len(pairs) / whole
    if not deviating or share > EXCLUDED_MAX:
        return None
    values = [
        math.log1p(
            (head.value - base.value - sum(_added((head, base), name) for name in deviating))
            / base.value
        )
        for head, base in pairs
    ]
    found = decide(values, endpoints)
    if found is None:
        return None
    shown = tuple(sorted(f"{name} ({instructions.short(path)})" for path, name in deviating))
    ratio = _ratio(found)
    return Steady(
        functions=shown, share=share, ratio=ratio, deviation=found.deviation, t=found.t
    ), found.state


def _added(pair: Pair, name: Function) -> float:
    head, base = pair
    return head.functions.get(name, 0.0) - base.functions.get(name, 0.0)


def _ratio(decision: Decision) -> Estimate:
    return Estimate(
        value=math.exp(decision.mean),
        confidence_interval=Interval(low=math.exp(decision.low), high=math.exp(decision.high)),
    )


def _parts(
    pairs: Sequence[Pair],
    parts: Callable[[PerRequest], Mapping[Key, float]],
) -> dict[Key, Change]:
    """Means of both sides by part, largest change first."""
    head, base = (_means([parts(pair[side]) for pair in pairs]) for side in (0, 1))
    found = {
        name: Change(base=base.get(name, 0.0), head=head.get(name, 0.0)) for name in head | base
    }
    return dict(sorted(found.items(), key=lambda item: (-abs(item[1].added), str(item[0]))))


def _means(starts: Iterable[Mapping[Key, float]]) -> dict[Key, float]:
    each = list(starts)
    sums: dict[Key, float] = {}
    for start in each:
        for name, number in start.items():
            sums[name] = sums.get(name, 0.0) + number
    return {name: number / len(each) for name, number in sums.items()}


def _by_layer(objects: Mapping[str, float]) -> dict[str, float]:
    sums: dict[str, float] = {}
    for path, number in objects.items():
        layer = instructions.layer(path)
        sums[layer] = sums.get(layer, 0.0) + number
    return sums


def _functions(pairs: Sequence[Pair]) -> tuple[FunctionChange, ...]:
    changed = _parts(pairs, lambda one: one.functions)
    least = FUNCTION_MIN * statistics.fmean(base.value for _, base in pairs)
    named = [
        (key, change)
        for key, change in changed.items()
        if key[1] != OTHER and abs(change.added) >= least
    ]
    return tuple(
        FunctionChange(
            base=change.base,
            head=change.head,
            function=name,
            object=instructions.short(path),
            layer=instructions.layer(path),
        )
        for (path, name), change in named[:FUNCTIONS]
    )
