"""The half-width that a run with a precision target has reached, against the report's intervals."""

import math

import pytest

from levelbench.analysis.derive import derive
from levelbench.analysis.precision import half_width
from levelbench.model.folder import Run
from levelbench.model.trial import TrialRecord, TrialStatus
from tests.unit.factories import make_run

RUN = make_run(blocks=10)


def with_status(label: str, blocks: set[int], status: TrialStatus, run: Run = RUN) -> Run:
    """The same run, with trials of one contestant spoiled or failed."""
    changed = {"status": status}
    trials = tuple(
        TrialRecord(**{**dict(t), **changed}) if t.label == label and t.block in blocks else t
        for t in run.trials
    )
    return Run(record=run.record, trials=trials)


def test_it_is_that_of_the_widest_primary_interval_of_the_report() -> None:
    primary = [c for c in derive(RUN).workloads["closed"].comparisons if c.primary]
    widths = []
    for comparison in primary:
        interval = comparison.ratio.confidence_interval
        assert interval
        widths.append(math.sqrt(interval.high / interval.low) - 1)
    assert len(widths) == 6
    assert half_width(RUN, "closed", 10) == max(widths)


def test_later_blocks_do_not_matter() -> None:
    """A resumed run, which has them, looks at what it saw before."""
    early = Run(record=RUN.record, trials=tuple(t for t in RUN.trials if t.block <= 8))
    assert half_width(RUN, "closed", 8) == half_width(early, "closed", 8)
    assert half_width(RUN, "closed", 8) != half_width(RUN, "closed", 10)


@pytest.mark.parametrize("blocks", [1, 2])
def test_there_is_none_before_every_pair_has_an_interval(blocks: int) -> None:
    assert half_width(RUN, "closed", blocks) is None


def test_a_contestant_that_is_always_spoiled_keeps_it_undefined() -> None:
    assert half_width(with_status("flask", set(range(1, 11)), "invalid"), "closed", 10) is None


def test_a_contestant_with_too_few_blocks_keeps_it_undefined() -> None:
    assert half_width(with_status("flask", set(range(3, 11)), "invalid"), "closed", 10) is None


def test_one_that_failed_is_not_ranked_and_not_waited_for() -> None:
    assert half_width(with_status("flask", {1}, "failed"), "closed", 10) is not None
