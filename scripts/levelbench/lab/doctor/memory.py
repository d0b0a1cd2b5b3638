"""Free memory and swap."""

import psutil

from levelbench.lab.doctor.diagnosis import Diagnosis, Grade
from levelbench.model.config import Caps
from levelbench.model.vocabulary import CONTAINERS

MIB = 2**20
NEEDED_MIB = 3500
"""Measured use of all containers in the standard profile, with six contestants running: contestants
1650 MiB, load generators 820, workers 500, PostgreSQL with its shared buffers 410, Redis 3. With
one contestant at a time (`slices = 1`) they use 1024 MiB."""


def memory(caps: Caps, engine_mib: float | None) -> Diagnosis:
    """Diagnose the memory. `engine_mib`: memory of the engine, which may be a smaller machine."""
    virtual, swap = psutil.virtual_memory(), psutil.swap_memory()
    available_mib = virtual.available / MIB
    total_mib = virtual.total / MIB if engine_mib is None else min(virtual.total / MIB, engine_mib)
    free_mib = min(available_mib, total_mib)
    caps_mib = sum(getattr(caps, container).memory_mib for container in CONTAINERS)
    grade: Grade = "ok"
    effect, remedy = "All containers can use their memory up to their caps.", ""
    if free_mib < NEEDED_MIB:
        grade = "bad"
        effect = "Containers run out of memory and are killed before they reach their caps."
        remedy = f"Free memory: a run needs {NEEDED_MIB} MiB."
    elif free_mib < caps_mib:
        grade = "note"
        effect = f"If the containers reach their caps ({caps_mib} MiB in total), some are killed."
        remedy = "Free memory, or look for contestant-out-of-memory in the report."
    elif swap.used:
        grade = "note"
        effect = "Swapping uses CPU and disk time. Containers never swap."
        remedy = "As root, if enough memory is free: `swapoff --all`."
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
