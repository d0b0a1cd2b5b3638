"""Container images: official ones or stand-ins, and their versions."""

from levelbench.lab.doctor.diagnosis import Diagnosis
from levelbench.lab.images import REFUSAL_REMEDY, Choice, refusal
from levelbench.model.references import Images, tag_of


def images(configured: Images, choice: Choice) -> Diagnosis:
    """The images that a run uses with IMAGES=auto."""
    versions = {role: tag_of(reference) for role, reference in configured.references().items()}
    text = ", ".join(f"{role} {version}" for role, version in versions.items())
    if choice.source == "standin":
        return Diagnosis(
            code="images",
            name="Images",
            found=f"stand-ins: {text}"
            + (f"; no image registry answers: {choice.unanswered}" if choice.unanswered else ""),
            grade="note",
            effect="Contestants can be compared with each other. Results cannot be compared with "
            "those of official images, because the builds differ.",
            remedy="On a machine that can reach a registry, set IMAGES=registry.",
            figures={"source": choice.source, **versions},
        )
    if choice.refused:
        return Diagnosis(
            code="images",
            name="Images",
            found=f"official: {text}; {refusal(choice)}",
            grade="bad",
            effect="Nothing can be measured.",
            remedy=REFUSAL_REMEDY,
            required=True,
            figures={"source": choice.source, **versions},
        )
    pulled = f"; {len(choice.missing)} not pulled yet" if choice.missing else ""
    return Diagnosis(
        code="images",
        name="Images",
        found=f"official: {text}{pulled}",
        grade="ok",
        effect="Everybody can pull the same images.",
        figures={"source": choice.source, **versions},
    )
