"""The article whose claims are judged: what it says, as data (article.toml)."""

import math
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, model_validator

from levelbench.model import toml
from levelbench.model.toml import FileModel
from levelbench.model.vocabulary import Endpoint

ARTICLE_FILE = Path(__file__).parent / "article.toml"

TOLERANCE = 0.10
"""A measured interval that overlaps a claimed ratio within 10% either way confirms it."""

Kind = Literal["ratio", "equal_load", "errors", "effort", "tasks", "contract"]
Verdict = Literal[
    "holds", "direction_only", "does_not_hold", "not_measurable", "inconsistent", "not_measured"
]
Direction = Literal["above", "below"]

Text = Annotated[str, Field(min_length=1)]
Positive = Annotated[float, Field(gt=0)]


class Hashing(FileModel):
    """What hashing passwords would cost at a framework's default."""

    endpoints: Annotated[int, Field(gt=0)]
    """How many of the article's endpoints hash a password."""
    framework: Text
    cpu_s: Positive
    """Processor time of one hash, about."""


class Setup(FileModel):
    """How the article measured."""

    endpoints: tuple[Text, ...]
    concurrent_users: Annotated[int, Field(gt=0)]
    duration_s: Positive
    not_stated: tuple[Text, ...]
    """What one would have to know to repeat it."""
    hashing: Hashing


class Row(FileModel):
    """What the article reports of one framework."""

    latency_mean_ms: Positive
    latency_p95_ms: Positive
    throughput_rps: Positive
    error_rate: Annotated[float, Field(ge=0, le=1)]
    development_speed: Text
    recommended_for: Text


class Pair(FileModel):
    """A claimed ratio of two contestants: of a size, at least of a size, or only above 1."""

    numerator: Text
    denominator: Text
    ratio: Positive | None = None
    ratio_at_least: Positive | None = None

    @model_validator(mode="after")
    def _has_one_size(self) -> "Pair":
        if self.ratio is not None and self.ratio_at_least is not None:
            raise ValueError("a ratio is either of a size or at least of a size")
        return self

    @property
    def name(self) -> str:
        return f"{self.numerator} / {self.denominator}"

    @property
    def bounds(self) -> tuple[float, float] | None:
        """What a measured interval must overlap: the claim, 10% either way. Multiplicative, so that
        a / b and b / a get the same verdict. None where no size is claimed."""
        if self.ratio is not None:
            return self.ratio / (1 + TOLERANCE), self.ratio * (1 + TOLERANCE)
        if self.ratio_at_least is not None:
            return self.ratio_at_least / (1 + TOLERANCE), math.inf
        return None

    @property
    def direction(self) -> Direction:
        size = self.ratio or self.ratio_at_least
        return "below" if size is not None and size < 1 else "above"


class PublishedClaim(FileModel):
    """One claim of the article."""

    id: Text
    text: Text
    kind: Kind
    """How it is judged: judge.JUDGES."""
    metric: Text
    pairs: tuple[Pair, ...] = ()
    """What has to hold, all of it."""
    endpoints: tuple[Endpoint, ...] = ()
    """Whose code is counted, of a claim about effort."""
    contradicted: bool = False
    """Whether the article's own figures or code contradict a claim that no measurement decides."""
    remark: Text
    """What else is known of it: of the article, and of this lab's contestants."""


class Handler(FileModel):
    """What the list handler that the article prints does."""

    statements: tuple[Text, ...]
    user: Text
    items: Text
    total_count: bool
    order_by: bool
    jwt_check: bool
    cannot_answer: Text | None = None
    """Why it cannot answer as printed; None if it can."""


class Article(FileModel):
    """article.toml."""

    source: Text
    setup: Setup
    measured: dict[str, Row]
    claims: tuple[PublishedClaim, ...]
    handlers: dict[str, Handler]
    verdicts: dict[Verdict, Text]
    """By which rule each verdict is given."""


@cache
def article() -> Article:
    """What ships with the lab. Raises LabError for a malformed file."""
    return toml.read(ARTICLE_FILE, Article)
