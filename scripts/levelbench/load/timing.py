"""Timing of a load: seconds of warm-up, window, pauses and slices, as k6/lib/slots.js and
k6/lib/arrivals.js lay them out."""

import math
from dataclasses import dataclass

from levelbench.load import schedule
from levelbench.model.capacity import Objective
from levelbench.model.config import Config
from levelbench.model.loads import Profile
from levelbench.model.percentile import required_observations
from levelbench.model.vocabulary import Endpoint
from levelbench.model.workloads import Workload

PAUSE_S: dict[Endpoint, int] = {"register": 4, "login": 4, "list": 1, "detail": 1, "task": 1}
"""Pause after an endpoint's slot, in which its requests in flight finish: PAUSE_S in
k6/lib/slots.js, where its length is explained."""

STEP_PAUSE_S = 1
"""Pause after each step of a ladder, so that no step inherits a queue: PAUSE_S in
k6/lib/arrivals.js."""

GIVEN_S = (10, 120)
"""The shortest and the longest window at a given rate that is too low for a p95 in a profile's.
Reasoned: twice the 400 answers that p95 needs, and no more than two minutes: from 7/s on."""


@dataclass(frozen=True)
class Timing:
    """Seconds of the parts of a load."""

    warmup_s: int
    measure_s: int
    pause_s: dict[Endpoint, int] | None
    """After each endpoint's slot but the last; None for one slot in which endpoints are mixed."""
    steps: int = 1
    """Steps of a ladder of rates, each with a warm-up and a window."""
    slices: int = 1
    """Parts of the window; with more than one, contestants take turns."""
    settle_s: float = 0.0
    """Of a slice, before its window."""
    tail_s: float = 0.0
    """Of a slice, after its window."""

    @property
    def slice_s(self) -> float:
        """Length of a slice's window."""
        return self.measure_s / self.slices

    @property
    def load_s(self) -> int:
        """Length of one contestant's load, to the end of its last window."""
        if self.slices > 1:
            turn_s = schedule.turn_s(self.slice_s, self.settle_s, self.tail_s)
            return self.warmup_s + math.ceil(self.slices * turn_s)
        if self.pause_s is None:
            pauses_s = (self.steps - 1) * STEP_PAUSE_S
            return self.steps * (self.warmup_s + self.measure_s) + pauses_s
        *before, _ = self.pause_s.values()
        return len(self.pause_s) * (self.warmup_s + self.measure_s) + sum(before)


def of_workload(
    workload: Workload,
    profile: Profile,
    config: Config,
    objective: Objective | None = None,
    rate_rps: int | None = None,
) -> Timing:
    """Timing of a workload's load.

    A mix has the profile's warm-up and window; a closed load has its own window, cut into slices.
    An isolated endpoint has half of the profile's window, in which it gets more requests than in
    the mix. The steps of a ladder have the configured ones, longer for a p99.
    """
    if workload.alone:
        return Timing(
            min(profile.warmup_s, config.alone.warmup_s_max),
            min(max(profile.measure_s // 2, 1), config.alone.measure_s_max),
            PAUSE_S,
        )
    if workload.kind == "capacity":
        ladder = config.capacity
        answers = required_observations(objective.percentile if objective else 95)
        measure_s = ladder.measure_s * answers // required_observations(95)
        return Timing(ladder.warmup_s, measure_s, None, ladder.steps_expected)
    if workload.kind == "session":
        return Timing(config.session.warmup_s, config.session.measure_s, None, config.session.steps)
    if disturbance := config.disturbance(workload.kind):
        return Timing(profile.warmup_s, disturbance.length_s, None)
    if rate_rps:
        enough_s = math.ceil(2 * required_observations(95) / rate_rps)
        measure_s = max(profile.measure_s, min(max(enough_s, GIVEN_S[0]), GIVEN_S[1]))
        return Timing(profile.warmup_s, measure_s, None)
    if workload.kind != "closed":
        return Timing(profile.warmup_s, profile.measure_s, None)
    return Timing(
        profile.warmup_s,
        profile.closed_window_s,
        None,
        slices=profile.slices,
        settle_s=config.turns.settle_s,
        tail_s=config.turns.tail_s,
    )
