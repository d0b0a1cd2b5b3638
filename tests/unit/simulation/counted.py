"""Error rates of the decision on counted instructions of a head and its base."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from levelbench.analysis.two_runs.counted import DEVIATION_MAX, Decision, decide
from tests.unit.simulation.markdown import percent, table

ENDPOINTS, SEEDS = 5, 8
DEVIATIONS = (0.0005, 0.001, 0.002, 0.003, 0.005, 0.007)
ADDED = (0.0, 0.003, 0.005, 0.01)
RUNS, SEED = 20_000, 1


class Shares(NamedTuple):
    """Of one endpoint's outcomes."""

    more: float
    no_more: float


def shares(added: float, deviation: float, runs: int, seed: int, seeds: int = SEEDS) -> Shares:
    """Of a head that adds this share of instructions, with this deviation between hash seeds."""
    drawn = np.random.default_rng(seed).normal(np.log1p(added), deviation, (runs, 2 * seeds))
    found = [_decided(values, seeds) for values in drawn.tolist()]
    states = [one.state for one in found if one]
    return Shares(states.count("more") / runs, states.count("no more") / runs)


def _decided(values: Sequence[float], seeds: int) -> Decision | None:
    """As a paired count decides: with as many seeds again where the first ones deviate."""
    first = decide(values[:seeds], ENDPOINTS)
    return decide(values, ENDPOINTS) if first and first.deviation > DEVIATION_MAX else first


def counted_table() -> str:
    rows = [
        [
            percent(deviation, 2),
            *(
                f"{percent(found.more, 2)} / {percent(found.no_more, 1)}"
                for added in ADDED
                for found in [shares(added, deviation, RUNS, SEED)]
            ),
        ]
        for deviation in DEVIATIONS
    ]
    return table(("deviation between seeds", *(f"{percent(a, 1)} added" for a in ADDED)), rows)
