"""Results of one service under one workload: its estimates over trials."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from levelbench.analysis import verdict
from levelbench.analysis.estimates import database_bound, error_rate, estimate, observations, scaled
from levelbench.model import metrics
from levelbench.model.estimate import Estimate
from levelbench.model.metric import Metric
from levelbench.model.metrics import METRICS
from levelbench.model.results import EndpointResults, ErrorCount, ServiceResults, TaskResults
from levelbench.model.trial import TrialRecord
from levelbench.model.vocabulary import ENDPOINTS, Endpoint
from levelbench.model.workloads import Workload

Factors = Callable[[Metric, Endpoint | None], Mapping[str, float]]
"""By metric and endpoint: service -> factor of its least-squares mean (`stats.block_factors`)."""


@dataclass(frozen=True)
class Reference:
    """A service without a framework, which the others of its interface are compared with."""

    name: str
    trials: Sequence[TrialRecord]

    def ratio(
        self,
        name: str,
        trials: Sequence[TrialRecord],
        metric: Metric,
        endpoint: Endpoint | None = None,
    ) -> Estimate:
        """A service's metric over the reference's, block by block."""
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
    planned: int,
    factors: Factors,
) -> ServiceResults:
    """Results of a service; where endpoints are isolated, each has the metrics that a mix has."""
    alone = workload.alone
    valid = [trial for trial in trials if trial.status == "valid"]
    ran = [trial for trial in trials if trial.status != "invalid"]
    windows = [trial.window for trial in valid if trial.window]
    counts = [(t.window.errors, t.window.requests) for t in ran if t.window]
    return ServiceResults(
        trials=len(valid),
        planned=planned,
        requests=sum(window.requests for window in windows),
        error_rate=error_rate(counts),
        errors=_errors(counts),
        metrics=_metrics(name, valid, reference, workload, factors, None),
        database_bound=None if alone else database_bound(valid),
        rank=rank,
        reference=reference.name if reference else None,
        endpoints={
            endpoint: _endpoint(name, valid, ran, reference, workload, factors, endpoint)
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
    workload: Workload,
    factors: Factors,
    endpoint: Endpoint,
) -> EndpointResults:
    windows = [trial.endpoints.get(endpoint) for trial in valid]
    statements = {window.statements_per_request for window in windows if window}
    counts = [
        (trial.endpoints[endpoint].errors, trial.endpoints[endpoint].requests)
        for trial in ran
        if endpoint in trial.endpoints
    ]
    return EndpointResults(
        requests=sum(window.requests for window in windows if window),
        error_rate=error_rate(counts),
        errors=_errors(counts),
        metrics=_metrics(name, valid, reference, workload, factors, endpoint),
        database_bound=database_bound(valid, endpoint) if workload.alone else None,
        # A count that differs between trials is no property of the service.
        statements_per_request=statements.pop() if len(statements) == 1 else None,
    )


def _errors(counts: Sequence[tuple[int, int]]) -> ErrorCount:
    return ErrorCount(errors=sum(e for e, _ in counts), requests=sum(r for _, r in counts))


def _metrics(
    name: str,
    valid: Sequence[TrialRecord],
    reference: Reference | None,
    workload: Workload,
    factors: Factors,
    endpoint: Endpoint | None,
) -> dict[str, Estimate]:
    """Every metric that applies to a service, or to one endpoint of it."""
    found = {}
    for metric in METRICS:
        if not metric.exists("endpoint" if endpoint else "workload"):
            continue
        if workload.kind not in metric.kinds:
            continue
        if endpoint and metric.endpoints == "isolated" and not workload.alone:
            continue
        if metric.read is not None:
            read = metric.read
            own = estimate(
                [read(trial, endpoint) for trial in valid], proportional=metric.proportional
            )
            found[metric.name] = scaled(own, factors(metric, endpoint).get(name, 1.0))
        elif metric.ratio_of and reference and workload.alone == (endpoint is not None):
            base = metrics.of(metric.ratio_of)
            found[metric.name] = reference.ratio(name, valid, base, endpoint)
    return found


def _tasks(trials: Sequence[TrialRecord]) -> TaskResults | None:
    tasks = [trial.tasks for trial in trials if trial.tasks]
    if not tasks:
        return None
    return TaskResults(
        accepted=sum(task.accepted for task in tasks),
        completed=sum(task.completed for task in tasks),
        lost=sum(task.lost for task in tasks),
        lag_p50_ms=estimate([task.lag_p50_ms for task in tasks], proportional=True),
        lag_p95_ms=estimate([task.lag_p95_ms for task in tasks], proportional=True),
        open_at_end=estimate([task.open_at_end for task in tasks]),
        drain_s=estimate([task.drain_s for task in tasks]),
    )
