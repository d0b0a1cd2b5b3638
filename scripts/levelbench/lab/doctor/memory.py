"""Memory and swap."""

import psutil

from levelbench.lab.doctor.diagnosis import Diagnosis, Grade
from levelbench.model.config import Caps
from levelbench.model.vocabulary import CONTAINERS

MIB = 2**20
NEEDED_MIB = 3500
"""What the containers were seen to take together in the standard profile, whose six contestants are
up at once: these 1650 MiB, their load generators 820, their workers 500, PostgreSQL with its shared
buffers 410, Redis 3. Windows of one contestant alone (`slices = 1`) take 1024."""


def memory(caps: Caps, engine_mib: float | None) -> Diagnosis:
    """Of this machine; `engine_mib`: what the engine has, which may be a smaller machine's."""
    virtual, swap = psutil.virtual_memory(), psutil.swap_memory()
    available_mib = virtual.available / MIB
    total_mib = virtual.total / MIB if engine_mib is None else min(virtual.total / MIB, engine_mib)
    free_mib = min(available_mib, total_mib)
    caps_mib = sum(getattr(caps, container).memory_mib for container in CONTAINERS)
    grade: Grade = "ok"
    effect, remedy = "All containers can reach their caps.", ""
    if free_mib < NEEDED_MIB:
        grade = "bad"
        effect = "Containers are killed for want of memory before they reach their caps."
        remedy = f"Free some: a run takes {NEEDED_MIB} MiB."
    elif free_mib < caps_mib:
        grade = "note"
        effect = f"Containers that reached their caps ({caps_mib} MiB in all) would be killed."
        remedy = "Free some, or watch for contestant-out-of-memory in the report."
    elif swap.used:
        grade = "note"
        effect = "Swapping takes time of the cores and the disk; containers themselves never swap."
        remedy = "As root: `swapoff --all`, with enough memory free for it."
    return Diagnosis(
        code="memory",
        name="Memory",
        found=f"{free_mib:.0f} MiB free of {total_mib:.0f}; swap "
        + (f"{swap.used / MIB:.0f} MiB used of {swap.total / MIB:.0f}" if swap.total else "off"),
        grade=grade,
        effect=effect,
        remedy=remedy,
        figures={
            "free_mib": round(free_mib),
            "total_mib": round(total_mib),
            "swap_used_mib": round(swap.used / MIB),
            "swap_total_mib": round(swap.total / MIB),
        },
    )
