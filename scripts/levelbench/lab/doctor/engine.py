"""Container engine: diagnoses that apply to every engine."""

from levelbench.lab.doctor.diagnosis import Diagnosis, Grade
from levelbench.lab.lab import DISK_MIB
from levelbench.lab.site import EngineError

COMFORTABLE_MIB = 4096
"""All images use about 1100 MiB, their builds the same again, the database of a run 512 MiB."""


def missing(error: EngineError) -> Diagnosis:
    """Diagnosis when no engine responds."""
    return Diagnosis(
        code="engine",
        name="Engine",
        found=f"{error.cause}; the checks that need it were skipped",
        grade="bad",
        effect="Nothing can be measured.",
        remedy=error.remedy,
        required=True,
    )


def disk(free_mib: float | None, disk_remedy: str) -> Diagnosis:
    """Diagnose the free space for images, database and reports; None if it is unknown."""
    enough = free_mib is None or free_mib >= DISK_MIB
    roomy = free_mib is not None and free_mib >= COMFORTABLE_MIB
    grade: Grade = "ok" if roomy else "note" if enough else "bad"
    return Diagnosis(
        code="disk",
        name="Engine's disk",
        found="unknown from this host" if free_mib is None else f"{free_mib / 1024:.1f} GiB free",
        grade=grade,
        effect={
            "ok": "There is room for images and database.",
            "note": f"A run needs {DISK_MIB} MiB in addition to its images, and building images "
            "needs about 2 GiB. A full disk ends the run.",
            "bad": "There is no room for a run.",
        }[grade],
        remedy="" if roomy else disk_remedy,
        required=grade == "bad",
        figures={"free_mib": None if free_mib is None else round(free_mib)},
    )
