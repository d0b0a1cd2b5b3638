"""What holds of every engine: that it answers, and that its disk has room."""

import pytest

from levelbench.lab.doctor import engine as looking
from levelbench.lab.site import EngineError


def test_no_engine_is_a_line_with_its_remedy() -> None:
    found = looking.missing(EngineError("no container engine answers", "Start it."))
    assert (found.grade, found.required, found.remedy) == ("bad", True, "Start it.")
    assert found.found.startswith("no container engine answers")


@pytest.mark.parametrize(
    ("free_mib", "grade", "required"),
    [
        (80_000.0, "ok", False),
        (1_000.0, "note", False),
        (100.0, "bad", True),
        (None, "note", False),
    ],
)
def test_room_on_the_engines_disk(free_mib: float | None, grade: str, required: bool) -> None:
    found = looking.disk(free_mib, "Free some.")
    assert (found.grade, found.required) == (grade, required)
