"""Bias of a slow contestant that takes turns with others, by the rule for overlapping turns."""

from functools import cache

import pytest

from tests.unit.simulation.machine import LOUD
from tests.unit.simulation.overlap import Overlapped, Rule, simulate
from tests.unit.simulation.windows import Design

RUNS = 150


@cache
def found(rule: Rule) -> Overlapped:
    """A contestant that is slowed to a third of the others."""
    return simulate(LOUD, Design(4, 2.5), 24, (150, 150, 150, 50), rule, RUNS, seed=1)


def test_to_void_the_culprit_favours_the_slow_contestant() -> None:
    culprit = found("culprit")
    assert culprit.bias > 0.005 + culprit.error
    assert culprit.void_slowest > 0.05 > culprit.void_others
    assert culprit.harmed > 0


@pytest.mark.parametrize("rule", ["victim", "gate"])
def test_to_void_the_victims_block_is_fair(rule: Rule) -> None:
    """0.2% and 3 standard errors."""
    fair = found(rule)
    assert abs(fair.bias) < 0.002 + 3 * fair.error
    assert fair.harmed == 0


def test_with_a_gate_nothing_overlaps_and_blocks_are_shorter() -> None:
    gate, fixed = found("gate"), found("victim")
    assert gate.void_slowest == gate.void_others == 0
    assert gate.block_s < 0.8 * fixed.block_s
