"""Capacities on simulated ladders: zero-width intervals and coverage, on one ladder for all blocks
as the lab had it, and on the shifted ladders that it has."""

import bisect
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from levelbench.analysis import stats, verdict
from levelbench.analysis.estimates import estimate
from levelbench.load import parameters
from levelbench.load.parameters import Parameters
from levelbench.model.bracket import Bracket
from levelbench.model.config import load_config
from levelbench.model.estimate import Estimate
from levelbench.model.run import Rates

SIX_PAIRS = stats.simultaneous_confidence(6)


class Found(NamedTuple):
    """Shares of runs, and the median half-width of the intervals of a ratio."""

    zero_width: float
    covered: float
    level_covered: float
    half_width: float


@dataclass(frozen=True)
class Ladders:
    """Runs of two contestants, whose true capacities differ by up to a step of the ladder."""

    slowest_rps: float
    """Closed throughput of the slowest contestant, from which the ladder is derived."""
    noise: float
    """Standard deviation of a trial's capacity, on logarithms."""
    blocks: int
    confidence: float = stats.CONFIDENCE

    def shifted(self, runs: int, seed: int) -> Found:
        """As the lab measures: brackets on a ladder that each block shifts."""
        return self._of(runs, seed, lambda ladder, block: ladder.of_block(block), _bracket)

    def fixed(self, runs: int, seed: int) -> Found:
        """As the lab measured before: the highest rate that held, on one ladder, as if exact."""
        return self._of(runs, seed, lambda ladder, _: ladder, _held)

    def _of(
        self,
        runs: int,
        seed: int,
        of_block: Callable[[Parameters, int], Parameters],
        read: Callable[[Sequence[int], float], float],
    ) -> Found:
        draw = np.random.default_rng(seed)
        ladder = _ladder(self.slowest_rps)
        zero = covered = level = 0
        widths = []
        for run in range(runs):
            own = replace(ladder, seed=run)
            capacity = self.slowest_rps * math.exp(draw.uniform(0, math.log(1.2)))
            ratio = math.exp(draw.uniform(0, math.log(ladder.growth)))
            logs = self.noise * draw.standard_normal((self.blocks, 2))
            steps = [of_block(own, block).steps_rps for block in range(1, self.blocks + 1)]
            a, b = (
                [read(s, true * math.exp(log)) for s, log in zip(steps, logs[:, i], strict=True)]
                for i, true in enumerate((capacity * ratio, capacity))
            )
            found = verdict.ratio(list(zip(a, b, strict=True)), self.confidence)
            zero += _width(found) < 1e-9
            covered += _covers(found, ratio)
            level += _covers(estimate(b), capacity)
            widths.append(_width(found) / 2)
        return Found(zero / runs, covered / runs, level / runs, float(np.median(widths)))


def _ladder(slowest_rps: float) -> Parameters:
    config = load_config()
    rates = Rates(calibrated_by="simulated", slowest="b", throughput_rps=slowest_rps)
    return parameters.of_workloads(
        ["capacity"], config, config.profile("quick"), mix="journey", scale=1, seed=0, rates=rates
    )["capacity"]


def _bracket(steps_rps: Sequence[int], capacity: float) -> Bracket:
    place = bisect.bisect_right(steps_rps, capacity)
    return Bracket(steps_rps[place - 1], steps_rps[place])


def _held(steps_rps: Sequence[int], capacity: float) -> float:
    return float(steps_rps[bisect.bisect_right(steps_rps, capacity) - 1])


def _width(found: Estimate) -> float:
    assert found.confidence_interval
    return found.confidence_interval.high - found.confidence_interval.low


def _covers(found: Estimate, truth: float) -> bool:
    interval = found.confidence_interval
    return interval is not None and interval.low <= truth <= interval.high
