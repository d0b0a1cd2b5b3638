"""Estimates of metrics over trials: means with intervals, and the A/A control."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence

from levelbench.analysis import stats, verdict
from levelbench.analysis.checks.table import DATABASE_BOUND
from levelbench.analysis.verdict import Observations
from levelbench.model.bracket import bound_of_mean, common_error, least_variance
from levelbench.model.estimate import UNDEFINED, Estimate, Interval
from levelbench.model.metric import Metric
from levelbench.model.results import Control
from levelbench.model.trial import CONTROL_SUFFIX, TrialRecord
from levelbench.model.vocabulary import ENDPOINTS, Endpoint


def estimate(values: Sequence[float | None], *, proportional: bool = False) -> Estimate:
    """Estimate a mean over trials, with its interval. Undefined unless every trial has a value: a
    mean over those that have one would be of another set of trials.

    Of a metric that is `proportional`, such as latency: the geometric mean.
    """
    known = [value for value in values if value is not None]
    if not known or len(known) < len(values):
        return UNDEFINED
    if proportional and (found := stats.log_mean_interval(known)):
        mean, bounds = found
        interval = Interval(low=bounds.low, high=bounds.high) if bounds else None
        return Estimate(value=mean, confidence_interval=interval)
    try:
        bound = bound_of_mean(known)
    except ValueError:
        return UNDEFINED
    mean = math.fsum(known) / len(known)
    bounds = stats.mean_interval(known, variance_min=mean**2 * least_variance(known))
    if bounds is None or bound:
        return Estimate(value=mean, bound=bound)
    error = math.exp(common_error(known))
    # No metric can be negative: cutting the interval at 0 keeps its coverage.
    interval = Interval(low=max(0.0, bounds.low / error), high=bounds.high * error)
    return Estimate(value=bounds.value, confidence_interval=interval)


def scaled(found: Estimate, factor: float) -> Estimate:
    """An estimate times a factor, with its interval: a least-squares mean of a service's mean."""
    if found.value is None or factor == 1:
        return found
    bounds = found.confidence_interval
    return Estimate(
        value=found.value * factor,
        confidence_interval=Interval(low=bounds.low * factor, high=bounds.high * factor)
        if bounds
        else None,
        bound=found.bound,
    )


def observations(
    trials: Iterable[TrialRecord], metric: Metric, endpoint: Endpoint | None = None
) -> Observations:
    """Block -> value over valid trials, for those that have the metric. Of a ratio: none."""
    if metric.read is None:
        return {}
    values = {
        trial.block: metric.read(trial, endpoint) for trial in trials if trial.status == "valid"
    }
    return {block: value for block, value in values.items() if value is not None}


def observations_of_all(trials: Sequence[TrialRecord], metric: Metric) -> Observations:
    """Block -> geometric mean over all isolated endpoints, where all have the metric.

    The one mean in which no endpoint weighs more for being faster (Fleming and Wallace, CACM
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
    """Whether the database was the limit in half of the valid trials or more: throughput is then
    shown with a label, and not ranked."""
    valid = [trial for trial in trials if trial.status == "valid"]
    bound = sum(
        any(f.code == DATABASE_BOUND.code and f.endpoint == endpoint for f in trial.findings)
        for trial in valid
    )
    return bool(valid) and 2 * bound >= len(valid)


def error_rate(counts: Iterable[tuple[int, int]]) -> float | None:
    """Error rate: errors / requests, pooled over (errors, requests)."""
    errors, requests = 0, 0
    for window_errors, window_requests in counts:
        errors += window_errors
        requests += window_requests
    return errors / requests if requests else None


def control(
    by_label: Mapping[str, Sequence[TrialRecord]], metric: Metric, endpoint: Endpoint | None = None
) -> Control | None:
    """The A/A control: the ratio of each twin to its service, by a metric, pooled over all blocks;
    None where no twin was planned."""
    return _control(by_label, lambda trials: observations(trials, metric, endpoint))


def control_of_all(by_label: Mapping[str, Sequence[TrialRecord]], metric: Metric) -> Control | None:
    """The A/A control over isolated endpoints: by their geometric mean, which depends on no single
    endpoint, and for each endpoint."""
    twins = _control(by_label, lambda trials: observations_of_all(trials, metric))
    if twins is None:
        return None
    each = {endpoint: control(by_label, metric, endpoint) for endpoint in ENDPOINTS}
    ratios = {endpoint: own.ratio for endpoint, own in each.items() if own}
    return Control(
        service=twins.service, services=twins.services, ratio=twins.ratio, endpoints=ratios
    )


def _control(
    by_label: Mapping[str, Sequence[TrialRecord]],
    observed: Callable[[Sequence[TrialRecord]], Observations],
) -> Control | None:
    """Each block has one twin, and so each gives one logarithm of a ratio, whoever the twin is."""
    names = sorted(
        label.removesuffix(CONTROL_SUFFIX) for label in by_label if label.endswith(CONTROL_SUFFIX)
    )
    if not names:
        return None
    pairs = [
        pair
        for name in names
        for pair in verdict.paired(
            observed(by_label[name + CONTROL_SUFFIX]), observed(by_label.get(name, ()))
        )
    ]
    return Control(
        service=names[0] if len(names) == 1 else None,
        services=tuple(names),
        ratio=verdict.ratio(pairs),
    )
