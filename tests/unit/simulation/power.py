"""Statistical power: how often a true difference is found."""

from dataclasses import dataclass

import numpy as np

from levelbench.model.loads import Profile
from tests.unit.simulation.alternatives import pairs
from tests.unit.simulation.analysis import analyse
from tests.unit.simulation.machine import Machine, Timing, TurnsTiming
from tests.unit.simulation.runs import Experiment

SLOWER = "slower"
REFERENCES = ("floor", "floor-wsgi")


@dataclass(frozen=True)
class Power:
    """Shares of the pairs that consist of an equal contestant and the slower one."""

    called: float
    """The report calls the slower contestant worse."""
    beyond_control: float
    """The same if the far end of the A/A interval were always the tie, and not only where that
    interval excludes 1."""
    excludes_one: float
    """The interval excludes 1."""


def experiment(
    profile: Profile, contestants: int, difference: float, machine: Machine
) -> Experiment:
    """A profile with equal contestants, except one that is slower by `difference`."""
    even = {f"even-{number}": 1.0 for number in range(1, contestants)}
    references = REFERENCES if profile.references else ()
    together = contestants + len(references) + profile.control
    return Experiment(
        blocks=profile.blocks,
        timing=timing_of(profile, together),
        truth=even | {SLOWER: 1 - difference},
        references=references,
        control=profile.control,
        machine=machine,
    )


def timing_of(profile: Profile, together: int) -> Timing | TurnsTiming:
    """`together`: number of trials in a block."""
    if profile.slices == 1:
        return Timing(profile.warmup_s, profile.closed_window_s)
    return TurnsTiming(profile.closed_window_s, profile.slices, together)


def power(design: Experiment, runs: int, seed: int) -> Power:
    found = analyse(design, design.simulate(runs, seed))
    last = len(design.truth) - 1
    slower = [place for place, (_, b) in enumerate(pairs(last + 1)) if b == last]
    low = found.pairs.low[:, slower]
    bound = np.log1p(np.maximum(design.tie_threshold, found.bound))[:, None]
    return Power(
        called=float(found.better[:, slower].mean()),
        beyond_control=float((low > bound).mean()),
        excludes_one=float((low > 0).mean()),
    )
