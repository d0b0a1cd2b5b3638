"""Diagnosis of one part of the machine: what was found, its grade, effect and remedy."""

from collections.abc import Iterable
from typing import Literal

from pydantic import Field, JsonValue

from levelbench.model.base import Model

Grade = Literal["ok", "note", "bad"]
GRADES: tuple[Grade, ...] = ("ok", "note", "bad")

NOTE_SHARE = 0.02
"""What comes and goes with more of a core than a tie is wide can look like a difference: as the tie
threshold of levelbench.toml, which a test compares."""
BAD_SHARE = 0.20
"""Noise of this size makes a standard run unpublishable. Measured: throughput that varied by 8%
from second to second gave an A/A interval of +/- 2.9% with 150 s per side, which is +/- 2.05% with
300 s. In proportion, 20% gives the limit of 5%. The 200 s of a standard run are about as precise,
because they are in short alternating slices (docs/statistics.md, Design of windows)."""

Figures = dict[str, JsonValue]


class Diagnosis(Model):
    """A row of the doctor's table."""

    code: str
    """Short and stable, for programs."""
    name: str
    found: str
    grade: Grade
    """note: results are less precise, or need care. bad: results are not usable."""
    effect: str
    """Effect on results."""
    remedy: str = ""
    required: bool = False
    """Whether the lab cannot run without it."""
    figures: Figures = Field(default_factory=dict)
    """Values for programs; None where this machine does not report one."""


def worst(grades: Iterable[Grade]) -> Grade:
    """The worst of some grades; ok if there are none."""
    return max(grades, key=GRADES.index, default="ok")


def by_share(share: float) -> Grade:
    """Grade of a load or a variation, as a share of a core's time."""
    if share > BAD_SHARE:
        return "bad"
    return "note" if share > NOTE_SHARE else "ok"


def percent(share: float) -> str:
    """`0.3%` below one percent, otherwise whole percents."""
    return f"{share:.1%}" if 0 < share < 0.01 else f"{share:.0%}"
