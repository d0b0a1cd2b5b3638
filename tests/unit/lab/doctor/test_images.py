import pytest
from syrupy.assertion import SnapshotAssertion

from levelbench.lab.doctor.images import images
from levelbench.lab.images import Choice
from levelbench.model.config import load_config
from tests.unit.lab.doctor import shown


@pytest.mark.parametrize(
    ("choice", "grade"),
    [
        (Choice("registry", missing=("redis:8.0.2", "postgres:17.11")), "ok"),
        (Choice("standin", unanswered="connection refused"), "note"),
        (Choice("registry", missing=("redis:8.0.2",), refused="toomanyrequests"), "bad"),
    ],
    ids=["official", "stand-ins", "refused"],
)
def test_images(choice: Choice, grade: str, snapshot: SnapshotAssertion) -> None:
    configured = load_config().images
    found = images(configured, choice)
    assert (found.grade, found.figures["source"]) == (grade, choice.source)
    text = shown(found)
    for role, reference in configured.references().items():
        assert f"{role} {reference.rpartition(':')[2]}" in text
        text = text.replace(reference.rpartition(":")[2], "<version>")
    assert text == snapshot
