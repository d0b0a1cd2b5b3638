"""profile.json: sampled stacks of contestants under load, and what sampling cost."""

from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from levelbench.model.base import Amount, Count, Model

PROFILE_SCHEMA_VERSION = 1
PROFILE_FILE = "profile.json"
PAGE_FILE = "profile.html"
STACKS_FOLDER = "stacks"


class ProfileTrial(Model):
    """One start of a contestant: the load runs unsampled first, then sampled."""

    number: Annotated[int, Field(gt=0)]
    stacks: str
    """File of folded stacks (`outer;inner count` per line) within the run's folder."""
    samples: Count
    cpu_ms_per_request: Amount
    """Of the contestant's container, in the unsampled half."""
    throughput_rps: Amount
    """In the unsampled half."""
    throughput_sampled_rps: Amount


class ProfiledService(Model):
    """A contestant, with its trials."""

    display_name: str
    packages: dict[str, str]
    trials: tuple[ProfileTrial, ...] = ()


class ProfileRecord(Model):
    """profile.json. Its trials are never ranked: sampling disturbs them."""

    schema_version: Literal[1] = 1
    run_id: str
    started_at: AwareDatetime
    workload: str
    vus: Annotated[int, Field(gt=0)]
    sampler: str
    """Program and version."""
    rate_hz: Annotated[int, Field(gt=0)]
    cpu_model: str | None
    git_commit: str | None
    services: dict[str, ProfiledService]
    """In the order in which they were named: the second is compared with the first."""
