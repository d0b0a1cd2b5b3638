"""A run of the size of a real one: every workload, the reference, the A/A twin."""

from collections.abc import Iterable
from typing import Any

from levelbench.model.folder import Run
from levelbench.model.measurement import Step
from levelbench.model.run import PlannedTrial, RunArguments
from levelbench.model.trial import TrialRecord
from tests.unit.factories import THROUGHPUT, alone, latency, make_run, under, wobble

RATES_RPS = {"open-50": 90, "open-80": 144}
LADDER_RPS = tuple(round(90 * 1.1**step) for step in range(20))
OBJECTIVE_MS = 200
STEP_S = 8.0


def standard_run(*, blocks: int = 10, others: int = 5, **changes: Any) -> Run:
    """`blocks` of the closed workload, `others` of each other one. 210 trials by default."""
    quicker = {name: rate * 1.3 for name, rate in THROUGHPUT.items()}
    each = {name: dict(rates) for name, rates in alone.RATES.items()}
    each["flask"] = {name: 1.2 * rate for name, rate in each["django"].items()}
    loads = [make_run(blocks=blocks, reference=True)]
    loads += [
        under(
            make_run(blocks=others, reference=True),
            name,
            vus=200,
            rate_rps=rate,
            trial=lambda trial, rate=rate: _waiting(trial, rate),
        )
        for name, rate in RATES_RPS.items()
    ]
    loads.append(alone.make_run(blocks=others, rates=each))
    loads.append(
        under(
            make_run(blocks=others, reference=True),
            "capacity",
            objective_ms=OBJECTIVE_MS,
            steps_rps=list(LADDER_RPS),
            trial=_climbing,
        )
    )
    no_auth = make_run(blocks=others, reference=True, throughput=quicker)
    loads.append(under(no_auth, "closed-no-auth", vus=100, warmup_s=5, measure_s=30))
    fields = {"run_id": "20260102T030405-nightly", "profile": "nightly", "publishable": True}
    return combine(loads, **(fields | changes))


def combine(runs: Iterable[Run], **changes: Any) -> Run:
    """One run of several workloads, its trials numbered through."""
    runs = list(runs)
    plan: list[PlannedTrial] = []
    trials: list[TrialRecord] = []
    for run in runs:
        before = len(plan)
        plan += [p.model_copy(update={"number": before + p.number}) for p in run.record.plan]
        trials += [t.model_copy(update={"number": before + t.number}) for t in run.trials]
    workloads = {name: own for run in runs for name, own in run.record.workloads.items()}
    asked = {planned.workload: 0 for planned in plan}
    for planned in plan:
        asked[planned.workload] = max(asked[planned.workload], planned.block)
    record = runs[0].record.model_copy(
        update={
            "plan": tuple(plan),
            "workloads": workloads,
            "services": {n: s for run in runs for n, s in run.record.services.items()},
            "choices": RunArguments(workloads=asked, mix="journey", scale=1),
            **changes,
        }
    )
    return Run(record=record, trials=tuple(trials))


def _service_ms(trial: TrialRecord) -> float:
    assert trial.window is not None
    assert trial.window.latency.mean_ms is not None
    return trial.window.latency.mean_ms / 20


def _waiting(trial: TrialRecord, rate: int) -> dict[str, Any]:
    """Latency grows with the rate (an M/M/1 queue's law)."""
    assert trial.window is not None
    assert trial.window.throughput_rps is not None
    mean_ms = _service_ms(trial) / (1 - rate / (1.05 * trial.window.throughput_rps))
    window = trial.window.model_copy(
        update={
            "latency": latency(mean_ms, rate * 30),
            "throughput_rps": float(rate),
            "requests": rate * 30,
            "offered_rps": float(rate),
            "dropped_iterations": 0,
            "vus_busy_share": None,
        }
    )
    return {"window": window}


def _climbing(trial: TrialRecord) -> dict[str, Any]:
    """Up the ladder until a step has a p95 beyond the objective, or drops requests."""
    assert trial.window is not None
    assert trial.window.throughput_rps is not None
    most = 0.95 * trial.window.throughput_rps * wobble(trial.label, trial.block)
    steps: list[Step] = []
    held = None
    shift = trial.block * 0.618 % 1
    ladder = [int(rate * 1.1**shift) for rate in LADDER_RPS]
    for rate in ladder:
        dropped = 0 if rate < most else 40
        mean_ms = _service_ms(trial) / max(0.02, 1 - rate / most)
        found = latency(mean_ms, round(rate * STEP_S))
        steps.append(
            Step(
                offered_rps=rate,
                seconds=STEP_S,
                requests=round(min(rate, most) * STEP_S),
                errors=0,
                dropped_iterations=dropped,
                throughput_rps=min(float(rate), most),
                latency=latency(mean_ms, 0) if dropped else found,
            )
        )
        if dropped or (found.p95_ms or 0.0) > OBJECTIVE_MS:
            break
        held = float(rate)
    return {
        "steps": tuple(steps),
        "capacity_rps": held,
        "capacity_is_lower_bound": held == ladder[-1],
        "ladder_shift": shift,
    }
