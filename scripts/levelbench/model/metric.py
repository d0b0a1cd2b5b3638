"""A metric of a contestant: its name, unit and direction, how it is read, and where it is shown."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from levelbench.model.trial import TrialRecord
from levelbench.model.vocabulary import Endpoint, Kind

Better = Literal["higher", "lower"]
Level = Literal["run", "workload", "endpoint"]
"""Where in results.json a metric stands: `services`, a workload's `services`, their `endpoints`."""

Reader = Callable[[TrialRecord, Endpoint | None], float | None]
"""Read a metric from a trial, or from one endpoint in it; None where the trial does not have it."""

MIXED: tuple[Kind, ...] = ("closed", "open")
RATED: tuple[Kind, ...] = (*MIXED, "endpoints")
OWN_RATES: tuple[Kind, ...] = ("interference", "overload")
LOADS: tuple[Kind, ...] = (*RATED, "capacity", "session", *OWN_RATES)


@dataclass(frozen=True)
class Metric:
    """One metric of a contestant under one workload."""

    name: str
    """Its key in results.json; a dot nests."""
    label: str
    unit: str
    better: Better
    read: Reader | None
    """None for a metric that is not a mean over trials: pooled errors, ratios to the reference."""
    endpoints: Literal["all", "isolated", "none"] = "none"
    """Which endpoints have it: those in a mix too, only isolated ones, or none."""
    kinds: tuple[Kind, ...] = LOADS
    """The workloads that have it."""
    compared: tuple[Kind, ...] = ()
    """The workloads under which contestants are compared by it. All but a workload's primary metric
    are exploratory: their intervals hold at 95% each."""
    between_runs: bool = False
    """Whether two runs are compared by it, in addition to each workload's primary metric."""
    follows_throughput: bool = False
    """Whether it follows from throughput under a load that saturates (Little's law)."""
    same_as_throughput: bool = False
    """Whether it is the same observation as throughput under a load that saturates the contestant's
    core: it is shown there without a verdict of its own. (ln CPU per request and ln throughput
    correlate at -0.985 in a run of the closed load.)"""
    proportional: bool = False
    """Whether it varies in proportion and with a long tail, as latency does: its mean and interval
    are those of its logarithm."""
    ratio_of: str | None = None
    """The metric that this is the ratio of, to the reference's."""
    of_run: bool = False
    """Whether it is the same under every workload."""
    optional: bool = False
    """Whether a run may lack it altogether, so that tables leave out its empty column."""
    table: tuple[Kind, ...] = ()
    """It is shown in the table of contestants of these workloads."""
    terminal: tuple[Kind, ...] = ()
    """The same of the terminal's table, which fits 60 columns."""
    short: str = ""
    """Its heading in the terminal."""
    overview: bool = False
    """Whether the overview shows it, under the main workload."""
    is_share: bool = False
    """Whether it is shown as a percentage."""

    @property
    def heading(self) -> str:
        return f"{self.label}, {self.unit}" if self.unit else self.label

    def exists(self, level: Level) -> bool:
        """Whether results.json has it at a level."""
        if self.of_run:
            return level == "run"
        return level == "workload" or (level == "endpoint" and self.endpoints != "none")
