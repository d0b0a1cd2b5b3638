"""Readers: how a metric is read from a trial, or from one endpoint in it."""

from collections.abc import Callable

from levelbench.model.measurement import (
    Disturbed,
    DisturbedPart,
    EndpointWindow,
    LatencySummary,
    Window,
)
from levelbench.model.metric import Reader
from levelbench.model.trial import ContainerUse, TrialRecord
from levelbench.model.vocabulary import Container, Endpoint

PartReader = Callable[[DisturbedPart], float | None]


def _window(trial: TrialRecord, endpoint: Endpoint | None) -> Window | EndpointWindow | None:
    return trial.endpoints.get(endpoint) if endpoint else trial.window


def throughput(trial: TrialRecord, endpoint: Endpoint | None) -> float | None:
    """Requests per second of the window."""
    window = _window(trial, endpoint)
    return window.throughput_rps if window else None


def latency(of: Callable[[LatencySummary], float | None]) -> Reader:
    """A figure of the window's latencies."""

    def read(trial: TrialRecord, endpoint: Endpoint | None) -> float | None:
        window = _window(trial, endpoint)
        return of(window.latency) if window else None

    return read


def per_request(container: Container, of: Callable[[ContainerUse], float | None]) -> Reader:
    """What a container used per request of the window.

    None over isolated endpoints together: a mean over them would be of a mix that no user sends.
    """

    def read(trial: TrialRecord, endpoint: Endpoint | None) -> float | None:
        if endpoint:
            used = trial.endpoint_resources.get(endpoint, {})
        else:
            used = {} if trial.isolates_endpoints else trial.resources
        amount = of(used[container]) if container in used else None
        window = _window(trial, endpoint)
        if amount is None or window is None or window.requests == 0:
            return None
        return amount / window.requests

    return read


def cpu_sum(*containers: Container) -> Reader:
    """CPU time per request of several containers; None unless all of them have it."""

    def read(trial: TrialRecord, endpoint: Endpoint | None) -> float | None:
        parts = [per_request(c, lambda use: use.cpu_ms)(trial, endpoint) for c in containers]
        known = [part for part in parts if part is not None]
        return sum(known) if len(known) == len(parts) else None

    return read


def memory_peak(trial: TrialRecord, _: Endpoint | None) -> float | None:
    """Of the contestant, in MiB."""
    use = trial.resources.get("service")
    return use.memory_peak_mib if use else None


def cpu_share(trial: TrialRecord, _: Endpoint | None) -> float | None:
    """CPU time of the contestant, as a share of its cap."""
    use = trial.resources.get("service")
    return use.cpu_share_of_limit if use else None


def part(of: Callable[[Disturbed], DisturbedPart | None], read: PartReader) -> Reader:
    """A figure of one part of a disturbed load."""

    def found(trial: TrialRecord, _: Endpoint | None) -> float | None:
        part = of(trial.disturbed) if trial.disturbed else None
        return read(part) if part else None

    return found
