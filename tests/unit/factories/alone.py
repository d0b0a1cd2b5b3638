"""Constructed runs of the endpoints workload: each endpoint alone, with exact, known figures."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from levelbench.model.folder import Run
from levelbench.model.measurement import EndpointWindow, LatencySummary, Window
from levelbench.model.run import PlannedTrial, RunArguments, RunRecord
from levelbench.model.trial import CONTROL_SUFFIX, ContainerUse, RowCounts, TrialRecord
from levelbench.model.vocabulary import ENDPOINTS, Endpoint
from tests.unit.factories import (
    NOISE,
    START,
    VUS,
    environment,
    latency,
    parameters,
    service,
    statistics,
    wobble,
)

SECONDS = 5.0
RATES: dict[str, dict[Endpoint, float]] = {
    "django": {"register": 49, "login": 50, "list": 180, "detail": 300, "task": 250},
    "fastapi": {"register": 50, "login": 51, "list": 400, "detail": 800, "task": 500},
    "starlette": {"register": 50.2, "login": 51, "list": 400, "detail": 900, "task": 500},
}
"""Hashing is the same work in all; the rest is not."""
REFERENCE_RATES: dict[Endpoint, float] = {
    "register": 52, "login": 53, "list": 800, "detail": 2500, "task": 900,
}  # fmt: skip
REFERENCE_CPU_MS: dict[Endpoint, float] = {
    "register": 19, "login": 18.5, "list": 0.5, "detail": 0.25, "task": 0.8,
}  # fmt: skip
MULTIPLES = {"django": 12.0, "fastapi": 6.1, "starlette": 6.0, "floor": 1.0}
"""CPU per request as a multiple of the reference's: on reading; hashing hides the framework."""


def cpu_ms(name: str, endpoint: Endpoint) -> float:
    added = REFERENCE_CPU_MS["list"] * (MULTIPLES.get(name, 5.0) - 1)
    return REFERENCE_CPU_MS[endpoint] + added


def window(rate: float, **changes: Any) -> EndpointWindow:
    requests = round(rate * SECONDS)
    fields: dict[str, Any] = {
        "requests": requests,
        "errors": 0,
        "throughput_rps": rate,
        "latency": latency(1000 * VUS / rate, requests),
        "statements_per_request": 1.0,
        "seconds": SECONDS,
        "halves": (rate * 1.001, rate * 0.999),
        "vus_busy_share": 0.99,
        "disturbances": 0,
    }
    return EndpointWindow(**(fields | changes))


def use(cpu_ms_a_request: float, requests: int) -> ContainerUse:
    spent = cpu_ms_a_request * requests
    return ContainerUse(
        cpu_ms=spent,
        cpu_share_of_limit=min(1.0, spent / 1e3 / SECONDS),
        throttled_periods=0,
        periods=50,
        memory_peak_mib=64.0,
        memory_mean_mib=60.0,
    )


def trial(
    number: int,
    block: int,
    label: str,
    rates: Mapping[Endpoint, float],
    cpu: Callable[[Endpoint], float],
    **changes: Any,
) -> TrialRecord:
    windows = {endpoint: window(rates[endpoint]) for endpoint in ENDPOINTS}
    requests = sum(found.requests for found in windows.values())
    uses = {
        endpoint: {
            "service": use(cpu(endpoint), found.requests),
            "postgres": use(0.4, found.requests),
            "k6": use(0.2, found.requests),
        }
        for endpoint, found in windows.items()
    }
    fields: dict[str, Any] = {
        "number": number,
        "block": block,
        "workload": "endpoints",
        "service": label.removesuffix(CONTROL_SUFFIX),
        "label": label,
        "status": "valid",
        "started_at": START + timedelta(seconds=60 * number),
        "window": Window(
            seconds=SECONDS * len(ENDPOINTS),
            requests=requests,
            errors=0,
            throughput_rps=None,
            latency=LatencySummary(count=requests),
            vus_busy_share=0.99,
        ),
        "endpoints": windows,
        "resources": {"service": use(2.0, requests)},
        "endpoint_resources": uses,
        "rows": RowCounts(users_added=8, registrations_201=8, tasks_added=9, invoices_202=9),
    }
    return TrialRecord(**(fields | changes))


def make_run(
    *,
    blocks: int = 5,
    reference: bool = True,
    control: str | None = "fastapi",
    control_factor: Mapping[Endpoint, tuple[float, ...]] | None = None,
    rates: Mapping[str, Mapping[Endpoint, float]] = RATES,
    **changes: Any,
) -> Run:
    """A run of the endpoints workload. `control_factor` multiplies the twin's throughput on an
    endpoint, block by block, over and over."""
    services = {name: service(name) for name in rates}
    all_rates: dict[str, Mapping[Endpoint, float]] = dict(rates)
    if reference:
        services["floor"] = service("floor", "reference", display_name="Bare ASGI")
        all_rates["floor"] = REFERENCE_RATES
    labels = [*all_rates, *([control + CONTROL_SUFFIX] if control else [])]
    plan: list[PlannedTrial] = []
    trials: list[TrialRecord] = []
    for block in range(1, blocks + 1):
        for label in labels:
            name = label.removesuffix(CONTROL_SUFFIX)
            number = len(plan) + 1
            plan.append(
                PlannedTrial(
                    number=number, block=block, workload="endpoints", service=name, label=label
                )
            )
            factors = (control_factor or {}) if label != name else {}
            noisy: dict[Endpoint, float] = {}
            for endpoint, rate in all_rates[name].items():
                own = factors.get(endpoint, (1.0,))
                noisy[endpoint] = (
                    rate
                    * NOISE[block % len(NOISE)]
                    * wobble(f"{label} {endpoint}", block)
                    * own[block % len(own)]
                )

            def cpu(endpoint: Endpoint, name: str = name, place: str = f"{label} {block}") -> float:
                return cpu_ms(name, endpoint) * wobble(f"{place} {endpoint}", 0)

            trials.append(trial(number, block, label, noisy, cpu))
    record: dict[str, Any] = {
        "run_id": "20260102T030405-quick",
        "profile": "quick",
        "seed": 42,
        "status": "complete",
        "publishable": True,
        "started_at": START,
        "finished_at": START + timedelta(minutes=30),
        "plan": plan,
        "environment": environment(),
        "services": services,
        "workloads": {"endpoints": parameters(warmup_s=3, measure_s=5)},
        "statistics": statistics(),
        "choices": RunArguments(
            workload="endpoints", workloads={"endpoints": blocks}, mix="journey", scale=1
        ),
    }
    return Run(record=RunRecord(**(record | changes)), trials=tuple(trials))
