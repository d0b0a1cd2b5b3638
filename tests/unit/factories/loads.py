"""Constructed runs of open loads and of capacity ladders."""

from typing import Any

from levelbench.model.folder import Run
from levelbench.model.trial import TrialRecord
from tests.unit.factories import make_run, under

CAPACITY = {"django": 110.0, "fastapi": 210.0, "flask": 130.0, "starlette": 220.0}


def open_run() -> Run:
    return under(make_run(), "open-50", vus=200, rate_rps=90)


def capacity_run() -> Run:
    def held(trial: TrialRecord) -> dict[str, Any]:
        step = 10.0 * (trial.block % 2)
        return {"capacity_rps": CAPACITY[trial.service] + step, "capacity_is_lower_bound": False}

    return under(make_run(), "capacity", objective_ms=200, steps_rps=[90, 99], trial=held)
