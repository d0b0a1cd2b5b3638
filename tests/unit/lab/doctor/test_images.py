from levelbench.lab.doctor.images import images
from levelbench.lab.images import Choice
from levelbench.model.config import load_config

CONFIGURED = load_config().images
VERSIONS = f"python 3.13.5-slim, postgres 17.11, redis 8.0.2, k6 {CONFIGURED.k6_version}"


def test_official_images_are_fine() -> None:
    found = images(CONFIGURED, Choice("registry"))
    assert (found.grade, found.found) == ("ok", f"official: {VERSIONS}")


def test_says_how_many_are_still_to_come() -> None:
    found = images(CONFIGURED, Choice("registry", missing=("redis:8.0.2", "postgres:17.11")))
    assert (found.grade, found.found) == ("ok", f"official: {VERSIONS}; 2 of them to be pulled")


def test_standins_are_a_note() -> None:
    found = images(CONFIGURED, Choice("standin", unanswered=True))
    assert found.grade == "note"
    assert found.found == f"stand-ins: {VERSIONS}; no image registry answers"
    assert found.figures["source"] == "standin"
