"""The analysis on arrays is the lab's own: the same runs, as records, through `derive`."""

import math
from dataclasses import replace

import pytest

from levelbench.analysis.derive import derive
from levelbench.model.estimate import Estimate
from tests.unit.simulation.analysis import Intervals, analyse
from tests.unit.simulation.machine import LOUD, Bursts, TurnsTiming
from tests.unit.simulation.runs import WORKLOAD, Experiment, Retry, primaries

TRUTH = {"a": 1.0, "b": 0.97, "c": 0.9, "d": 0.4}
DESIGN = Experiment(7, TurnsTiming(10, 4, 6), truth=TRUTH, references=("floor",))
RUNS = 30


def ends(found: Estimate) -> tuple[float, float, float]:
    """Logarithms of a ratio and its interval."""
    interval = found.confidence_interval
    low, high = (interval.low, interval.high) if interval else (math.nan, math.nan)
    return tuple(math.log(x) for x in (found.value or math.nan, low, high))


def row(found: Intervals, *place: int) -> tuple[float, float, float]:
    return tuple(float(each[place]) for each in (found.mean, found.low, found.high))


@pytest.mark.parametrize("retry", ["block", "trial"])
@pytest.mark.parametrize("bursts", [None, Bursts(300, 30), Bursts(100, 30)], ids=str)
def test_the_analysis_on_arrays_is_that_of_derive(retry: Retry, bursts: Bursts | None) -> None:
    machine = replace(LOUD, bursts=bursts)
    design = replace(DESIGN, retry=retry, machine=machine)
    simulated, runs = design.records(RUNS, seed=1)
    outcome = analyse(design, simulated)
    for number, run in enumerate(runs):
        results = derive(run)
        compared = primaries(results)
        for place, pair in enumerate(compared):
            assert ends(pair.ratio) == pytest.approx(row(outcome.pairs, number, place), nan_ok=True)
            assert (pair.verdict == "better") == outcome.better[number, place]
            assert (pair.verdict == "worse") == outcome.worse[number, place]
        control = results.workloads[WORKLOAD].control
        assert control is not None
        assert ends(control.ratio) == pytest.approx(row(outcome.control, number), nan_ok=True)
        assert results.valid == outcome.valid[number]
        assert results.publishable == outcome.publishable[number]
