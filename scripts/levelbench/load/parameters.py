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
from levelbench.model.config import Config, Disturbance, Profile, Visit, weights_of
from levelbench.model.percentile import required_observations
from levelbench.model.run import Rates, WorkloadParameters
from levelbench.model.vocabulary import Arrivals, Endpoint, Mix
from levelbench.model.workloads import Workload


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
    """Rates that a capacity load offers, one after the other."""
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
    objective_ms: int | None = None
    """Limit of the p95 latency of a ladder's step."""
    growth: float = 1.0
    """Of a ladder: each step over the one below it."""
    ladder_shift: float | None = None
    """By which part of a step this block's ladder is above the workload's; None without a ladder,
    and of no block."""
    error_rate_max: float = 0.0

    def of_block(self, block: int) -> "Parameters":
        """The parameters of one block: a ladder is shifted by a part of a step.

        The part is a hash of seed, workload and block, the same for all contestants. On one ladder
        for all blocks, repetition would not reduce the error of a capacity: each would be cut to
        the same rates (docs/statistics.md, Capacity).
        """
        if not self.steps_rps and not self.steps_users:
            return self
        words = f"{self.seed}/{self.workload.name}/{block}/ladder"
        drawn = int.from_bytes(hashlib.sha256(words.encode()).digest()[:6])
        shift = drawn / 2**48
        rates, users = (
            tuple(math.floor(step * self.growth**shift) for step in steps)
            for steps in (self.steps_rps, self.steps_users)
        )
        return replace(self, steps_rps=rates, steps_users=users, ladder_shift=shift)

    def of_service(self, name: str) -> "Parameters":
        """The parameters of one service: rates that are shares of its own throughput.

        Raises LabError for a service whose throughput is not known.
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
        if steps := self.steps_rps or self.steps_users:
            variables |= {
                "STEPS": json.dumps(steps),
                "STEP_WARMUP_S": str(self.timing.warmup_s),
                "STEP_MEASURE_S": str(self.timing.measure_s),
                "OBJECTIVE_MS": str(self.objective_ms),
                "ERROR_RATE_MAX": str(self.error_rate_max),
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
            steps_rps=self.steps_rps or None,
            steps_users=self.steps_users or None,
            visit=self.visit,
            disturbance=self.disturbance,
            objective_ms=self.objective_ms,
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
    is_guest: bool,
) -> Parameters:
    if workload.needs_rates and rates is None:
        raise ValueError(f"{workload.name} needs calibrated rates")
    own_mix = workload.mix or mix
    ladder, session = workload.kind == "capacity", workload.kind == "session"
    disturbance = config.disturbance(workload.kind)
    users = steps_users(rates, config) if rates and session else ()
    return Parameters(
        workload=workload,
        vus=users[-1]
        if users
        else disturbance.vus
        if disturbance
        else config.load.open_vus
        if workload.needs_rates
        else config.load.vus,
        timing=timing.of_workload(workload, profile, config),
        mix=own_mix,
        weights=None if workload.alone or session or is_guest else weights_of(config.load, own_mix),
        orders=0 if is_guest else config.dataset.orders * scale,
        seed=seed,
        scale=scale,
        rate_rps=offered_rps(rates, workload.rate_share) if rates and workload.rate_share else None,
        arrivals=arrivals if workload.kind == "open" else None,
        steps_rps=steps_rps(rates, config) if rates and ladder else (),
        steps_users=users,
        visit=config.session.visit if session else None,
        disturbance=disturbance,
        rates=rates if disturbance else None,
        objective_ms=config.capacity.objective_ms if ladder or session else None,
        growth=config.capacity.growth,
        error_rate_max=config.limits.error_rate_max,
    )


def _sha256(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def offered_rps(rates: Rates, share: float) -> int:
    """A share of the slowest contestant's throughput, in whole requests per second: k6's executors
    accept only whole rates."""
    return max(1, math.floor(rates.throughput_rps * share))


def steps_rps(rates: Rates, config: Config) -> tuple[int, ...]:
    """Rates of the ladder, ascending. The lowest rate gives a step enough responses for its p95."""
    ladder = config.capacity
    answers = required_observations(95) / (1 - config.limits.error_rate_max)
    lowest = math.ceil(answers / ladder.measure_s)
    found = (
        offered_rps(rates, ladder.lowest_share * ladder.growth**step)
        for step in range(ladder.steps)
    )
    return tuple(dict.fromkeys(max(rate, lowest) for rate in found))


def steps_users(rates: Rates, config: Config) -> tuple[int, ...]:
    """Users of a ladder with think time: as many as send its rates if every response is immediate.

    Raises LabError where even the first step is more than one load generator may have.
    """
    session = config.session
    steps = [math.ceil(rate * session.visit.think_mean_s) for rate in steps_rps(rates, config)]
    if steps[0] * config.capacity.growth > session.users_max:
        raise LabError(
            f"the workload session would begin with {steps[0]:,} users, and one load generator may "
            f"have {session.users_max:,}",
            "Raise session.users_max in levelbench.toml, with caps.k6.memory_mib.",
        )
    # Each block shifts them by up to a step.
    return tuple(step for step in steps if step * config.capacity.growth <= session.users_max)
