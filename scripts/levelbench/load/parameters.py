"""Parameters of each workload of a run: the same for all its trials."""

import hashlib
import json
import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from levelbench.errors import LabError
from levelbench.load import timing
from levelbench.load.timing import Timing
from levelbench.model import workloads
from levelbench.model.capacity import Objective
from levelbench.model.config import Config
from levelbench.model.loads import Capacity, Disturbance, Profile, Visit, weights_of
from levelbench.model.percentile import required_observations
from levelbench.model.run import Rates, WorkloadParameters
from levelbench.model.vocabulary import Arrivals, Endpoint, Mix
from levelbench.model.workloads import Workload

NO_LIMIT_MS = 60_000
"""Latency limit if the objective is an error rate only: above the timeout of a request, 25 s."""


@dataclass(frozen=True)
class Parameters:
    """Parameters of one workload."""

    workload: Workload
    vus: int
    """Virtual users. Under an open load: the maximum number of requests in flight."""
    timing: Timing
    mix: Mix
    weights: dict[Endpoint, int] | None
    """Weights of a mix; None where each endpoint is isolated, and for a guest."""
    orders: int
    """Of the dataset; 0 for a guest, which has data of its own."""
    seed: int
    scale: int = 1
    rate_rps: int | None = None
    """Rate that an open load offers."""
    arrivals: Arrivals | None = None
    """Of an open load."""
    steps_rps: tuple[int, ...] = ()
    """Rates that a trial of a capacity load is offered, one after the other; empty before
    `around`."""
    steps_users: tuple[int, ...] = ()
    """Numbers of users with think time, one after the other."""
    visit: Visit | None = None
    """What they do."""
    disturbance: Disturbance | None = None
    """What disturbs the load; None where nothing does."""
    rates: Rates | None = None
    """From which each service's own rates follow; None where all have the same."""
    disturbed_rps: tuple[int, int, int] | None = None
    """Before, during and after; None of no service."""
    objective: Objective | None = None
    """What a step of a ladder must meet; None of loads without one."""
    ladder: Capacity | None = None
    """How the ladders of a capacity load are made; None of other loads."""
    growth: float = 1.0
    """Of a ladder of users: each step over the one below it."""
    ladder_shift: float | None = None
    """By which part of a step a trial's ladder was shifted; None before `around`."""

    @property
    def lowest_rps(self) -> int:
        """The lowest rate that gives a step enough responses for the objective's percentile."""
        assert self.objective
        answers = required_observations(self.objective.percentile)
        return math.ceil(answers / (1 - self.objective.error_rate_max) / self.timing.measure_s)

    def around(self, rate_rps: float, block: int) -> "Parameters":
        """The parameters of one trial of a search: a ladder that begins below an expected capacity.

        It is shifted by a part of a step, a hash of seed, workload and block, the same for all
        contestants: otherwise what is cut to a step would be cut to the same in all blocks.
        """
        assert self.ladder
        shift = self._shift(block)
        growth = self.ladder.growth
        first = max(rate_rps * growth ** (shift - self.ladder.below), self.lowest_rps)
        rates = (round(first * growth**step) for step in range(self.ladder.steps))
        steps = tuple(dict.fromkeys(rates))
        timing = replace(self.timing, steps=len(steps))
        return replace(self, steps_rps=steps, ladder_shift=shift, timing=timing)

    def of_block(self, block: int) -> "Parameters":
        """The parameters of one block: a ladder of users is shifted in the same way."""
        if not self.steps_users:
            return self
        shift = self._shift(block)
        users = tuple(math.floor(step * self.growth**shift) for step in self.steps_users)
        return replace(self, steps_users=users, ladder_shift=shift)

    @property
    def _limit_ms(self) -> int:
        return int(self.objective.limit_ms or NO_LIMIT_MS) if self.objective else NO_LIMIT_MS

    def _shift(self, block: int) -> float:
        words = f"{self.seed}/{self.workload.name}/{block}/ladder"
        return int.from_bytes(hashlib.sha256(words.encode()).digest()[:6]) / 2**48

    def of_service(self, name: str) -> "Parameters":
        """The parameters of one service: rates that are shares of its own throughput.

        Raises LabError for a service without a known throughput.
        """
        if self.disturbance is None or self.rates is None:
            return self
        own = self.rates.of(name)
        if own is None:
            raise LabError(
                f"{name} has no calibrated throughput, from which {self.workload.name} follows",
                "Leave RATES out, or leave it out of SERVICES.",
            )
        shares = self.disturbance.rate_share, self.disturbance.disturbed_share
        rate, disturbed = (max(1, math.floor(own * share)) for share in shares)
        return replace(self, disturbed_rps=(rate, disturbed, rate))

    def variables(self) -> dict[str, str]:
        """Environment variables of the load generator, as k6/lib/options.js reads them."""
        variables = {
            "K6_SCRIPT": f"workloads/{self.workload.kind}.js",
            "VUS": str(self.vus),
            "WARMUP_S": str(self.timing.warmup_s),
            "MEASURE_S": str(self.timing.measure_s),
            "WEIGHTS": json.dumps(self.weights),
            "ORDERS": str(self.orders),
        }
        if self.timing.slices > 1:
            variables["SLICES"] = str(self.timing.slices)
        if self.rate_rps is not None:
            variables |= {"RATE": str(self.rate_rps), "ARRIVALS": str(self.arrivals)}
        if self.disturbance:
            own = self.disturbance.model_dump() | {"rates_rps": self.disturbed_rps}
            variables["DISTURBANCE"] = json.dumps(own)
        if self.visit:
            variables["VISIT"] = self.visit.model_dump_json()
        steps = self.steps_rps or self.steps_users
        if self.objective and steps:
            variables |= {
                "STEPS": json.dumps(steps),
                "STEP_WARMUP_S": str(self.timing.warmup_s),
                "STEP_MEASURE_S": str(self.timing.measure_s),
                # The load generator ends a ladder by p95; which step met the objective is decided
                # afterwards (model/capacity.py).
                "OBJECTIVE_MS": str(self._limit_ms),
                "ERROR_RATE_MAX": str(self.objective.error_rate_max),
            }
        return variables

    def recorded(self, dataset_sha256: str, journey: Path | None = None) -> WorkloadParameters:
        """The parameters as run.json records them; `journey`: of a guest."""
        return WorkloadParameters(
            vus=self.vus,
            warmup_s=self.timing.warmup_s,
            measure_s=self.timing.measure_s,
            slices=self.timing.slices if self.timing.slices > 1 else None,
            gated=True if self.timing.slices > 1 else None,
            pause_s=self.timing.pause_s,
            mix=self.mix if self.weights else None,
            weights=self.weights,
            rate_rps=self.rate_rps,
            arrivals=self.arrivals,
            steps_users=self.steps_users or None,
            visit=self.visit,
            disturbance=self.disturbance,
            objective_ms=self._limit_ms if self.steps_users else None,
            objective=str(self.objective) if self.ladder else None,
            orders=self.orders,
            scale=self.scale,
            dataset_sha256="" if journey else dataset_sha256,
            journey_sha256=_sha256(journey) if journey else None,
        )


def of_workloads(
    names: Iterable[str],
    config: Config,
    profile: Profile,
    *,
    mix: Mix,
    scale: int,
    seed: int,
    rates: Rates | None,
    arrivals: Arrivals = "even",
    objective: Objective | None = None,
    rate_rps: int | None = None,
    is_guest: bool = False,
) -> dict[str, Parameters]:
    """Parameters of each workload, by name; of a guest: without weights and dataset.

    Raises ValueError where needed `rates` are missing.
    """
    return {
        name: _of(
            workloads.of(name),
            config,
            profile,
            mix=mix,
            scale=scale,
            seed=seed,
            rates=rates,
            arrivals=arrivals,
            objective=objective,
            rate_rps=rate_rps,
            is_guest=is_guest,
        )
        for name in names
    }


def _of(
    workload: Workload,
    config: Config,
    profile: Profile,
    *,
    mix: Mix,
    scale: int,
    seed: int,
    rates: Rates | None,
    arrivals: Arrivals,
    objective: Objective | None,
    rate_rps: int | None,
    is_guest: bool,
) -> Parameters:
    if workload.needs_rates and rates is None:
        raise ValueError(f"{workload.name} needs calibrated rates")
    is_given = workload.kind == "open" and workload.rate_share is None
    if is_given and rate_rps is None:
        raise ValueError(f"{workload.name} needs a given rate")
    own_mix = workload.mix or mix
    searched, session = workload.kind == "capacity", workload.kind == "session"
    usual = Objective.parse(config.capacity.objective, config.limits.error_rate_max)
    aim = (objective if searched else None) or (usual if searched or session else None)
    disturbance = config.disturbance(workload.kind)
    users = steps_users(rates, config) if rates and session else ()
    is_open = workload.kind in ("open", "capacity")
    return Parameters(
        workload=workload,
        vus=users[-1]
        if users
        else disturbance.vus
        if disturbance
        else config.load.open_vus
        if is_open
        else config.load.vus,
        timing=timing.of_workload(workload, profile, config, aim, rate_rps if is_given else None),
        mix=own_mix,
        weights=None if workload.alone or session or is_guest else weights_of(config.load, own_mix),
        orders=0 if is_guest else config.dataset.orders * scale,
        seed=seed,
        scale=scale,
        rate_rps=rate_rps if is_given else _offered_rps(rates, workload.rate_share),
        arrivals=arrivals if workload.kind == "open" else None,
        steps_users=users,
        visit=config.session.visit if session else None,
        disturbance=disturbance,
        rates=rates if disturbance else None,
        objective=aim,
        ladder=config.capacity if searched else None,
        growth=config.session.growth,
    )


def _sha256(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def _offered_rps(rates: Rates | None, share: float | None) -> int | None:
    """A share of the slowest contestant's throughput, in whole requests per second: k6's executors
    accept only whole rates. None where there is none."""
    return max(1, math.floor(rates.throughput_rps * share)) if rates and share else None


def steps_users(rates: Rates, config: Config) -> tuple[int, ...]:
    """Users of a ladder with think time: as many as send its rates if every response is immediate.

    Raises LabError where even the first step is more than one load generator may have.
    """
    session = config.session
    answers = required_observations(95) / (1 - config.limits.error_rate_max)
    lowest = math.ceil(answers / session.measure_s)
    shares = (session.lowest_share * session.growth**step for step in range(session.steps))
    asked = dict.fromkeys(max(_offered_rps(rates, share) or 1, lowest) for share in shares)
    steps = [math.ceil(rate * session.visit.think_mean_s) for rate in asked]
    if steps[0] * session.growth > session.users_max:
        raise LabError(
            f"the workload session would begin with {steps[0]:,} users, and one load generator may "
            f"have {session.users_max:,}",
            "Raise session.users_max in levelbench.toml, with caps.k6.memory_mib.",
        )
    # Each block shifts them by up to a step.
    return tuple(step for step in steps if step * session.growth <= session.users_max)
