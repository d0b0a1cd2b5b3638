"""since.json: what moved from the last run of a series to this one."""

from pathlib import Path
from typing import Literal

from pydantic import AwareDatetime

from levelbench.model.base import Amount, Model
from levelbench.model.estimate import Estimate
from levelbench.model.files import load
from levelbench.model.vocabulary import Endpoint

SINCE_SCHEMA_VERSION = 1

SINCE_FILE = "since.json"


class Moved(Model):
    """A contestant whose ratios to most of the others changed."""

    service: str
    workload: str
    endpoint: Endpoint | None = None
    metric: str
    verdict: Literal["better", "worse"]
    ratio: Estimate
    """Now / then, relative to the others: the interval covers those of all ratios that changed."""


class Since(Model):
    """The comparison of a run with the last one of its series."""

    schema_version: Literal[1] = 1
    run_id: str
    """The earlier run."""
    started_at: AwareDatetime
    refused: str | None = None
    """Why the two runs cannot be compared."""
    moved: tuple[Moved, ...] = ()
    newly_failing: tuple[str, ...] = ()
    """Contestants that failed trials now and none then."""
    slowdown: Amount | None = None
    """The largest slowdown that is not excluded; None where one has no bound."""


def load_since(folder: Path) -> Since | None:
    """None for a run that was compared with no earlier one. Raises ResultsError."""
    path = folder / SINCE_FILE
    return load(path, Since, SINCE_SCHEMA_VERSION) if path.exists() else None
