"""Figures read from trials, and their estimates over trials."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence

from levelbench import comparison, stats
from levelbench.comparison import Observations
from levelbench.records import LatencyFigures, TrialRecord
from levelbench.results import UNDEFINED, Control, Estimate, Interval
from levelbench.words import CONTAINERS, Container

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


def figure(metric: str) -> Figure:
    """How a metric of `comparison.DIRECTIONS` is read from one trial."""
    if metric == "throughput_rps":
        return lambda trial: trial.window.throughput_rps if trial.window else None
    if metric.startswith("cpu_ms_per_request."):
        container = next(c for c in CONTAINERS if metric.endswith(f".{c}"))
        return lambda trial: cpu_ms_per_request(trial, container)
    field = metric.removeprefix("latency_")
    return lambda trial: _latency(trial.window.latency, field) if trial.window else None


def _latency(latency: LatencyFigures, field: str) -> float | None:
    value: float | None = getattr(latency, field)
    return value


def cpu_ms_per_request(trial: TrialRecord, container: Container) -> float | None:
    use = trial.resources.get(container)
    if use is None or use.cpu_ms is None or trial.window is None or trial.window.requests == 0:
        return None
    return use.cpu_ms / trial.window.requests


def memory_peak(trial: TrialRecord) -> float | None:
    use = trial.resources.get("service")
    return use.memory_peak_mib if use else None


def observations(trials: Iterable[TrialRecord], metric: str) -> Observations:
    """Block -> value over valid trials, for those that have the figure."""
    read = figure(metric)
    values = {trial.block: read(trial) for trial in trials if trial.status == "valid"}
    return {block: value for block, value in values.items() if value is not None}


def error_rate(windows: Iterable[tuple[int, int]]) -> float | None:
    """Errors / requests, pooled over (errors, requests)."""
    errors, requests = 0, 0
    for window_errors, window_requests in windows:
        errors += window_errors
        requests += window_requests
    return errors / requests if requests else None


def control(by_label: Mapping[str, Sequence[TrialRecord]], metric: str) -> Control | None:
    """The twin against its service, by the metric; None without a twin."""
    for twin in by_label.values():
        if twin and twin[0].is_control:
            service = twin[0].service
            own = observations(by_label.get(service, ()), metric)
            pairs = comparison.paired(observations(twin, metric), own)
            return Control(service=service, ratio=comparison.ratio(pairs))
    return None
