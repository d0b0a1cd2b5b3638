"""levelbench.toml as frozen, validated models."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, model_validator

from levelbench import toml
from levelbench.errors import LabError
from levelbench.toml import FileModel
from levelbench.words import ENDPOINTS, Endpoint

ROOT = Path(__file__).resolve().parents[2]
"""The checkout: the harness runs from it, since the contestants are folders in it."""

CONFIG_FILE = ROOT / "levelbench.toml"

REPORTS = ROOT / "reports"

WORKLOADS = ("closed", "endpoints")
"""Names of the workloads; each is k6/workloads/<name>.js."""

Share = Annotated[float, Field(gt=0, le=1)]
Seconds = Annotated[float, Field(gt=0)]
WholeSeconds = Annotated[int, Field(gt=0)]
Positive = Annotated[int, Field(gt=0)]


class Images(FileModel):
    """References of the official images, with exact tags; the stand-ins carry the same tags."""

    python: str
    postgres: str
    redis: str
    k6: str


class Cap(FileModel):
    """What one container may use. Swap is always off."""

    memory_mib: Positive
    cpus: Annotated[float, Field(gt=0)] | None = None
    """CPU time a second (CFS quota); None: bounded by its cores alone."""


class Caps(FileModel):
    """The caps of each container."""

    service: Cap
    worker: Cap
    postgres: Cap
    redis: Cap
    k6: Cap


class Dataset(FileModel):
    """The rows every contestant's database starts from, at SCALE=1."""

    users: Positive
    orders: Positive
    items_per_order_max: Positive
    """Each order has 1 to this many items."""
    seed: int


class Load(FileModel):
    """What the load generator does in every workload."""

    users: Positive
    """Users registered through the contestant's own API before the load."""
    vus: Positive
    """Virtual users of the closed workload."""
    token_lifetime_s: Positive
    """Life of an access token, from the contract; tokens are renewed before it ends."""
    weights: dict[Endpoint, Annotated[int, Field(ge=0)]]
    """Percent of the requests that go to each endpoint."""

    @model_validator(mode="after")
    def weights_are_percent(self) -> "Load":
        if set(self.weights) != set(ENDPOINTS) or sum(self.weights.values()) != 100:
            raise ValueError(f"weights must name {', '.join(ENDPOINTS)} and add up to 100")
        return self


class Limits(FileModel):
    """Where a figure stops being trustworthy (docs/method.md)."""

    vus_busy_share_min: Share
    error_rate_max: Share
    throttled_share_max: Share
    generator_cpu_share_max: Share
    core_busy_share_max: Share
    drain_timeout_s: Seconds
    """How long a worker may finish no task, after the load, before the rest counts as lost."""
    ready_timeout_s: Seconds
    """How long a container may take to become ready."""


class Profile(FileModel):
    """How much is measured."""

    description: str
    blocks: Positive
    """Each block measures every contestant once, in a random order."""
    warmup_s: WholeSeconds
    measure_s: WholeSeconds
    control: bool
    """Whether one contestant runs twice in each block (A/A)."""
    publishable: bool
    """Whether its numbers are enough to be published."""
    references: bool = False
    """Whether references (the floor) are measured beside the contestants."""


class Config(FileModel):
    """levelbench.toml."""

    images: Images
    caps: Caps
    dataset: Dataset
    load: Load
    limits: Limits
    profiles: dict[str, Profile]

    def profile(self, name: str) -> Profile:
        """Raises LabError for a name that is not configured."""
        try:
            return self.profiles[name]
        except KeyError:
            known = ", ".join(self.profiles)
            raise LabError(f"there is no profile {name!r}", f"Choose one of: {known}.") from None


Mix = Literal["journey", "uniform"]


def weights_of(load: Load, mix: Mix) -> dict[Endpoint, int]:
    """Percent of the requests by endpoint: the configured journey, or all five alike."""
    if mix == "uniform":
        return dict.fromkeys(ENDPOINTS, 100 // len(ENDPOINTS))
    return dict(load.weights)


def load_config(path: Path = CONFIG_FILE) -> Config:
    """Raises LabError that names the file, the field and what was expected."""
    return toml.read(path, Config)
