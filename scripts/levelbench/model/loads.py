"""What loads are made of, and profiles of them, as levelbench.toml has them."""

import math
from typing import Annotated

from pydantic import Field, field_validator, model_validator

from levelbench.errors import LabError
from levelbench.model import workloads
from levelbench.model.capacity import Objective
from levelbench.model.toml import FileModel, Positive, Seconds, Share, VirtualUsers, WholeSeconds
from levelbench.model.vocabulary import ENDPOINTS, Endpoint, Mix


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
