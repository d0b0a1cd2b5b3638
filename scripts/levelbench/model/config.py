"""levelbench.toml as frozen, validated models."""

from pathlib import Path
from typing import Annotated

from pydantic import Field, model_validator

from levelbench.errors import LabError
from levelbench.model import toml, workloads
from levelbench.model.toml import FileModel
from levelbench.model.vocabulary import ENDPOINTS, Endpoint, Mix

ROOT = Path(__file__).resolve().parents[3]
"""The checkout: the harness runs from it, since the contestants are folders in it."""

CONFIG_FILE = ROOT / "levelbench.toml"

COMPOSE_FILE = ROOT / "compose" / "compose.yaml"
"""The lab's containers; recipes of images and the servers' settings lie next to it."""

REPORTS = ROOT / "reports"

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

    @property
    def k6_version(self) -> str:
        """The one version of k6: the stand-in is built from it, the contract suite names it."""
        return version_of(self.k6)


def version_of(reference: str) -> str:
    """The version that an image's tag begins with: `17.11` of `postgres:17.11-trixie`."""
    return reference.rpartition(":")[2].partition("-")[0]


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
    open_vus: Positive
    """Virtual users that an open load may keep waiting before it drops a request."""
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
    belated_share_max: Share
    """Of requests, where contestants take turns: answered in the next one's slice."""
    throttled_share_max: Share
    """Of a window's time, that a container was kept from running for lack of quota. Not of the
    scheduler's periods: a contestant that uses its whole core comes to the end of core and quota
    at the same moment. Measured: throttled in up to 10% of the periods, for 0.12% of the time. The
    limit is as wide as a tie."""
    foreign_share_max: Share
    """Of the contestant's core, used by programs that are none of the lab's. Measured: 1.3% at
    most on a machine left alone, 50% and more beside another busy program."""
    foreign_beside_share_max: Share
    """The same of the cores of PostgreSQL and the load generator. What runs the lab, its own
    process and the engine, is among it. Measured: 3.0 to 3.7% of one core that all share."""
    stolen_share_max: Share
    """Of the contestant's core, taken by the host of a virtual machine."""
    generator_cpu_share_max: Share
    core_busy_share_max: Share
    generator_lag_p99_ms_max: Annotated[float, Field(gt=0)]
    """How late an open load may send what is due."""
    drain_timeout_s: Seconds
    """How long a worker may finish no task, after the load, before the rest counts as lost."""
    ready_timeout_s: Seconds
    """How long a container may take to become ready."""


class Capacity(FileModel):
    """The ladder of offered rates, each for a few seconds, that the capacity workload climbs."""

    objective_ms: Positive
    """The p95 latency that a rate must hold."""
    lowest_share: Share
    """The first step, as a share of the slowest contestant's closed throughput."""
    growth: Annotated[float, Field(gt=1)]
    """Each step's rate over the one below it: how fine the result is."""
    steps: Positive
    warmup_s: WholeSeconds
    """Of each step."""
    measure_s: WholeSeconds


class Profile(FileModel):
    """How much is measured."""

    description: str
    blocks: Positive
    """Each block measures every contestant once, in a random order. So many of a workload that is
    chosen by WORKLOAD=."""
    workloads: dict[str, Positive]
    """What is run if none is chosen, by the words that WORKLOAD= takes, and the blocks of each;
    closed alone if not given."""
    warmup_s: WholeSeconds
    measure_s: WholeSeconds
    slices: Positive = 1
    """In how many slices the window of a closed load is cut. With more than one, all contestants of
    a block are up together and take turns, slice by slice."""
    control: bool
    """Whether one contestant runs twice in each block (A/A)."""
    publishable: bool
    """Whether its numbers are enough to be published."""
    references: bool = False
    """Whether references are measured alongside the contestants."""

    @model_validator(mode="before")
    @classmethod
    def _closed_if_not_given(cls, fields: dict[str, object]) -> dict[str, object]:
        return {"workloads": {"closed": fields.get("blocks")}, **fields}

    @model_validator(mode="after")
    def _workloads_are_known(self) -> "Profile":
        if unknown := self.workloads.keys() - workloads.GROUPS.keys():
            known = ", ".join(workloads.GROUPS)
            raise ValueError(f"workloads has {', '.join(sorted(unknown))}; known are {known}")
        return self


class Config(FileModel):
    """levelbench.toml."""

    images: Images
    caps: Caps
    dataset: Dataset
    load: Load
    capacity: Capacity
    limits: Limits
    profiles: dict[str, Profile]

    def profile(self, name: str) -> Profile:
        """Raises LabError for a name that is not configured."""
        try:
            return self.profiles[name]
        except KeyError:
            known = ", ".join(self.profiles)
            raise LabError(f"there is no profile {name!r}", f"Choose one of: {known}.") from None


EXCLUDED_ENDPOINTS: dict[Mix, tuple[Endpoint, ...]] = {
    "no-auth": ("register", "login"),
    "list": ("register", "login", "detail", "task"),
}
"""What a mix has not of the journey."""


def weights_of(load: Load, mix: Mix) -> dict[Endpoint, int]:
    """Weights of the endpoints: the configured journey, the same without what hashes a password or
    with nothing but the list, or all five alike."""
    if mix == "uniform":
        return dict.fromkeys(ENDPOINTS, 100 // len(ENDPOINTS))
    excluded = EXCLUDED_ENDPOINTS.get(mix, ())
    return {name: 0 if name in excluded else weight for name, weight in load.weights.items()}


def load_config(path: Path = CONFIG_FILE) -> Config:
    """Raises LabError that names the file, the field and what was expected."""
    return toml.read(path, Config)
