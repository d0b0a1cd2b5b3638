"""The simulated noise resembles the noise that was measured."""

from dataclasses import replace

import numpy as np
import pytest

from tests.unit.simulation.machine import (
    DRIFTING,
    STEADY,
    Costs,
    Timing,
    TurnsTiming,
    autocorrelation,
    noise,
)

RUNS = 500
QUICK, STANDARD = Timing(warmup_s=9, measure_s=10), Timing(warmup_s=14, measure_s=30)
"""Trials of 24 and 49 s in sequence, as when the machine was measured."""


def test_autocorrelation_is_as_measured_over_five_minutes() -> None:
    path = DRIFTING.path(np.random.default_rng(1), RUNS, 300)
    assert path.std(axis=1).mean() == pytest.approx(0.08, abs=0.005)
    for lag_s, measured in ((1, 0.7), (2, 0.6), (5, 0.35), (10, 0.3), (60, 0.0)):
        assert autocorrelation(path, lag_s) == pytest.approx(measured, abs=0.06)


def test_the_range_over_an_hour_is_as_measured() -> None:
    """Between 243 and 362 requests/s: a factor of 1.5."""
    trials = noise(DRIFTING, STANDARD, np.random.default_rng(2), RUNS, 60)
    assert np.exp(np.ptp(trials, axis=1)).mean() == pytest.approx(362 / 243, abs=0.1)


@pytest.mark.parametrize("timing", [QUICK, STANDARD])
def test_autocorrelation_of_neighbouring_trials(timing: Timing) -> None:
    """An autocorrelation of 0.3 on a steady machine, of 0.7 on a drifting one."""
    for machine, expected in ((STEADY, 0.27), (DRIFTING, 0.7)):
        trials = noise(machine, timing, np.random.default_rng(3), RUNS, 24)
        found = np.corrcoef(trials[:, :-1].ravel(), trials[:, 1:].ravel())[0, 1]
        assert found == pytest.approx(expected, abs=0.05)


def test_fresh_starts_differ_by_two_percent() -> None:
    alike = replace(STEADY, start=0)
    trials, without = (
        noise(machine, QUICK, np.random.default_rng(4), RUNS, 20) for machine in (STEADY, alike)
    )
    assert (trials - without).std() == pytest.approx(0.02, rel=0.05)


def test_a_quieter_machine_is_quieter_in_every_component() -> None:
    loud, quiet = (
        noise(machine, QUICK, np.random.default_rng(5), 2, 5)
        for machine in (DRIFTING, DRIFTING.quieter(0.5))
    )
    assert quiet == pytest.approx(loud / 2)


ALTERNATING = TurnsTiming(10, 4, 2, Costs(start_s=8, turn_s=1.25), edge_s=0)


def test_slices_of_a_block_alternate_and_none_is_missing() -> None:
    """The machine's speed is the time. Slices of 2.5 s every 3.75 s, 1 s after the turn begins."""
    before_s = 2 * 8
    assert ALTERNATING.block_s == before_s + 30
    path = np.arange(ALTERNATING.run_s(4), dtype=float)[None, :] + 0.5  # its mean over a second
    rounds = ALTERNATING.rounds(path, np.random.default_rng(6))
    assert rounds.shape == (1, 2, 4, 2)
    middles = [before_s + 3.75 * number + 1 + 1.25 for number in range(8)]
    first, second = rounds[0]
    assert np.sort(first.ravel()) == pytest.approx(middles, abs=0.1)
    assert np.sort(second.ravel()) == pytest.approx(np.add(middles, ALTERNATING.block_s), abs=0.1)
    for own in (first, second):
        assert (np.sort(own.ravel()) == np.sort(own, axis=1).ravel()).all()
    assert len({tuple(own) for own in np.argsort(rounds.reshape(8, 2), axis=1)}) == 2


def test_alternating_slices_cancel_common_noise() -> None:
    still = replace(DRIFTING, start=0)
    one, other = TurnsTiming(30, 6, 2), Timing(5, 30)
    alternating, in_sequence = (
        noise(still, timing, np.random.default_rng(7), RUNS, 20).reshape(RUNS, 10, 2)
        for timing in (one, other)
    )
    assert np.diff(alternating, axis=2).std() < np.diff(in_sequence, axis=2).std() / 2
