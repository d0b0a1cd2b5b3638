"""Diagnoses that apply to every engine: it responds, and its disk has room."""

import pytest
from syrupy.assertion import SnapshotAssertion

from levelbench.lab.doctor import engine as looking
from levelbench.lab.site import EngineError
from tests.unit.lab.doctor import shown


def test_no_engine(snapshot: SnapshotAssertion) -> None:
    found = looking.missing(EngineError("no container engine answers", "Start it."))
    assert (found.grade, found.required) == ("bad", True)
    assert shown(found) == snapshot


@pytest.mark.parametrize(
    ("free_mib", "grade", "required"),
    [
        (80_000.0, "ok", False),
        (1_000.0, "note", False),
        (100.0, "bad", True),
        (None, "note", False),
    ],
)
def test_disk(
    free_mib: float | None, grade: str, required: bool, snapshot: SnapshotAssertion
) -> None:
    found = looking.disk(free_mib, "Free some.")
    assert (found.grade, found.required) == (grade, required)
    assert shown(found) == snapshot
