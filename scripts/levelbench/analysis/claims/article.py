"""Load article.toml: the article's figures, claims, printed handlers and verdict rules."""

import math
from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, model_validator

from levelbench.model import toml
from levelbench.model.included import LINK
from levelbench.model.toml import FileModel
from levelbench.model.vocabulary import Endpoint

ARTICLE_FILE = Path(__file__).parent / "article.toml"

TOLERANCE = 0.10
"""A measured interval within the claimed ratio, 10% either way, confirms the claim; one outside of
that refutes its size. Reasoned: the article gives its figures without intervals."""

Kind = Literal["ratio", "equal_load", "errors", "effort", "tasks", "contract"]
Verdict = Literal[
    "holds",
    "direction_only",
    "does_not_hold",
    "opposite",
    "undecided",
    "not_measurable",
    "inconsistent",
    "not_measured",
]
Direction = Literal["above", "below"]

Text = Annotated[str, Field(min_length=1)]
Positive = Annotated[float, Field(gt=0)]


class Hashing(FileModel):
    """CPU cost of password hashing with a framework's default settings."""

    endpoints: Annotated[int, Field(gt=0)]
    """How many of the article's endpoints hash a password."""
    framework: Text
    cpu_s: Positive
    """Approximate CPU time per hash."""


class Setup(FileModel):
    """The article's benchmark setup."""

    endpoints: tuple[Text, ...]
    concurrent_users: Annotated[int, Field(gt=0)]
    duration_s: Positive
    not_stated: tuple[Text, ...]
    """Missing details that a repetition would need."""
    hashing: Hashing


class Row(FileModel):
    """The article's figures for one framework."""

    display_name: Text
    latency_mean_ms: Positive
    latency_p95_ms: Positive
    throughput_rps: Positive
    error_rate: Annotated[float, Field(ge=0, le=1)]
    development_speed: Text
    recommended_for: Text


class Pair(FileModel):
    """A claimed ratio of two contestants: an exact size, a minimum size, or only a direction."""

    numerator: Text
    denominator: Text
    ratio: Positive | None = None
    ratio_at_least: Positive | None = None

    @model_validator(mode="after")
    def _has_one_size(self) -> "Pair":
        if self.ratio is not None and self.ratio_at_least is not None:
            raise ValueError("a pair has either `ratio` or `ratio_at_least`, not both")
        return self

    @property
    def bounds(self) -> tuple[float, float] | None:
        """Bounds that a measured interval must lie within: the claimed ratio, 10% either way.

        Multiplicative, so that a / b and b / a get the same verdict. None where no size is claimed.
        """
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
    """Selects the judging function in judge.JUDGES."""
    metric: Text
    pairs: tuple[Pair, ...] = ()
    """All pairs must hold for the claim to hold."""
    endpoints: tuple[Endpoint, ...] = ()
    """Endpoints with counted code, for a claim about effort."""
    contradicted: bool = False
    """The article's own figures or code contradict this claim, which no measurement decides."""
    remark: Text
    """Background from the article and from this lab's contestants."""


class Handler(FileModel):
    """The article's printed list handler: its statements and returned data."""

    statements: tuple[Text, ...]
    user: Text
    items: Text
    total_count: bool
    order_by: bool
    jwt_check: bool
    cannot_answer: Text | None = None
    """Why the printed code fails; None if it works."""


class Article(FileModel):
    """The whole of article.toml."""

    title: Text
    publisher: Text
    published: date | None = None
    """None: not known."""
    url: Annotated[str, Field(pattern=f"^{LINK}$")]
    setup: Setup
    measured: dict[str, Row]
    leads: tuple[tuple[Text, Text], ...]
    """Pairs (a, b) for which the article reports a lead of a over b, or of b over a."""
    claims: tuple[PublishedClaim, ...]
    handlers: dict[str, Handler]
    verdicts: dict[Verdict, Text]
    """The rule for each verdict."""

    def claimed_leads(self) -> dict[tuple[str, str], float]:
        """The claimed throughput ratio a / b of each lead."""
        rates = {name: row.throughput_rps for name, row in self.measured.items()}
        return {(a, b): rates[a] / rates[b] for a, b in self.leads}


@cache
def article() -> Article:
    """The article.toml that ships with the lab. Raises LabError for a malformed file."""
    return toml.read(ARTICLE_FILE, Article)
