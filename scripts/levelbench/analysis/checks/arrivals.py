"""Whether what was due under an open load was sent, and whose limit it was if not."""

from collections.abc import Iterator, Sequence

from levelbench.analysis.checks.bottleneck import busy_share
from levelbench.model.config import Limits
from levelbench.model.finding import Finding
from levelbench.model.measurement import Step, Window
from levelbench.model.topology import Topology, cpu_count
from levelbench.model.trial import TrialRecord
from levelbench.model.windows import MeasuredWindow

BURST_SHARE = 0.5
"""A load generator that is late sends all that was due at once. A burst that takes so much of the
VUs explains dropped iterations; fewer late requests do not, and the contestant's answers do."""


def of_trial(
    trial: TrialRecord,
    measured: Sequence[MeasuredWindow],
    limits: Limits,
    vus: int,
    topology: Topology,
) -> Iterator[Finding]:
    """What is due under an open load must be sent, and in time."""
    offers: Sequence[Window | Step] = trial.steps or ((trial.window,) if trial.window else ())
    lag_ms_max = limits.generator_lag_p99_ms_max
    busy = max((busy_share(w, ["k6"], cpu_count(topology.k6)) for w in measured), default=0.0)
    for offer in offers:
        if not offer.dropped_iterations:
            continue
        late_ms = offer.generator_lag_max_ms or 0.0
        dropped = f"{offer.dropped_iterations} iterations were dropped at {offer.offered_rps:g}/s"
        burst = late_ms / 1e3 * (offer.offered_rps or 0.0)
        if burst >= BURST_SHARE * vus or busy > limits.generator_cpu_share_max:
            yield Finding(
                code="iterations-dropped",
                severity="error",
                cause=f"{dropped} while the load generator was late by {late_ms:.0f} ms or more, "
                f"{burst:.0f} requests for {vus} VUs, and used {busy:.0%} of its cores: it may "
                "have been the limit",
                remedy="Give k6 more or faster cores, and the machine nothing else to do.",
            )
        elif not trial.steps:  # a ladder goes on until it comes to this
            yield Finding(
                code="overloaded",
                severity="error",
                cause=f"{dropped}: all {vus} VUs waited for answers, and the load generator was "
                "in time",
                remedy="It cannot keep this rate: see its throughput in the closed workload.",
            )
    if trial.capacity_is_lower_bound:
        yield Finding(
            code="capacity-is-lower-bound",
            severity="warning",
            cause=f"the highest rate of the ladder, {offers[-1].offered_rps:g}/s, still held: the "
            "capacity is that or more",
            remedy="Add steps to [capacity] in levelbench.toml.",
        )
    lags = [(offer.generator_lag_p99_ms or 0.0, offer.offered_rps) for offer in offers]
    worst_ms, rate = max(lags, default=(0.0, None))
    if worst_ms > lag_ms_max:
        yield Finding(
            code="generator-lag",
            severity="warning",
            cause=f"at {rate:g}/s, p99 of the load generator's lag was {worst_ms:.1f} ms, more "
            f"than {lag_ms_max:g} ms: it is part of every latency",
            remedy="Give k6 more or faster cores, and the machine nothing else to do.",
        )
