"""Runs on machines that other programs disturb: trials are void, blocks run again, some missing."""

from dataclasses import dataclass, replace

import numpy as np

from levelbench.model.loads import Profile
from tests.unit.simulation.analysis import analyse
from tests.unit.simulation.errors import true_ratios
from tests.unit.simulation.machine import DRIFTING, LOUD, QUIET, Bursts, Machine
from tests.unit.simulation.power import REFERENCES, timing_of
from tests.unit.simulation.runs import Experiment, Retry

MACHINES: dict[str, Machine] = {
    "quiet": replace(QUIET, bursts=Bursts(every_s=7_200, lasting_s=20)),
    "noisy": replace(DRIFTING, bursts=Bursts(every_s=1_800, lasting_s=30)),
    "noisier": replace(LOUD, bursts=Bursts(every_s=1_800, lasting_s=30)),
    "disturbed": replace(LOUD, bursts=Bursts(every_s=600, lasting_s=45)),
    "heavily disturbed": replace(LOUD, bursts=Bursts(every_s=90, lasting_s=60)),
}
SLOWER = "d"
TRUTH = {"a": 1.0, "b": 1.0, "c": 1.0, SLOWER: 0.9}


@dataclass(frozen=True)
class Outcome:
    """Of four contestants, of which one is slower by 10%. Shares of all runs unless noted."""

    void: float
    """Share of all attempts of trials."""
    rerun: float
    """Share of the planned blocks."""
    valid: float
    publishable: float
    coverage: float
    """Share of the runs with all intervals: all of them at once cover the truth."""
    half_width: float
    """Median over runs and pairs, as a ratio."""
    false_calls: float
    """Any two equal contestants are called better or worse."""
    power: float
    """Share of the pairs with the slower one in which it is called worse."""
    bias: float
    """Mean ratio of the slower one to the others over the true one, less 1."""
    error: float
    """Its standard error."""


def experiment(profile: Profile, machine: Machine, retry: Retry) -> Experiment:
    references = REFERENCES if profile.references else ()
    together = len(TRUTH) + len(references) + profile.control
    return Experiment(
        profile.blocks,
        timing_of(profile, together),
        truth=TRUTH,
        references=references,
        control=profile.control,
        machine=machine,
        retry=retry,
    )


def outcome(profile: Profile, machine: Machine, retry: Retry, runs: int, seed: int) -> Outcome:
    design = experiment(profile, machine, retry)
    simulated = design.simulate(runs, seed)
    found, truth = analyse(design, simulated), true_ratios(design)
    unequal = truth != 0
    known = ~np.isnan(found.pairs.half).any(axis=1)
    covers = ((found.pairs.low <= truth) & (truth <= found.pairs.high)).all(axis=1)
    errors = (truth - found.pairs.mean)[known][:, unequal].mean(axis=1)
    made = simulated.made
    return Outcome(
        void=float((simulated.void & made).sum() / made.sum()),
        rerun=float(made[:, :, 1:].any(axis=(2, 3)).mean()),
        valid=float(found.valid.mean()),
        publishable=float(found.publishable.mean()),
        coverage=float(covers[known].mean()),
        half_width=float(np.median(np.expm1(found.pairs.half[known]))),
        false_calls=float((found.better | found.worse)[:, ~unequal].any(axis=1).mean()),
        power=float(found.better[:, unequal].mean()),
        bias=float(np.expm1(errors.mean())),
        error=float(errors.std(ddof=1) / np.sqrt(len(errors))),
    )
