"""The attempts of a block, from the trials that a run has so far."""

import pytest

from levelbench.bench import blocks
from levelbench.model.run import PlannedTrial
from levelbench.model.trial import TrialRecord, TrialStatus
from tests.unit.factories import trial

BLOCK = [
    PlannedTrial(number=number, block=2, workload="closed", service=name, label=name)
    for number, name in ((3, "django"), (4, "flask"))
]


def attempt(number: int, *statuses: TrialStatus) -> list[TrialRecord]:
    return [
        trial(one.number, one.block, one.label, status=status, attempt=number)
        for one, status in zip(BLOCK, statuses, strict=False)
    ]


@pytest.mark.parametrize(
    ("attempts", "following"),
    [
        ([], 1),
        ([("valid", "valid")], None),
        ([("valid", "failed")], None),
        ([("valid", "invalid")], 2),
        ([("failed", "invalid")], 2),
        ([("valid", "invalid"), ("invalid", "valid")], None),
        ([("valid",)], 2),
        ([("valid",), ("valid", "invalid")], 3),
        ([("valid",), ("valid",), ("valid", "invalid"), ("valid", "invalid")], None),
    ],
)
def test_the_next_attempt(attempts: list[tuple[TrialStatus, ...]], following: int | None) -> None:
    found = [one for n, own in enumerate(attempts, start=1) for one in attempt(n, *own)]
    others = [trial(1, 1, "django", status="invalid")]
    assert blocks.next_attempt(others + found, BLOCK, most=2) == following


def test_a_run_that_retried_single_trials_is_resumed_with_whole_blocks() -> None:
    """As before the block was the unit of retry: the second attempt has one trial."""
    found = [*attempt(1, "invalid", "valid"), *attempt(2, "valid")]
    assert blocks.next_attempt(found, BLOCK, most=2) == 3
