"""Which attempt of each block counts, and that no ratio pairs trials of two attempts."""

from levelbench.analysis.derive import derive, final_trials, passed
from levelbench.analysis.estimates import observations
from levelbench.model.folder import Run
from levelbench.model.metrics import THROUGHPUT
from levelbench.model.trial import TrialRecord, TrialStatus
from tests.unit.factories import failed_trial, make_run, trial


def of(block: int, attempt: int, label: str, status: TrialStatus = "valid") -> TrialRecord:
    numbers = {"django": 1, "fastapi": 2, "flask": 3}
    number = 3 * (block - 1) + numbers[label]
    rate = 100.0 * attempt
    return trial(number, block, label, throughput_rps=rate, status=status, attempt=attempt)


def chosen(*trials: TrialRecord) -> set[tuple[str, int]]:
    return {(found.label, found.attempt) for found in final_trials(trials)}


def test_the_attempt_with_the_most_valid_trials_counts() -> None:
    assert chosen(
        of(1, 1, "django"),
        of(1, 1, "fastapi", "invalid"),
        of(1, 1, "flask"),
        of(1, 2, "django"),
        of(1, 2, "fastapi"),
        of(1, 2, "flask"),
    ) == {("django", 2), ("fastapi", 2), ("flask", 2)}


def test_the_earliest_of_equal_attempts_counts() -> None:
    assert chosen(
        of(1, 1, "django"),
        of(1, 1, "fastapi", "invalid"),
        of(1, 2, "django", "invalid"),
        of(1, 2, "fastapi"),
    ) == {("django", 1), ("fastapi", 1)}


def test_a_ratio_never_pairs_trials_of_two_attempts() -> None:
    """An older run repeated single trials: flask's second attempt met fastapi's first."""
    found = final_trials(
        [of(1, 1, "fastapi"), of(1, 1, "flask", "invalid"), of(1, 2, "flask"), of(1, 2, "django")]
    )
    by_label = {
        label: observations([t for t in found if t.label == label], THROUGHPUT)
        for label in ("django", "fastapi", "flask")
    }
    assert by_label == {"django": {1: 200.0}, "fastapi": {}, "flask": {1: 200.0}}


def test_a_failure_counts_in_every_attempt() -> None:
    run = make_run()
    first = next(t for t in run.trials if t.block == 2 and t.label == "flask")
    again = tuple(t.model_copy(update={"attempt": 2}) for t in run.trials if t.block == 2)
    spoiled = tuple(
        failed_trial(t.number, 2, "flask")
        if t is first
        else t.model_copy(update={"status": "invalid"})
        if t.block == 2
        else t
        for t in run.trials
    )
    results = derive(Run(record=run.record, trials=(*spoiled, *again)))
    assert results.workloads["closed"].services["flask"].trials == 5
    assert results.workloads["closed"].services["flask"].rank is None
    assert not passed(results)


def test_coverage_counts_what_was_planned_what_gave_a_value_and_what_was_run_again() -> None:
    run = make_run()
    again = [
        t.model_copy(update={"attempt": 2, "status": "invalid" if t.label == "flask" else "valid"})
        for t in run.trials
        if t.block == 3
    ]
    spoiled = [
        t.model_copy(update={"status": "invalid"}) if t.block == 3 else t for t in run.trials
    ]
    results = derive(Run(record=run.record, trials=(*spoiled, *again)))
    coverage = results.workloads["closed"].coverage
    assert coverage is not None
    assert (coverage.planned, coverage.valid, coverage.blocks, coverage.rerun) == (25, 24, 5, 1)
    flask = results.workloads["closed"].services["flask"]
    assert (flask.planned, flask.trials) == (5, 4)
