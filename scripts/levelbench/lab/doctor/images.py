"""Official images or stand-ins, and the versions in them."""

from levelbench.lab.doctor.diagnosis import Diagnosis
from levelbench.lab.images import Choice
from levelbench.model.config import Images


def images(configured: Images, choice: Choice) -> Diagnosis:
    """What a run would use with IMAGES=auto."""
    versions = {
        role: reference.rpartition(":")[2] for role, reference in configured.model_dump().items()
    }
    said = ", ".join(f"{role} {version}" for role, version in versions.items())
    if choice.source == "standin":
        return Diagnosis(
            code="images",
            name="Images",
            found=f"stand-ins: {said}"
            + ("; no image registry answers" if choice.unanswered else ""),
            grade="note",
            effect="Contestants compare with each other as ever; figures do not compare with those "
            "on official images, whose builds differ.",
            remedy="Where a registry can be reached: IMAGES=registry.",
            figures={"source": choice.source, **versions},
        )
    pulled = f"; {len(choice.missing)} of them to be pulled" if choice.missing else ""
    return Diagnosis(
        code="images",
        name="Images",
        found=f"official: {said}{pulled}",
        grade="ok",
        effect="The images that everybody has.",
        figures={"source": choice.source, **versions},
    )
