"""Pairs of runs: the same lab once more, with noise of its own and whatever has changed."""

import math
import random
from collections.abc import Mapping

from levelbench.model.folder import Run
from levelbench.model.measurement import Window
from levelbench.model.trial import TrialRecord
from tests.unit.factories import make_run

BEFORE, AFTER = "20260102-030405-quick", "20260103-030405-quick"
THROUGHPUT = {"django": 180.0, "fastapi": 400.0, "flask": 260.0, "starlette": 404.0}


def repeated(
    seed: int,
    *,
    run: Run | None = None,
    run_id: str = AFTER,
    machine: float = 1.0,
    factors: Mapping[str, float] | None = None,
    noise: float = 0.01,
) -> Run:
    """A run whose trials have noise drawn from `seed`: a part that a block has in common, three
    times as large as what each trial has for itself.

    `machine` multiplies every throughput, `factors` that of some contestants.
    """
    drawn = random.Random(seed)
    made = run or make_run(throughput=THROUGHPUT)
    shared = {trial.block: drawn.gauss(0, 3 * noise) for trial in made.trials}

    def again(trial: TrialRecord) -> TrialRecord:
        own = machine * (factors or {}).get(trial.service, 1.0)
        factor = own * math.exp(shared[trial.block] + drawn.gauss(0, noise))
        window = trial.window
        if window is None or window.throughput_rps is None:
            return trial
        return trial.model_copy(update={"window": scaled(window, factor)})

    return Run(
        record=made.record.model_copy(update={"run_id": run_id}),
        trials=tuple(again(trial) for trial in made.trials),
    )


def scaled(window: Window, factor: float) -> Window:
    """Throughput times `factor`, latencies by as much shorter."""
    latency = {
        name: value / factor if name.endswith("_ms") and value is not None else value
        for name, value in window.latency
    }
    return window.model_copy(
        update={
            "throughput_rps": (window.throughput_rps or 0.0) * factor,
            "latency": window.latency.model_copy(update=latency),
        }
    )
