"""Figures read from trials, and their estimates over trials."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence

from levelbench.analysis import stats, verdict
from levelbench.analysis.verdict import Observations
from levelbench.model import windows
from levelbench.model.measurement import EndpointWindow, LatencySummary, Window
from levelbench.model.results import UNDEFINED, Control, Estimate, Interval
from levelbench.model.trial import TrialRecord
from levelbench.model.vocabulary import CONTAINERS, ENDPOINTS, Container, Endpoint

DATABASE_BOUND = "database-bound"
"""Code of the finding that makes a figure another container's."""

Figure = Callable[[TrialRecord], float | None]


def estimate(values: Sequence[float | None]) -> Estimate:
    """Mean over trials with its interval. Undefined unless every trial has the figure: a mean
    over those that happen to have it would be of another set of trials."""
    known = [value for value in values if value is not None]
    if not known or len(known) < len(values):
        return UNDEFINED
    bounds = stats.mean_interval(known)
    if bounds is None:
        return Estimate(value=math.fsum(known) / len(known))
    # No figure here can be negative: cutting the interval at 0 keeps its coverage.
    interval = Interval(low=max(0.0, bounds.low), high=bounds.high)
    return Estimate(value=bounds.value, confidence_interval=interval)


def figure(metric: str, endpoint: Endpoint | None = None) -> Figure:
    """How a metric of `comparison.DIRECTIONS` is read from one trial, or from one endpoint in it.

    What a mix does not have for an endpoint, or endpoints that were alone not in common, is None.
    """
    if metric.startswith("cpu_ms_per_request."):
        container = next(c for c in CONTAINERS if metric.endswith(f".{c}"))
        return lambda trial: cpu_ms_per_request(trial, container, endpoint)
    if metric in OF_THE_TRIAL:
        return OF_THE_TRIAL[metric]
    if metric == "throughput_rps":
        return lambda trial: window.throughput_rps if (window := _window(trial, endpoint)) else None
    field = metric.removeprefix("latency_")
    return lambda trial: (
        _latency(window.latency, field) if (window := _window(trial, endpoint)) else None
    )


def _window(trial: TrialRecord, endpoint: Endpoint | None) -> Window | EndpointWindow | None:
    return trial.endpoints.get(endpoint) if endpoint else trial.window


def _latency(latency: LatencySummary, field: str) -> float | None:
    value: float | None = getattr(latency, field)
    return value


def cpu_ms_per_request(
    trial: TrialRecord, container: Container, endpoint: Endpoint | None = None
) -> float | None:
    """Milliseconds of a container's processor time for each request of the window.

    None over endpoints that were alone: their mean would be of a mix that nobody chose.
    """
    if endpoint:
        used = trial.endpoint_resources.get(endpoint, {})
    else:
        used = {} if windows.are_alone(trial) else trial.resources
    use, window = used.get(container), _window(trial, endpoint)
    if use is None or use.cpu_ms is None or window is None or window.requests == 0:
        return None
    return use.cpu_ms / window.requests


def memory_peak(trial: TrialRecord) -> float | None:
    use = trial.resources.get("service")
    return use.memory_peak_mib if use else None


OF_THE_TRIAL: Mapping[str, Figure] = {
    "capacity_rps": lambda trial: trial.capacity_rps,
    "memory_peak_mib": memory_peak,
    "cold_start_ms": lambda trial: trial.cold_start_ms,
}
"""What a trial has as a whole, and no endpoint of its own."""


def observations(
    trials: Iterable[TrialRecord], metric: str, endpoint: Endpoint | None = None
) -> Observations:
    """Block -> value over valid trials, for those that have the figure."""
    read = figure(metric, endpoint)
    values = {trial.block: read(trial) for trial in trials if trial.status == "valid"}
    return {block: value for block, value in values.items() if value is not None}


def observations_of_all(trials: Sequence[TrialRecord], metric: str) -> Observations:
    """Block -> geometric mean over all endpoints, each alone, where all have the figure.

    The one mean by which no endpoint counts for more for being faster (Fleming and Wallace, CACM
    29, 1986).
    """
    each = [observations(trials, metric, endpoint) for endpoint in ENDPOINTS]
    common = set.intersection(*(set(found) for found in each))
    return {
        block: math.exp(math.fsum(math.log(found[block]) for found in each) / len(each))
        for block in common
        if all(found[block] > 0 for found in each)
    }


def database_bound(trials: Iterable[TrialRecord], endpoint: Endpoint | None = None) -> bool:
    """Whether the database was the limit in half of the valid trials or more: the figure is shown
    and labelled, and not ranked."""
    valid = [trial for trial in trials if trial.status == "valid"]
    bound = sum(
        any(f.code == DATABASE_BOUND and f.endpoint == endpoint for f in trial.findings)
        for trial in valid
    )
    return bool(valid) and 2 * bound >= len(valid)


def error_rate(counts: Iterable[tuple[int, int]]) -> float | None:
    """Errors / requests, pooled over (errors, requests)."""
    errors, requests = 0, 0
    for window_errors, window_requests in counts:
        errors += window_errors
        requests += window_requests
    return errors / requests if requests else None


def control(
    by_label: Mapping[str, Sequence[TrialRecord]], metric: str, endpoint: Endpoint | None = None
) -> Control | None:
    """The twin against its service, by the metric; None without a twin."""
    return _control(by_label, lambda trials: observations(trials, metric, endpoint))


def control_of_all(by_label: Mapping[str, Sequence[TrialRecord]], metric: str) -> Control | None:
    """The same over endpoints that were alone: by their geometric mean, which is as steady as the
    machine was and hangs on no endpoint of them; and for each, which makes its own tie."""
    twin = _control(by_label, lambda trials: observations_of_all(trials, metric))
    if twin is None:
        return None
    each = {endpoint: control(by_label, metric, endpoint) for endpoint in ENDPOINTS}
    ratios = {endpoint: own.ratio for endpoint, own in each.items() if own}
    return twin.model_copy(update={"endpoints": ratios})


def _control(
    by_label: Mapping[str, Sequence[TrialRecord]],
    observed: Callable[[Sequence[TrialRecord]], Observations],
) -> Control | None:
    for twin in by_label.values():
        if twin and twin[0].is_control:
            service = twin[0].service
            pairs = verdict.paired(observed(twin), observed(by_label.get(service, ())))
            return Control(service=service, ratio=verdict.ratio(pairs))
    return None
