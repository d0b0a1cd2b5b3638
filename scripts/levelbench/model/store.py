"""index.json of the store: one entry per published run."""

from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from levelbench.model.base import Count, Model

INDEX_SCHEMA_VERSION = 1
INDEX_FILE = "index.json"
RUNS_FOLDER = "runs"


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
