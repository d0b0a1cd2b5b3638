"""levelbench.toml as frozen, validated models."""

import math
import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field, field_validator, model_validator

from levelbench.errors import LabError
from levelbench.model import toml, workloads
from levelbench.model.capacity import Objective
from levelbench.model.toml import FileModel
from levelbench.model.vocabulary import ENDPOINTS, Endpoint, Kind, Mix

ROOT = Path(__file__).resolve().parents[3]
"""The checkout: the harness runs from it, since the contestants are folders in it."""

CONFIG_FILE = ROOT / "levelbench.toml"

COMPOSE_FILE = ROOT / "compose" / "compose.yaml"
"""The lab's containers; recipes of images and the servers' settings lie next to it."""

REPORTS = ROOT / "reports"

DEFAULT_PYTHON = "3.14"
"""Version of Python of the lab's own container, and of most contestants."""
FREE_THREADED = "t"
"""Ending of a version without the global interpreter lock, of which the lab builds the image."""

PythonVersion = Annotated[str, Field(pattern=r"^3\.\d+t?$")]

Share = Annotated[float, Field(gt=0, le=1)]
Seconds = Annotated[float, Field(gt=0)]
WholeSeconds = Annotated[int, Field(gt=0)]
Positive = Annotated[int, Field(gt=0)]
VirtualUsers = Annotated[int, Field(gt=0, le=20_000)]
"""Each has a connection of its own: a container has 28,232 ports to one address (Linux:
ip_local_port_range)."""


IMAGE_NAME = re.compile(r"([\w.-]+(:\d+)?/)?[a-z0-9]+([._/-]+[a-z0-9]+)*")
"""With a registry, which may have a port (distribution: reference/reference.go)."""


def _with_tag(reference: str) -> str:
    if not tag_of(reference):
        raise ValueError(f"{reference!r} has no tag: write <name>:<version>")
    name = reference.partition("@")[0].removesuffix(f":{tag_of(reference)}")
    if not IMAGE_NAME.fullmatch(name):
        raise ValueError(f"{name!r} is not the name of an image: write it in lowercase")
    return reference


Reference = Annotated[str, AfterValidator(_with_tag)]


class Images(FileModel):
    """References of the official images, with exact tags; the stand-ins carry the same versions."""

    python: dict[PythonVersion, Reference]
    """By the version that a contestant names."""
    postgres: Reference
    redis: Reference
    k6: Reference

    @field_validator("python")
    @classmethod
    def _has_the_default(cls, python: dict[str, str]) -> dict[str, str]:
        if DEFAULT_PYTHON not in python:
            raise ValueError(f"{DEFAULT_PYTHON} is missing, the version of most contestants")
        return python

    def references(self, pythons: Iterable[str] = ()) -> dict[str, str]:
        """Role -> reference: of the servers, the load generator and the default Python, and of
        other versions of Python that have an official image.

        Raises LabError for a version that has none and is not built by the lab.
        """
        found = {
            python_role(DEFAULT_PYTHON): self.python[DEFAULT_PYTHON],
            "postgres": self.postgres,
            "redis": self.redis,
            "k6": self.k6,
        }
        for version in pythons:
            if version in self.python:
                found[python_role(version)] = self.python[version]
            elif version.removesuffix(FREE_THREADED) not in self.python:
                raise LabError(
                    f"there is no image of Python {version}",
                    f"Add it to [images.python] in levelbench.toml, or choose `python` in "
                    f"service.toml from: {', '.join(self.python)}.",
                )
        return found

    @property
    def k6_version(self) -> str:
        """The one version of k6: the stand-in is built from it, the contract suite names it."""
        return version_of(self.k6)


def python_role(version: str) -> str:
    """Role of the image of a version of Python."""
    return "python" if version == DEFAULT_PYTHON else f"python-{version}"


def name_of(reference: str) -> str:
    """An image's name without registry, folder, tag and digest."""
    return reference.partition("@")[0].rpartition("/")[2].partition(":")[0]


def tag_of(reference: str) -> str:
    """An image's tag, which may stand before a digest; empty without one."""
    return reference.partition("@")[0].rpartition("/")[2].partition(":")[2]


def version_of(reference: str) -> str:
    """The version that an image's tag begins with: `17.11` of `postgres:17.11-trixie`."""
    return tag_of(reference).partition("-")[0]


class Cap(FileModel):
    """What one container may use. Swap is always off, and CPU time is bounded by its cores."""

    memory_mib: Annotated[int, Field(ge=6)]
    """At least the engine's minimum."""


class ServiceCap(Cap):
    """What the contestant may use."""

    cpus: Annotated[float, Field(ge=0.01, allow_inf_nan=False)] | None = None
    """CPU time a second (CFS quota), at least the engine's minimum; None: bounded by its cores
    alone."""


class Caps(FileModel):
    """The caps of each container."""

    service: ServiceCap
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

    users: Annotated[int, Field(gt=0, le=2_000)]
    """Users registered through the contestant's own API before the load. At most as many as the
    load generator takes with tokens of 400 characters (lab/k6.py)."""
    vus: VirtualUsers
    """Virtual users of the closed workload."""
    open_vus: VirtualUsers
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


class Turns(FileModel):
    """The parts of a slice: contestants take turns, a slice each (docs/method.md)."""

    settle_s: Seconds
    """Least time from a turn's start to its window, in which each user gets a first answer; longer
    where the contestant's last requests in flight took longer to finish. Reasoned: two sampling
    intervals, so that counters are read under load before the window."""
    tail_s: Seconds
    """Time after a slice's window in which the load continues, so that the counter sample after the
    window's end is taken under load: one sampling interval."""
    timeout_s: Seconds
    """How long all users of a contestant may take to come back after its turn, and to be there
    before the first. Reasoned: k6 gives a request up after 25 s; six load generators, started side
    by side on one core, took up to 8.2 s. The rest is margin for a busy machine."""


class Alone(FileModel):
    """The longest slots of the workload that measures one endpoint after the other."""

    warmup_s_max: WholeSeconds
    """Reasoned: connections and code are warm from the first endpoint on; one round of requests
    is left to settle, 100 hashes at 20 to 30 ms of the one core."""
    measure_s_max: WholeSeconds
    """Reasoned: accepted tasks wait in Redis's 256 MiB for a worker that is slower."""


class Statistics(FileModel):
    """The limits of verdicts over trials (docs/statistics.md)."""

    tie_threshold: Annotated[float, Field(ge=0, lt=1)]
    """Ratios within 1 / (1 + this) and 1 + this are a tie, however precise the measurement is.
    Reasoned: too small a difference to choose a framework by (docs/statistics.md, The tie)."""
    control_limit: Share
    """A run with an A/A interval beyond 1 / (1 + this) or 1 + this is not publishable; if the
    interval also excludes 1, the run has no ranks. Reasoned: such a run hides differences
    that readers would act on."""
    looks: tuple[Positive, ...] = (8, 11, 15, 20, 30)
    """Numbers of blocks after which a run with a precision target may end. Simulated: coverage
    stays 95% where only widths decide (docs/statistics.md)."""
    outlier_deviations: Annotated[float, Field(gt=0)]
    """Robust standard deviations from the median beyond which a machine's speed is an outlier. 3 is
    the most conservative value that Leys et al. recommend (J. Exp. Soc. Psychol. 49, 2013)."""
    verdict_blocks_min: Positive = 5
    """Blocks that two contestants must have in common for a verdict. Runs that recorded no such
    limit are judged by it too, like by the next two. Reasoned: with 3 blocks the quantile of t for
    one of six pairs is 11; with 5 it is 4.9."""
    precise_limit: Share = 0.10
    """Half-width, relative to the ratio, of an interval that includes 1. Beyond it the report says
    that the measurement is not precise enough, not that it detects no difference. Reasoned: readers
    would act on a difference of 10%."""
    publishable_blocks_share_min: Share = 0.8
    """Share of its planned blocks in which each ranked contestant needs a value for the run to be
    publishable, and no fewer than `verdict_blocks_min`. Reasoned: what disturbed more than a fifth
    of the blocks probably reached the others too."""
    valid_blocks_share_min: Share = 0.5
    """The same for the run to be valid. Reasoned: below it, more was discarded than kept."""

    @model_validator(mode="after")
    def _looks_ascend(self) -> "Statistics":
        if not self.looks or list(self.looks) != sorted(set(self.looks)):
            raise ValueError("looks must be numbers of blocks in ascending order")
        return self


class Limits(FileModel):
    """Limits of the checks: beyond them a trial does not count, or carries a warning."""

    attempts: Positive
    """How often a trial is run that the lab itself invalidates. Reasoned: what disturbed one trial
    is mostly gone by the next; what disturbs two in a row stays."""
    vus_busy_share_min: Share
    """Share of their time between two answers that users wait for the server. Reasoned: users that
    idle for more than this cost more throughput than a tie is wide."""
    error_rate_max: Share
    """Share of wrong answers. Reasoned: well below the tie threshold, so that failing fast shows in
    no verdict."""
    others_cpu_share_max: Share
    """CPU time that another contestant of the block may use within a window, as a share of what the
    contestant's cores have in it. Measured: 0.2% by an idle contestant and its worker, 1 to 5%
    where its requests overlapped. Reasoned: half of what a tie is wide."""
    throttled_share_max: Share
    """Share of a window's time that a container was throttled: kept from running for lack of quota.
    Not a share of the scheduler's periods: a contestant that uses its whole core reaches the end of
    core and quota at the same moment. Measured: throttled in up to 10% of the periods, for 0.12% of
    the time, and 1.0% on a disturbed machine. The limit is as wide as a tie, for all contestants
    alike."""
    foreign_share_max: Share
    """Share of the contestant's core that programs outside the lab used. Measured: at most 1.3% on
    a machine that ran nothing else, 50% and more with another busy program."""
    foreign_beside_share_max: Share
    """The same for the cores of PostgreSQL and the load generator. It includes what runs the lab:
    its own process and the engine. Measured: 3.0 to 3.7% of one core that all share. It applies
    to all contestants alike, including those that used up their own core."""
    stolen_share_max: Share
    """Share of the contestant's core that the host of a virtual machine took. Reasoned: as
    `foreign_share_max`, since it costs the contestant the same."""
    generator_cpu_share_max: Share
    """Share of its cores that the load generator may use. Reasoned: at 70% of capacity an answer
    spends 3.3 service times in an M/M/1 queue, and more than 10 at 90%."""
    core_busy_share_max: Share
    """Share of a core from which on it counts as used up. Reasoned: counters are interpolated at
    the window's ends, so that a core in full use reads as 97 to 100%."""
    generator_lag_p99_ms_max: Annotated[float, Field(gt=0)]
    """How late an open load may send what is due. Reasoned: 5% of the usual objective, 200 ms."""
    burst_share_max: Share
    """A late load generator sends everything that is due at once. Share of the users that such a
    burst occupies, from which on it may explain dropped iterations; smaller bursts do not, and the
    contestant's slow answers do. Reasoned: half of the users."""
    counter_excess_max: Share
    """Share of a window's CPU time by which a container's counters may exceed what its cores have.
    Measured: at most 99.1% of a core in 43 trials; the rest is margin for samples that a busy
    machine takes late, 0.25 s in 5 s."""
    clock_step_ms_max: Annotated[float, Field(gt=0)]
    """How far wall time may move against monotonic time between two neighbouring readings, a
    quarter of a second apart. Reasoned: 0.2% of the shortest slice, a tenth of a tie. Slewing stays
    far below: at most 500 ppm, which is 0.1 ms between two readings, however long a trial is."""
    littles_law_error_max: Share
    """How far users may be from throughput x (response + think time), within a step of a session.
    Both are cut at the window's edges: what is missing are users that the load generator wakes
    late, or not at all. As wide as a tie."""
    rate_excess_max: Share
    """By how much the requests in a part of a disturbed load may exceed what was due in it. As wide
    as a tie."""
    drain_timeout_s: Seconds
    """How long a worker may finish no task, after the load, before the rest counts as lost.
    Reasoned: twice the 30 s after which Redis hands out the task of a killed worker again."""
    ready_timeout_s: Seconds
    """How long a container may take to become ready. Reasoned: many times the cold start of any
    contestant, on a machine that does nothing else."""
    prepare_timeout_s: Seconds
    """How long registering or logging in the load's users may take. Measured: 100 hashes on one
    core take 2 to 5 s; the rest is margin for a busy machine."""
    generator_exit_timeout_s: Seconds
    """How long the load generator may run after its last window: its graceful stop (30 s), then its
    summary."""
    counters_timeout_s: Seconds
    """How long one round of counter readings may take. Reasoned: six readings through the engine's
    API, each given up after 5 s."""


class Calibration(FileModel):
    """The closed trials from which the rates of open and capacity loads are derived."""

    trials: Positive
    """Of each contestant; their median counts. From one trial, rates that should be 80% of the
    slowest contestant's throughput were 70% to 92% of it."""
    measure_s_max: WholeSeconds
    """The longest window of each. Reasoned: three windows of 10 s vary less than one of 30 s."""


class Capacity(FileModel):
    """The search for a capacity: each start of a contestant is offered a short ladder of rates."""

    objective: str
    """What a rate must meet, unless OBJECTIVE= says otherwise."""
    growth: Annotated[float, Field(gt=1)]
    """Each step's rate over the one below it."""
    below: Annotated[float, Field(ge=1)]
    """Steps by which a ladder begins below the expected capacity, less a random part of one."""
    steps: Positive
    """The most of a ladder, which ends at the first rate that misses the objective."""
    steps_expected: Positive
    """As many are usually needed: the forecast of a run's duration uses it."""
    warmup_s: WholeSeconds
    """Of each step."""
    measure_s: WholeSeconds
    """Of each step: p95 needs 400 answers. A p99 has five times as long, for 2,000."""

    @field_validator("objective")
    @classmethod
    def _is_an_objective(cls, text: str) -> str:
        try:
            return str(Objective.parse(text, 1.0))
        except LabError as error:
            raise ValueError(error.cause) from None


class Visit(FileModel):
    """What a user with think time does: it signs up or logs in, browses, requests an invoice, polls
    its task and leaves."""

    median_s: Seconds
    """Median of the log-normal think time before each request but a poll. With `sigma`, mean and
    standard deviation are 7 s, as of the exponential think time of TPC-W (specification 1.8, 2002,
    clause 5.3: mean 7 s). The shape is reasoned: an exponential has its mode at 0, and users do not
    request the next page at once. Not measured for this API."""
    sigma: Annotated[float, Field(gt=0)]
    """Standard deviation of its logarithm: ln(2)^0.5, by which mean and deviation are equal."""
    rounds: Positive
    """Pages of the list, each with a detail, in a session: 46 of each for 4 sign-ups and logins, as
    in the mix ([load.weights])."""
    signup_share: Share
    """Of the sessions: their users register, then log in. The others only log in."""
    poll_s: Seconds
    """Between two polls of a task. Reasoned: how often a page asks that waits for a result."""
    polls_max: Positive
    """Polls after which a user leaves without its result."""

    @property
    def think_mean_s(self) -> float:
        """Mean of the think time: of a log-normal."""
        return self.median_s * math.exp(self.sigma**2 / 2)


class Session(FileModel):
    """The ladder of users with think time: each rate of a ladder, times the mean think time."""

    lowest_share: Share
    """Of the first rate, in the slowest contestant's closed throughput."""
    growth: Annotated[float, Field(gt=1)]
    """Each step over the one below it."""
    steps: Positive
    warmup_s: WholeSeconds
    """Of each step. Reasoned: its new users begin in the midst of their sessions, so that the load
    is steady at once; what they find cold warms up."""
    measure_s: WholeSeconds
    users_max: VirtualUsers
    """Steps with more are not offered."""
    user_mib: Annotated[float, Field(gt=0)]
    """Memory of the load generator for each user. Measured: 0.7 MiB before they send requests, and
    1.25 MiB when 1,681 users exceeded 2 GiB; the rest is margin."""
    visit: Visit


class Disturbance(FileModel):
    """A load at a share of the contestant's own throughput, and what disturbs it at known times."""

    rate_share: Share
    """Before and after, of the contestant's throughput at full speed."""
    disturbed_share: Annotated[float, Field(gt=0)]
    """During the disturbance."""
    before_s: WholeSeconds
    during_s: WholeSeconds
    after_s: WholeSeconds
    cycles: Positive
    """How often. p99 needs 2,000 requests in each part of all cycles."""
    vus: VirtualUsers
    """Requests that may wait for an answer; one that is due then is not sent."""
    logins: Positive | None = None
    """That are sent at the same moment, at the start of the disturbance."""
    health_rps: Positive | None = None
    """Of requests for /healthz meanwhile."""

    @property
    def length_s(self) -> int:
        return self.cycles * (self.before_s + self.during_s + self.after_s)

    @model_validator(mode="after")
    def _logins_and_health_together(self) -> "Disturbance":
        if (self.logins is None) != (self.health_rps is None):
            raise ValueError("logins and health_rps are given together")
        return self


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
    """The window of a load; an isolated endpoint has half of it."""
    closed_measure_s: WholeSeconds | None = None
    """The window of a closed load; measure_s if not given. More starts with shorter windows give
    narrower intervals, but the p99 of an open load needs 2,000 answers in each window."""
    slices: Positive = 1
    """In how many slices the window of a closed load is cut. With more than one, all contestants of
    a block are up together and take turns, slice by slice."""
    control: bool
    """Whether in each block one contestant, another one each time, runs twice (A/A)."""
    publishable: bool
    """Whether its numbers are enough to be published."""
    references: bool = False
    """Whether references are measured alongside the contestants."""
    precision: Share | None = None
    """The half-width of all primary intervals at which its first closed workload ends ([statistics]
    looks); None: it has the blocks above. PRECISION= replaces it."""

    @property
    def closed_window_s(self) -> int:
        """The window of a closed load, all slices together."""
        return self.closed_measure_s or self.measure_s

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
    calibration: Calibration
    capacity: Capacity
    session: Session
    interference: Disturbance
    overload: Disturbance
    turns: Turns
    alone: Alone
    statistics: Statistics
    limits: Limits
    profiles: dict[str, Profile]

    @model_validator(mode="after")
    def _users_have_memory(self) -> "Config":
        needed_mib = self.session.users_max * self.session.user_mib
        if needed_mib > self.caps.k6.memory_mib:
            raise ValueError(
                f"session.users_max is {self.session.users_max} users of {self.session.user_mib:g} "
                f"MiB each, more than caps.k6.memory_mib = {self.caps.k6.memory_mib}"
            )
        return self

    def disturbance(self, kind: Kind) -> Disturbance | None:
        """What disturbs a load of a kind; None where nothing does."""
        return {"interference": self.interference, "overload": self.overload}.get(kind)

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
"""Endpoints of the journey that a mix excludes."""


def weights_of(load: Load, mix: Mix) -> dict[Endpoint, int]:
    """Weights of the endpoints: the configured journey, the same without what hashes a password or
    with nothing but the list, or all five alike."""
    if mix == "uniform":
        return dict.fromkeys(ENDPOINTS, 100 // len(ENDPOINTS))
    excluded = EXCLUDED_ENDPOINTS.get(mix, ())
    return {name: 0 if name in excluded else weight for name, weight in load.weights.items()}


def config_file(root: Path = ROOT) -> Path:
    """The configuration file in use: the checkout's, or the one that LEVELBENCH_CONFIG names.

    Raises LabError where that is no file.
    """
    named = os.environ.get("LEVELBENCH_CONFIG")
    if named and not Path(named).is_file():
        raise LabError(
            f"LEVELBENCH_CONFIG is {named}, which is no file", "Correct the variable, or unset it."
        )
    return Path(named or root / CONFIG_FILE.name)


def load_config(path: Path | None = None) -> Config:
    """Raises LabError that names the file, the field and what was expected."""
    return toml.read(path or config_file(), Config)
