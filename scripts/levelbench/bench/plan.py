"""Plan of a run: its trials in blocks, each a seeded random permutation of the contestants.

The speed of a machine drifts over minutes, so contestants measured one after the other would not
meet the same machine. A random order within short blocks, and ratios per block, remove the drift.
"""

import random
from collections.abc import Mapping, Sequence

from levelbench.model.run import PlannedTrial
from levelbench.model.trial import CONTROL_SUFFIX


def make(
    services: Sequence[str],
    blocks: Mapping[str, int],
    seed: int,
    *,
    control: Sequence[str] = (),
) -> tuple[PlannedTrial, ...]:
    """Every trial of a run in its order: workload by workload, each with its number of blocks.

    One of the services in `control`, drawn from the seed, runs twice in each block under two names.
    """
    draw = random.Random(seed)
    entries = [(name, name) for name in services]
    if control:
        twin = draw.choice(list(control))
        entries.append((twin, twin + CONTROL_SUFFIX))
    planned = []
    for workload, count in blocks.items():
        for block in range(1, count + 1):
            draw.shuffle(entries)
            planned += [(workload, block, service, label) for service, label in entries]
    return tuple(
        PlannedTrial(number=number, block=block, workload=workload, service=service, label=label)
        for number, (workload, block, service, label) in enumerate(planned, start=1)
    )
