import pytest

from levelbench.lab.doctor.diagnosis import NOTE_SHARE, Grade, by_share, percent, worst
from levelbench.model.config import load_config


@pytest.mark.parametrize(
    ("share", "grade"), [(0.0, "ok"), (0.02, "ok"), (0.021, "note"), (0.2, "note"), (0.21, "bad")]
)
def test_a_tie_is_noted_and_a_fifth_is_too_much(share: float, grade: Grade) -> None:
    assert by_share(share) == grade


def test_what_is_noted_is_as_wide_as_a_tie() -> None:
    assert load_config().statistics.tie_threshold == NOTE_SHARE


def test_the_worst_grade_counts() -> None:
    assert worst(["ok", "bad", "note"]) == "bad"
    assert worst(["ok", "note"]) == "note"
    assert worst([]) == "ok"


@pytest.mark.parametrize(
    ("share", "said"), [(0.0, "0%"), (0.004, "0.4%"), (0.01, "1%"), (0.173, "17%")]
)
def test_small_shares_keep_a_digit(share: float, said: str) -> None:
    assert percent(share) == said
