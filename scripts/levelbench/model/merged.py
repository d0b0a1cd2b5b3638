"""Summary of the samples of several load generators, as `levelbench merge` writes it."""

from datetime import datetime
from typing import Literal

from levelbench.model.base import Model

Kind = Literal["counter", "gauge", "rate", "trend"]
"""k6's types of metrics."""


class Generator(Model):
    """One load generator's output."""

    file: str
    samples: int
    first_sample: datetime
    last_sample: datetime
    duration_s: float | None
    """k6's testRunDurationMs; None without its summary."""


class Metric(Model):
    """A metric or sub-metric as k6 gives it to handleSummary: `data.metrics`."""

    type: Kind
    contains: str
    values: dict[str, float | None]
    """`rate` of a counter is None where the duration of the load is unknown. A gauge of several
    generators has no `value`: each has its own last one."""


class Merged(Model):
    """The summary of all load generators together."""

    format: Literal[1] = 1
    generators: tuple[Generator, ...]
    duration_s: float | None
    """The longest; None where one is unknown."""
    metrics: dict[str, Metric]
