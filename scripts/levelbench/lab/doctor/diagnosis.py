"""One thing looked at: what was found, how good that is, what it does to a result, what to do."""

from collections.abc import Iterable
from typing import Literal

from pydantic import Field, JsonValue

from levelbench.model.base import Model
from levelbench.model.run import TIE_THRESHOLD

Grade = Literal["ok", "note", "bad"]
GRADES: tuple[Grade, ...] = ("ok", "note", "bad")

NOTE_SHARE = TIE_THRESHOLD
"""What comes and goes with more of a core than a tie is wide can look like a difference."""
BAD_SHARE = 0.20
"""Noise of this size makes a standard run unpublishable. Measured: throughput that varied by 8%
from second to second gave an A/A interval of 2.9% either way in 150 s a side, which is 2.05% in
the 300 s of a standard run; in proportion 20% gives its limit of 5%."""

Figures = dict[str, JsonValue]


class Diagnosis(Model):
    """A line of the doctor's table."""

    code: str
    """Short and stable, for programs."""
    name: str
    found: str
    grade: Grade
    """note: it costs precision, or says what to be careful with. bad: results are not usable."""
    effect: str
    """What it does to a result."""
    remedy: str = ""
    required: bool = False
    """Without it the lab does not run at all."""
    figures: Figures = Field(default_factory=dict)
    """What was read, for programs; None where this machine does not tell."""


def worst(grades: Iterable[Grade]) -> Grade:
    """The worst of some grades; ok of none."""
    return max(grades, key=GRADES.index, default="ok")


def by_share(share: float) -> Grade:
    """The grade of what takes, or varies by, a share of a core's time."""
    if share > BAD_SHARE:
        return "bad"
    return "note" if share > NOTE_SHARE else "ok"


def percent(share: float) -> str:
    """`0.3%` below one percent, whole percents from there on."""
    return f"{share:.1%}" if 0 < share < 0.01 else f"{share:.0%}"
