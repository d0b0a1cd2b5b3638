"""What came out for one service under one workload: its estimates over trials."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from levelbench.analysis import verdict
from levelbench.analysis.estimates import (
    Figure,
    cpu_ms_per_request,
    database_bound,
    error_rate,
    estimate,
    figure,
    memory_peak,
    observations,
)
from levelbench.model.results import (
    CpuPerRequest,
    EndpointResults,
    Estimate,
    ServiceResults,
    TaskResults,
)
from levelbench.model.trial import TrialRecord
from levelbench.model.vocabulary import CONTAINERS, ENDPOINTS, Endpoint
from levelbench.model.workloads import Workload

CPU = "cpu_ms_per_request.service"
THROUGHPUT = "throughput_rps"
CAPACITY = "capacity_rps"


@dataclass(frozen=True)
class Reference:
    """The service without a framework, which the others are held against."""

    name: str
    trials: Sequence[TrialRecord]

    def ratio(
        self,
        name: str,
        trials: Sequence[TrialRecord],
        metric: str,
        endpoint: Endpoint | None = None,
    ) -> Estimate:
        """A service's figure over the reference's, block by block."""
        if name == self.name:
            return Estimate(value=1.0)
        own, reference = (observations(found, metric, endpoint) for found in (trials, self.trials))
        return verdict.ratio(verdict.paired(own, reference))


def of_service(
    name: str,
    trials: Sequence[TrialRecord],
    reference: Reference | None,
    rank: tuple[int, int] | None,
    workload: Workload,
) -> ServiceResults:
    """Where each endpoint was alone, it has figures of its own that a mix has in common."""
    alone = workload.alone
    valid = [trial for trial in trials if trial.status == "valid"]
    ran = [trial for trial in trials if trial.status != "invalid"]
    windows = [trial.window for trial in valid if trial.window]
    mixed_reference = None if alone else reference

    def over_trials(read: Figure) -> Estimate:
        return estimate([read(trial) for trial in valid])

    return ServiceResults(
        trials=len(valid),
        requests=sum(window.requests for window in windows),
        error_rate=error_rate((t.window.errors, t.window.requests) for t in ran if t.window),
        throughput_rps=over_trials(figure(THROUGHPUT)),
        latency_mean_ms=over_trials(figure("latency_mean_ms")),
        latency_p50_ms=over_trials(figure("latency_p50_ms")),
        latency_p95_ms=over_trials(figure("latency_p95_ms")),
        latency_p99_ms=over_trials(figure("latency_p99_ms")),
        cpu_ms_per_request=_cpu(over_trials),
        cpu_ratio_to_reference=mixed_reference.ratio(name, valid, CPU) if mixed_reference else None,
        throughput_ratio_to_reference=mixed_reference.ratio(name, valid, THROUGHPUT)
        if mixed_reference
        else None,
        database_bound=None if alone else database_bound(valid),
        capacity_rps=over_trials(figure(CAPACITY)) if workload.kind == "capacity" else None,
        memory_peak_mib=over_trials(memory_peak),
        rank=rank,
        endpoints={
            endpoint: _endpoint(name, valid, ran, reference, endpoint, alone=alone)
            for endpoint in ENDPOINTS
            if any(endpoint in trial.endpoints for trial in ran)
        },
        tasks=_tasks(valid),
    )


def _endpoint(
    name: str,
    valid: Sequence[TrialRecord],
    ran: Sequence[TrialRecord],
    reference: Reference | None,
    endpoint: Endpoint,
    *,
    alone: bool,
) -> EndpointResults:
    windows = [trial.endpoints.get(endpoint) for trial in valid]
    statements = {window.statements_per_request for window in windows if window}

    def over_trials(read: Figure) -> Estimate:
        return estimate([read(trial) for trial in valid])

    def over_reference(metric: str) -> Estimate | None:
        return reference.ratio(name, valid, metric, endpoint) if reference and alone else None

    return EndpointResults(
        requests=sum(window.requests for window in windows if window),
        error_rate=error_rate(
            (trial.endpoints[endpoint].errors, trial.endpoints[endpoint].requests)
            for trial in ran
            if endpoint in trial.endpoints
        ),
        throughput_rps=over_trials(figure(THROUGHPUT, endpoint)),
        latency_mean_ms=over_trials(figure("latency_mean_ms", endpoint)),
        latency_p50_ms=over_trials(figure("latency_p50_ms", endpoint)),
        latency_p95_ms=over_trials(figure("latency_p95_ms", endpoint)),
        latency_p99_ms=over_trials(figure("latency_p99_ms", endpoint)),
        cpu_ms_per_request=_cpu(over_trials, endpoint) if alone else None,
        cpu_ratio_to_reference=over_reference(CPU),
        throughput_ratio_to_reference=over_reference(THROUGHPUT),
        database_bound=database_bound(valid, endpoint) if alone else None,
        # A count that differs between trials is no property of the service.
        statements_per_request=statements.pop() if len(statements) == 1 else None,
    )


def _cpu(
    over_trials: Callable[[Figure], Estimate], endpoint: Endpoint | None = None
) -> CpuPerRequest:
    read = {
        container: partial(cpu_ms_per_request, container=container, endpoint=endpoint)
        for container in CONTAINERS
    }
    return CpuPerRequest(**{container: over_trials(read[container]) for container in CONTAINERS})


def _tasks(trials: Sequence[TrialRecord]) -> TaskResults | None:
    tasks = [trial.tasks for trial in trials if trial.tasks]
    if not tasks:
        return None
    return TaskResults(
        accepted=sum(task.accepted for task in tasks),
        completed=sum(task.completed for task in tasks),
        lost=sum(task.lost for task in tasks),
        lag_p50_ms=estimate([task.lag_p50_ms for task in tasks]),
        lag_p95_ms=estimate([task.lag_p95_ms for task in tasks]),
        open_at_end=estimate([task.open_at_end for task in tasks]),
        drain_s=estimate([task.drain_s for task in tasks]),
    )
