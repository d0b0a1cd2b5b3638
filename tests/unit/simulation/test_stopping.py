"""Ending a run early: the width of intervals is harmless, their verdict is not."""

import numpy as np
import pytest

from levelbench.analysis.precision import half_width
from tests.unit.simulation.alternatives import bonferroni
from tests.unit.simulation.machine import DRIFTING, GATED, LOUD, QUIET, Machine, TurnsTiming
from tests.unit.simulation.runs import WORKLOAD, Experiment
from tests.unit.simulation.stopping import LOOKS, on_width, peeking, simulated
from tests.unit.simulation.windows import Design, seats

RUNS = 300


@pytest.mark.parametrize("machine", [QUIET, DRIFTING, LOUD], ids=["quiet", "drifting", "loud"])
@pytest.mark.parametrize(("contestants", "target"), [(4, 0.045), (2, 0.03)])
def test_ending_on_width_keeps_the_coverage(
    machine: Machine, contestants: int, target: float
) -> None:
    timing = Design(4, 2.5).timing(seats(contestants), GATED)
    found = on_width(simulated(machine, timing, contestants, RUNS, seed=1), target)
    assert found.coverage == pytest.approx(0.95, abs=0.04)


def test_a_quiet_machine_ends_first() -> None:
    timing = Design(4, 2.5).timing(3, GATED)
    quiet, loud = (
        on_width(simulated(machine, timing, 2, 200, seed=2), 0.03) for machine in (QUIET, LOUD)
    )
    assert quiet.blocks.mean() < 0.5 * loud.blocks.mean()
    assert quiet.reached == 1


def test_peeking_at_verdicts_doubles_the_false_alarms() -> None:
    draw = np.random.default_rng(3)
    logs = draw.standard_normal((2_000, LOOKS[-1], 2))
    assert peeking(logs, looks=LOOKS[-1:]) == pytest.approx(0.05, abs=0.015)
    assert peeking(logs) > 0.09


def test_a_run_ends_at_the_first_look_below_the_target() -> None:
    wide = np.random.default_rng(4).standard_normal((1, LOOKS[-1], 2))
    assert on_width(wide, 1e-6).blocks.tolist() == [30]
    assert on_width(wide, 1e-6).reached == 0
    assert on_width(1e-9 * wide, 1e-6).blocks.tolist() == [8]


def test_the_width_is_that_of_the_labs_own_look() -> None:
    design = Experiment(15, TurnsTiming(10, 4, 5), machine=LOUD)
    found, (run, *_) = design.records(2, seed=5)
    for look in LOOKS[:3]:
        own = half_width(run, WORKLOAD, look)
        widths = np.expm1(bonferroni(found.values()[:1, :look, : len(design.truth)]))
        assert own == pytest.approx(widths.max())
        assert on_width(found.values()[:1, :, :4], widths.max() + 1e-9, [look]).reached == 1
        assert on_width(found.values()[:1, :, :4], widths.max() - 1e-9, [look]).reached == 0
