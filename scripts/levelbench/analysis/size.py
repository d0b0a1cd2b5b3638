"""Size a service for a rate: predict from its capacity on this machine, and read the check."""

import math
from collections.abc import Sequence

from levelbench.errors import LabError
from levelbench.model.capacity import Objective
from levelbench.model.estimate import UNDEFINED
from levelbench.model.folder import Run
from levelbench.model.metrics import CAPACITY, CPU, MEMORY
from levelbench.model.results import Results
from levelbench.model.size import Size, SizeRecord
from levelbench.model.trial import TrialRecord

WORKLOAD, CAPACITY_WORKLOAD = "fixed", "capacity"
"""Of the check, and of the run before it."""


def predict(
    results: Results,
    service: str,
    rate_rps: int,
    *,
    measured_cores: float,
    processes: int,
    connections: int,
) -> SizeRecord:
    """What a service needs for a rate, from a run that measured its capacity.

    `processes` and `connections`: of the contestant on the measured cores. Raises LabError where
    the capacity is not known, or no rate that was tried met the objective.
    """
    measured = results.workloads.get(CAPACITY_WORKLOAD)
    own = measured.services.get(service) if measured else None
    capacity = own.estimate(CAPACITY) if own else None
    if measured is None or own is None or capacity is None or not capacity.value:
        raise LabError(
            f"run {results.run_id} has no capacity of {service}",
            f"`make bench-{service} WORKLOAD=capacity` measures it.",
        )
    assert measured.parameters.objective
    if capacity.bound == "at_most":
        raise LabError(
            f"{service} met {measured.parameters.objective} at no rate that was tried, down to "
            f"{capacity.value:.0f} requests/s: no number of cores can be given",
            "Choose a larger P95.",
        )
    bounds = capacity.confidence_interval
    least_rps = (bounds.low if bounds else capacity.value) / measured_cores
    cores = max(1, math.ceil(rate_rps / least_rps))
    per_core = cores / measured_cores
    return SizeRecord(
        service=service,
        rate_rps=rate_rps,
        objective=measured.parameters.objective,
        capacity_of=results.run_id,
        measured_cores=measured_cores,
        capacity_rps=capacity,
        cpu_ms_per_request=own.estimate(CPU) or UNDEFINED,
        memory_peak_mib=own.estimate(MEMORY) or UNDEFINED,
        cores=cores,
        processes=math.ceil(processes * per_core),
        connections=math.ceil(connections * per_core),
    )


def of_run(run: Run, trials: Sequence[TrialRecord]) -> Size | None:
    """The size that a run checks, from its final trials; None of other runs."""
    asked = run.record.choices.size
    if asked is None:
        return None
    objective = Objective.parse(asked.objective)
    for trial in trials:
        window, use = trial.window, trial.resources.get("service")
        if trial.workload != WORKLOAD or trial.status != "valid" or window is None:
            continue
        latency_ms = objective.latency_ms(window.latency)
        limit_ms = objective.limit_ms
        return Size(
            **dict(asked),
            latency_p95_ms=latency_ms,
            cores_measured=use.cpu_ms / 1000 / window.seconds if use and use.cpu_ms else None,
            memory_measured_mib=use.memory_peak_mib if use else None,
            met=None if latency_ms is None or limit_ms is None else latency_ms <= limit_ms,
        )
    failed = any(one.workload == WORKLOAD and one.status == "failed" for one in trials)
    return Size(**dict(asked), met=False if failed else None)
