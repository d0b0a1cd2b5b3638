"""Container engine's lines of the doctor's table that hold for every engine."""

from levelbench.lab.doctor.diagnosis import Diagnosis, Grade
from levelbench.lab.lab import DISK_MIB
from levelbench.lab.site import EngineError

COMFORTABLE_MIB = 4096
"""All images take about 1100 MiB, building them as much again, a run's database 512."""


def missing(error: EngineError) -> Diagnosis:
    """No engine answers."""
    return Diagnosis(
        code="engine",
        name="Engine",
        found=f"{error.cause}: what it would show is left out here",
        grade="bad",
        effect="Nothing can be measured.",
        remedy=error.remedy,
        required=True,
    )


def disk(free_mib: float | None, disk_remedy: str) -> Diagnosis:
    """Room for images, the database and reports; None where it cannot be seen from here."""
    enough = free_mib is None or free_mib >= DISK_MIB
    roomy = free_mib is not None and free_mib >= COMFORTABLE_MIB
    grade: Grade = "ok" if roomy else "note" if enough else "bad"
    return Diagnosis(
        code="disk",
        name="Engine's disk",
        found="not to be seen from here" if free_mib is None else f"{free_mib / 1024:.1f} GiB free",
        grade=grade,
        effect={
            "ok": "Images and database fit.",
            "note": f"A run needs {DISK_MIB} MiB beside its images, and images about 2 GiB while "
            "they are built; a full disk ends it.",
            "bad": "A run does not start.",
        }[grade],
        remedy="" if roomy else disk_remedy,
        required=grade == "bad",
        figures={"free_mib": None if free_mib is None else round(free_mib)},
    )
