"""Constructed runs of open loads and of capacity ladders."""

from functools import partial
from typing import Any

from levelbench.model.config import load_config
from levelbench.model.folder import Run
from levelbench.model.measurement import (
    Disturbed,
    DisturbedPart,
    LatencySummary,
    Step,
    UserStep,
)
from levelbench.model.trial import TrialRecord
from tests.unit.factories import make_run, under

CAPACITY = {"django": 110.0, "fastapi": 210.0, "flask": 130.0, "starlette": 220.0}


def open_run() -> Run:
    return under(make_run(), "open-50", vus=200, rate_rps=90)


def step(rate_rps: float, p95_ms: float) -> Step:
    requests = round(8 * rate_rps)
    return Step(
        offered_rps=rate_rps,
        seconds=8,
        requests=requests,
        errors=0,
        dropped_iterations=0,
        throughput_rps=rate_rps,
        latency=LatencySummary(count=requests, p50_ms=p95_ms / 2, p95_ms=p95_ms),
    )


def capacity_run() -> Run:
    def held(trial: TrialRecord) -> dict[str, Any]:
        rate = CAPACITY[trial.service] * (1.0, 1.05)[trial.block % 2]
        return {
            "steps": (step(rate, 50.0), step(1.1 * rate, 800.0)),
            "capacity_rps": rate,
            "capacity_is_lower_bound": False,
            "ladder_shift": (0.0, 0.5)[trial.block % 2],
        }

    return under(make_run(), "capacity", objective_ms=200, steps_rps=[90, 99], trial=held)


def users_step(users: int, p95_ms: float) -> UserStep:
    rate = users / 7.02
    return UserStep(
        users=users,
        seconds=10,
        requests=round(10 * rate),
        errors=0,
        throughput_rps=rate,
        latency=LatencySummary(count=round(10 * rate), p50_ms=p95_ms / 2, p95_ms=p95_ms),
        response_ms=20.0,
        think_ms=7000.0,
    )


def session_run() -> Run:
    def held(trial: TrialRecord) -> dict[str, Any]:
        users = round(7 * CAPACITY[trial.service] * (1.0, 1.05)[trial.block % 2])
        return {
            "user_steps": (users_step(users, 50.0), users_step(round(1.1 * users), 800.0)),
            "users_held": users,
            "ladder_shift": (0.0, 0.5)[trial.block % 2],
        }

    own = {"visit": load_config().session.visit, "steps_users": [630, 693]}
    return under(make_run(), "session", objective_ms=200, trial=held, **own)


def disturbed_part(
    rate_rps: float, seconds: float, p99_ms: float, refused: int = 0
) -> DisturbedPart:
    due = round(rate_rps * seconds)
    return DisturbedPart(
        seconds=seconds,
        due=due,
        requests=due,
        errors=refused,
        timeouts=0,
        latency=LatencySummary(count=due - refused, p99_ms=p99_ms),
    )


def interference_run() -> Run:
    def held(trial: TrialRecord) -> dict[str, Any]:
        rate = CAPACITY[trial.service] / 2 * (1.0, 1.05)[trial.block % 2]
        p99_ms = 1e5 / rate
        part = partial(disturbed_part, rate, 40)
        return {
            "disturbed": Disturbed(
                rates_rps=(round(rate),) * 3,
                others={"before": part(50), "during": part(p99_ms), "after": part(60)},
                logins=disturbed_part(5, 40, 4000),
                health={"before": part(5), "during": part(p99_ms / 2), "after": part(6)},
                recovered_s=(3.0, 2.0, 4.0, None if trial.service == "django" else 3.0),
                watched_s=20,
            )
        }

    own = load_config().interference
    return under(make_run(), "interference", disturbance=own, trial=held)


def overload_run() -> Run:
    def held(trial: TrialRecord) -> dict[str, Any]:
        rate = CAPACITY[trial.service] / 2 * (1.0, 1.05)[trial.block % 2]
        steady = disturbed_part(rate, 15, 50)
        during = disturbed_part(4 * rate, 30, 20_000, refused=round(50 * rate))
        return {
            "disturbed": Disturbed(
                rates_rps=(round(rate), round(4 * rate), round(rate)),
                others={"before": steady, "during": during, "after": steady},
                recovered_s=(12.0,),
                watched_s=60,
            )
        }

    return under(make_run(), "overload", disturbance=load_config().overload, trial=held)
