"""Block: the unit of retry. If the lab spoils one trial of a block, the whole block is run again.

A ratio compares trials of one attempt of a block, which met the same conditions. A single trial
that was run again later would be compared with trials of other conditions.
"""

from collections.abc import Iterable, Sequence

from levelbench.analysis.checks.table import LADDER_TOO_HIGH
from levelbench.model.run import PlannedTrial
from levelbench.model.trial import TrialRecord

Block = Sequence[PlannedTrial]
"""The planned trials of one block, in their order."""

Attempts = dict[int, dict[int, TrialRecord]]


def next_attempt(trials: Iterable[TrialRecord], block: Block, most: int) -> int | None:
    """The number of the attempt to run, from 1; None if the block needs no further attempt.

    An attempt that was cut short, or began with too high a rate, leaves its trials as
    evidence and does not count towards the `most` that are made: the next one begins lower.
    """
    found = _attempts(trials, block)
    whole = [
        own.values()
        for own in found.values()
        if len(own) == len(block) and not any(map(_began_too_high, own.values()))
    ]
    if len(whole) >= most or any(all(trial.status != "invalid" for trial in own) for own in whole):
        return None
    return max(found, default=0) + 1


def again(trials: Iterable[TrialRecord], block: Block, attempt: int) -> str:
    """Why a block is run again."""
    last = _attempts(trials, block)[attempt - 1]
    which = f"{block[0].workload}, round {block[0].block}"
    if len(last) < len(block):
        return f"{which} was interrupted: measuring it again as a whole"
    spoiled = ", ".join(trial.label for trial in last.values() if trial.status == "invalid")
    return f"{which} is measured again as a whole (attempt {attempt}): {spoiled} invalid"


def _began_too_high(trial: TrialRecord) -> bool:
    return any(finding.code == LADDER_TOO_HIGH.code for finding in trial.findings)


def _attempts(trials: Iterable[TrialRecord], block: Block) -> Attempts:
    """Attempt -> number of the planned trial -> its record."""
    numbers = {planned.number for planned in block}
    found: Attempts = {}
    for trial in trials:
        if trial.number in numbers:
            found.setdefault(trial.attempt, {})[trial.number] = trial
    return found
