"""Simulated runs: reproducible, and spoiled and run again as the lab does."""

import math
from dataclasses import replace

import numpy as np
import pytest

from levelbench.analysis.checks import bottleneck
from levelbench.analysis.derive import derive
from levelbench.lab.topology import plan
from levelbench.model import windows
from tests.unit.lab.machines import singles
from tests.unit.simulation.machine import DRIFTING, LOUD, Bursts, TurnsTiming
from tests.unit.simulation.runs import LIMITS, Experiment, Retry, Simulated, primaries

DISTURBED = replace(LOUD, bursts=Bursts(every_s=150, lasting_s=60))
QUICK = Experiment(blocks=5, timing=TurnsTiming(measure_s=10, slices=5, together=5))
RETRIED = replace(QUICK, machine=DISTURBED)
NAN = math.nan


def made(logs: list[list[float]], taken: list[list[float]], retry: Retry) -> Simulated:
    """One run of one block, attempts x seats."""
    return Simulated(np.array([[logs]]), np.array([[taken]]), np.array([[0]]), retry)


def test_a_simulated_run_is_the_same_for_the_same_seed() -> None:
    (first, records), (again, copies) = (RETRIED.records(3, seed=6) for _ in range(2))
    assert records == copies
    assert records[0] != records[1]
    assert np.array_equal(first.logs, again.logs, equal_nan=True)


def test_simulated_trials_come_in_the_plans_random_order() -> None:
    _, (run,) = QUICK.records(1, seed=7)
    assert [trial.number for trial in run.trials] == list(range(1, 26))
    assert [trial.label for trial in run.trials] == [each.label for each in run.record.plan]
    blocks = [tuple(t.label for t in run.trials if t.block == block) for block in range(1, 6)]
    assert len(set(blocks)) > 1
    assert len(primaries(derive(run))) == 6


def test_a_spoiled_block_is_run_again_as_a_whole() -> None:
    simulated = RETRIED.simulate(200, seed=8)
    again = simulated.made[:, :, 1]
    spoiled = (simulated.void & simulated.made)[:, :, 0].any(axis=2)
    assert 0.1 < spoiled.mean() < 0.9
    assert (again == spoiled[:, :, None]).all()


def test_as_before_only_the_void_trials_were_run_again() -> None:
    simulated = replace(RETRIED, retry="trial").simulate(200, seed=8)
    assert (simulated.made[:, :, 1] == simulated.void[:, :, 0]).all()


def test_the_attempt_with_the_most_valid_trials_counts_whole() -> None:
    spoiled, fine = [0.3, 0.0, 0.0], [0.0, 0.0, 0.0]
    better_again = made([[1, 2, 3], [4, 5, 6]], [spoiled, fine], "block")
    assert better_again.values()[0, 0].tolist() == [4, 5, 6]
    as_bad = made([[1, 2, 3], [4, 5, 6]], [spoiled, [0.0, 0.0, 0.3]], "block")
    assert np.array_equal(as_bad.values()[0, 0], [NAN, 2, 3], equal_nan=True)
    never = made([[1, 2, 3], [NAN, NAN, NAN]], [fine, fine], "block")
    assert never.values()[0, 0].tolist() == [1, 2, 3]


def test_as_before_trials_of_several_attempts_were_mixed() -> None:
    mixed = made([[1, 2, 3], [4, NAN, 6]], [[0.3, 0.0, 0.3], [0.0, 0.0, 0.3]], "trial")
    assert np.array_equal(mixed.values()[0, 0], [4, 2, NAN], equal_nan=True)


def test_trials_are_void_by_the_labs_own_check() -> None:
    topology = plan(singles(2))
    _, runs = RETRIED.records(20, seed=9)
    for trial in (trial for run in runs for trial in run.trials):
        (window,) = windows.of(trial)
        found = {finding.code for finding in bottleneck.of_window(window, LIMITS, topology)}
        assert ("noisy-neighbour" in found) == (trial.status == "invalid")


def test_bursts_take_the_expected_share_of_the_core() -> None:
    bursts = Bursts(every_s=90, lasting_s=10, least=0.2, most=0.4)
    taken = bursts.path(np.random.default_rng(10), 200, 3_600)
    assert taken.mean() == pytest.approx(0.1 * 0.3, rel=0.1)
    assert taken.max() <= 0.4
    assert (taken > 0).mean() == pytest.approx(0.1, rel=0.15)


def test_bursts_slow_the_machine_down_and_are_counted() -> None:
    calm = replace(QUICK, machine=replace(DRIFTING.quieter(0), bursts=RETRIED.machine.bursts))
    still = replace(calm, timing=TurnsTiming(10, 4, 5, edge_s=0))
    simulated = still.simulate(100, seed=11)
    logs, taken = simulated.logs[simulated.made], simulated.taken[simulated.made]
    assert (logs[taken == 0] == 0).all()
    assert (logs <= np.log1p(-taken) + 1e-9).all()  # the mean of logarithms is below that of shares
