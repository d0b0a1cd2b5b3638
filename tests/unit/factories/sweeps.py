"""A constructed sweep of FastAPI over its pool."""

from collections.abc import Mapping
from typing import Any

from levelbench.model.folder import Run
from levelbench.model.run import RunArguments
from levelbench.model.sweep import SweepRecord
from tests.unit.factories import make_run, service

DECLARED = 12
RATES = {2: 240.0, 4: 360.0, 8: 404.0, 12: 400.0, 24: 396.0}
"""Pool -> requests/s: a pool of 2 or 4 is too small, the others are within a tie."""


def name_of(value: int) -> str:
    return "fastapi" if value == DECLARED else f"fastapi-pool-{value}"


def sweep_run(rates: Mapping[int, float] = RATES, **changes: Any) -> Run:
    """Blocks in which each value is measured alongside the declared one."""
    names = {name_of(value): value for value in rates}
    asked = SweepRecord(service="fastapi", setting="pool", declared=DECLARED, values=names)
    services = {
        name: service("fastapi")
        if value == DECLARED
        else service(name, "variant", display_name=f"FastAPI, pool {value}")
        for name, value in names.items()
    }
    blocks = changes.get("blocks", 5)
    return make_run(
        throughput={name_of(value): rate for value, rate in rates.items()},
        services=services,
        choices=RunArguments(workloads={"closed": blocks}, mix="journey", scale=1, sweep=asked),
        **changes,
    )
