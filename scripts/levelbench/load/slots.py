"""How long a workload's load is: its slots and steps, as k6/lib/slots.js and k6/lib/arrivals.js lay
them out."""

import math
from dataclasses import dataclass

from levelbench.load import turns
from levelbench.model.config import Config, Profile
from levelbench.model.vocabulary import Endpoint
from levelbench.model.workloads import Workload

PAUSE_S: dict[Endpoint, int] = {"register": 4, "login": 4, "list": 1, "detail": 1, "task": 1}
"""After an endpoint's slot nothing is sent for so long; its requests in flight are let finish."""

STEP_PAUSE_S = 1
"""After each step of a ladder nothing is sent for so long: no step inherits a queue."""


@dataclass(frozen=True)
class Slots:
    """Seconds of the parts of a load."""

    warmup_s: int
    measure_s: int
    pause_s: dict[Endpoint, int] | None
    """After each endpoint's slot but the last; None for one slot in which endpoints are mixed."""
    steps: int = 1
    """Of a ladder of rates: one after the other, each with a warm-up and a window."""
    slices: int = 1
    """In how many slices the window is cut; with more than one, contestants take turns."""
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
        """Of one contestant: from the load's start to the end of its last window."""
        if self.slices > 1:
            turn_s = turns.turn_s(self.slice_s, self.settle_s, self.tail_s)
            return self.warmup_s + math.ceil(self.slices * turn_s)
        if self.pause_s is None:
            pauses_s = (self.steps - 1) * STEP_PAUSE_S
            return self.steps * (self.warmup_s + self.measure_s) + pauses_s
        *before, _ = self.pause_s.values()
        return len(self.pause_s) * (self.warmup_s + self.measure_s) + sum(before)


def plan(workload: Workload, profile: Profile, config: Config) -> Slots:
    """The profile's own warm-up and window for a mix. Where each endpoint is alone, half of that
    window for each: a trial's load then takes about three times as long, and every endpoint still
    gets more requests than in the mix. A ladder's steps have their own.
    """
    if workload.alone:
        return Slots(
            min(profile.warmup_s, config.alone.warmup_s_max),
            min(max(profile.measure_s // 2, 1), config.alone.measure_s_max),
            PAUSE_S,
        )
    if workload.kind == "capacity":
        ladder = config.capacity
        return Slots(ladder.warmup_s, ladder.measure_s, None, ladder.steps)
    return Slots(
        profile.warmup_s,
        profile.measure_s,
        None,
        slices=profile.slices if workload.kind == "closed" else 1,
        settle_s=config.turns.settle_s,
        tail_s=config.turns.tail_s,
    )
