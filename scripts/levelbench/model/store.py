"""index.json of the store, one entry per published run, and latest.json of the site."""

from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from levelbench.model.base import Count, Model
from levelbench.model.estimate import Estimate
from levelbench.model.results import Comparison

INDEX_SCHEMA_VERSION = 1
INDEX_FILE = "index.json"
RUNS_FOLDER = "runs"
LATEST_FILE, LATEST_SCHEMA_FILE = "latest.json", "latest.schema.json"


class Entry(Model):
    """A published run. Runs of equal processor, cores, image source and profile make a series."""

    run_id: str
    started_at: AwareDatetime
    profile: str
    cpu_model: str | None
    cores: Annotated[int, Field(gt=0)]
    images: Literal["registry", "stand-in"]
    """Where the images came from; `stand-in` if any was built locally."""
    git_commit: str | None
    services: tuple[str, ...]
    workloads: tuple[str, ...]
    """Empty for a run that counts instructions."""
    counted: bool
    """Whether it has instructions per request."""
    valid: bool
    publishable: bool
    measurements: Count
    """Valid ones."""


class Index(Model):
    """All published runs, by the time of their start."""

    schema_version: Literal[1] = 1
    runs: tuple[Entry, ...] = ()


class LatestChange(Model):
    """A change point: a contestant's level shifted."""

    service: str
    series: str
    """What was measured, in words."""
    machine: str
    """What the runs of the series have in common, in words."""
    first_run: str
    """Id of the first run of the new level."""
    found_by: str
    """Id of the run after which it was found."""
    ratio: Estimate
    """New level / old level, as it was known then."""
    provisional: bool
    """Whether no paired bench has confirmed it."""
    changed: tuple[str, ...]
    """What differs between the last run of the old level and the first one of the new level."""


class Latest(Model):
    """latest.json: the newest run that may be quoted, and all change points, the newest first."""

    schema_version: Literal[1] = 1
    run: Entry | None = None
    """None where no published run may be quoted; what follows is then empty."""
    status: Literal["Publishable", "Ratios only", "Do not quote", "Not valid"] | None = None
    report: str | None = None
    """Path of its report in the site."""
    answer: tuple[str, ...] = ()
    """Sentences."""
    workload: str | None = None
    pairs: tuple[Comparison, ...] = ()
    """Contestants under this workload, by its primary metric."""
    changes: tuple[LatestChange, ...] = ()
