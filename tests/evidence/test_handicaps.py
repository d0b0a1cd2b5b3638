"""Power: contestants with a known handicap are detected, and its size is estimated correctly."""

import re
import statistics

import pytest

from levelbench.analysis import stats
from levelbench.analysis.estimates import observations
from levelbench.analysis.verdict import Observations
from levelbench.model import metrics
from levelbench.model.folder import Run
from tests.evidence.laboratory import ORIGINAL, Laboratory, Outcome

RUNS = 10
RIGHT_MIN = 8
"""Of 10 intervals at 95%, fewer than 8 cover the true value with a probability of 1.2%."""

# The wrapper measures its handicap and logs it, because the actual time differs from the requested
# one: an event loop wakes a sleeping task late. Means are compared because they add up; medians do
# not.
_WRAPPER = """
import asyncio, statistics, time


class _Handicapped:
    def __init__(self, wrapped):
        self.wrapped, self.taken_ms = wrapped, []

    async def __call__(self, scope, receive, send):
        if scope["type"] == "http":
            began = time.{clock}()
            {handicap}
            self.taken_ms.append((time.{clock}() - began) * 1e3)
            if len(self.taken_ms) == 100:
                print(f"handicap {statistics.mean(self.taken_ms)} ms", flush=True)
                self.taken_ms.clear()
        await self.wrapped(scope, receive, send)


app = _Handicapped(app)
"""
LOGGED = re.compile(r"^handicap ([0-9.]+) ms$", re.MULTILINE)


def _wrapped(handicap: str, clock: str) -> str:
    return _WRAPPER.replace("{handicap}", handicap).replace("{clock}", clock)


def burning(milliseconds: float) -> str:
    """Burn CPU time, not wall time: time that another process takes does not count."""
    burn = f"""while time.thread_time() - began < {milliseconds / 1e3}:
                pass"""
    return _wrapped(burn, "thread_time")


BURN_MS = 1.0
SLEEP_MS = 20.0
SLEEP = _wrapped(f"await asyncio.sleep({SLEEP_MS / 1e3})", "perf_counter")
DIFFERENCE_MARGIN_MS = 0.02
"""Cost of the wrapper without its handicap: a call and a few clock readings."""


@pytest.mark.parametrize(
    ("name", "handicap", "workload", "profile", "detected_by", "measured_by"),
    [
        (
            "burns",
            burning(BURN_MS),
            "closed",
            "smoke",
            "throughput_rps",
            "cpu_ms_per_request.service",
        ),
        # Windows of 5 s have few answers for a p95: it detected the handicap in 8 of 10 runs.
        ("sleeps", SLEEP, "open-50", "quick", "latency_p95_ms", "latency_mean_ms"),
    ],
)
def test_a_handicap_is_detected_and_its_interval_covers_it(
    lab: Laboratory,
    name: str,
    handicap: str,
    workload: str,
    profile: str,
    detected_by: str,
    measured_by: str,
) -> None:
    handicapped = lab.add(name, handicap)
    found, right, rates = 0, 0, ""
    for seed in range(RUNS):
        outcome = lab.bench(
            ORIGINAL, handicapped, seed=seed, profile=profile, workload=workload, rates=rates
        )
        if outcome.run.record.rates:
            rates = outcome.run.record.rates.calibrated_by
        comparison = outcome.comparison(workload, detected_by)
        slower = "worse" if comparison.a == handicapped else "better"
        bounds = difference(outcome.run, workload, measured_by, handicapped, ORIGINAL)
        true_ms = taken_ms(outcome, handicapped)
        print(comparison.verdict, comparison.ratio, bounds, true_ms, flush=True)
        found += comparison.verdict == slower
        right += bounds.low - DIFFERENCE_MARGIN_MS <= true_ms <= bounds.high
    assert found == RUNS
    assert right >= RIGHT_MIN


SLOWED_BY = 0.05


def test_the_standard_profile_detects_five_percent(
    lab: Laboratory,
) -> None:
    """The handicap is processor time per request, which limits the closed workload. Detected means
    that the interval excludes 1; whether it lies beyond the tie depends on the machine's noise.
    """
    isolated = lab.bench(ORIGINAL, seed=1).results.workloads["closed"].services[ORIGINAL]
    cpu_ms = isolated.metrics["cpu_ms_per_request.service"].value
    assert cpu_ms
    slowed = lab.add("slowed", burning(cpu_ms * SLOWED_BY / (1 - SLOWED_BY)))
    outcome = lab.bench(ORIGINAL, slowed, seed=2, profile="standard")
    comparison = outcome.comparison("closed", "throughput_rps")
    print(comparison.verdict, comparison.ratio)
    assert outcome.side(slowed, "closed", "throughput_rps") == "worse"


def taken_ms(outcome: Outcome, handicapped: str) -> float:
    """Mean time of the handicap over the valid trials, by the contestant's own clock."""
    logs = [
        outcome.log(trial)
        for trial in outcome.run.trials
        if trial.label == handicapped and trial.status == "valid"
    ]
    return statistics.mean(
        statistics.mean(float(value) for value in LOGGED.findall(log)) for log in logs
    )


def difference(run: Run, workload: str, metric: str, a: str, b: str) -> stats.Bounds:
    """Interval of the difference of a metric between `a` and `b`, over blocks."""

    def of(name: str) -> Observations:
        own = [t for t in run.trials if t.workload == workload and t.label == name]
        return observations(own, metrics.of(metric))

    of_a, of_b = of(a), of(b)
    bounds = stats.mean_interval([of_a[block] - of_b[block] for block in of_a.keys() & of_b])
    assert bounds
    return bounds
