from levelbench.lab.doctor.diagnosis import Diagnosis


def shown(found: Diagnosis) -> str:
    """What a reader sees of a diagnosis, for snapshots."""
    lines = (f"{found.name}: {found.grade}", found.found, found.effect, f"-> {found.remedy}")
    return "\n".join(lines)
