"""Plan of a run: its trials in blocks, each a seeded random permutation of the contestants.

The speed of a machine drifts over minutes, so contestants measured one after the other would not
meet the same machine. A random order within short blocks, and ratios per block, remove the drift.
"""

import hashlib
import random
from collections.abc import Mapping, Sequence

from levelbench.model.run import PlannedTrial
from levelbench.model.trial import CONTROL_SUFFIX

SEED_BITS = 52
"""The load generator takes whole numbers below 2^53 (k6/lib/journey.js)."""


def seed_of(seed: int, workload: str, block: int, attempt: int, purpose: str = "load") -> int:
    """The seed of one attempt of a block: a stable hash, the same for all contestants in it.

    Never `seed + block`: runs with neighbouring seeds would share blocks. `purpose` keeps draws
    independent that are made from the same block.
    """
    words = f"{seed}/{workload}/{block}/{attempt}/{purpose}"
    return int.from_bytes(hashlib.sha256(words.encode()).digest()) >> (256 - SEED_BITS)


def make(
    services: Sequence[str],
    blocks: Mapping[str, int],
    seed: int,
    *,
    control: Sequence[str] = (),
) -> tuple[PlannedTrial, ...]:
    """Every trial of a run in its order: workload by workload, each with its number of blocks.

    In each block one of the services in `control` runs twice, under two names: another one in each
    block until all were, in a random order.
    """
    planned = []
    for workload, count in blocks.items():
        twins = _twins(control, count, seed_of(seed, workload, 0, 1, "twins"))
        for block in range(1, count + 1):
            entries = [(name, name) for name in sorted(services)]
            entries += [(twin, twin + CONTROL_SUFFIX) for twin in twins[block - 1 : block]]
            random.Random(seed_of(seed, workload, block, 1, "order")).shuffle(entries)
            planned += [(workload, block, service, label) for service, label in entries]
    return tuple(
        PlannedTrial(number=number, block=block, workload=workload, service=service, label=label)
        for number, (workload, block, service, label) in enumerate(planned, start=1)
    )


def _twins(control: Sequence[str], count: int, seed: int) -> Sequence[str]:
    """The A/A twin of each block: permutations, so that each service is twin about as often."""
    draw = random.Random(seed)
    twins: list[str] = []
    while control and len(twins) < count:
        twins += draw.sample(sorted(control), len(control))
    return twins
