"""A real quick run that other programs disturbed: 22 of its 38 trials were voided.

tests/data/disturbed-run.json has its records without endpoints, tasks, code and parity ledger. Its
lab repeated single trials, so that trials of one block have different attempts.
"""

import pytest
from syrupy.assertion import SnapshotAssertion

from levelbench.analysis.claims.judge import judged
from levelbench.analysis.derive import derive
from levelbench.model.folder import Run
from levelbench.model.results import Results
from levelbench.report import guide, verdicts
from levelbench.report.answer import answer
from levelbench.report.status import status
from tests import DATA


@pytest.fixture(scope="module")
def run() -> Run:
    return Run.model_validate_json((DATA / "disturbed-run.json").read_text())


@pytest.fixture(scope="module")
def results(run: Run) -> Results:
    return judged(derive(run))


def test_it_is_not_publishable(results: Results) -> None:
    assert not results.publishable
    assert any("too few rounds" in reason.lower() for reason in results.reasons)
    assert any("measured twice" in reason for reason in results.reasons)


def test_it_states_how_many_measurements_gave_a_value(results: Results) -> None:
    """16 trials are valid in their last attempt; one of them has no other of its attempt."""
    closed = results.workloads["closed"]
    assert closed.coverage is not None
    assert (closed.coverage.planned, closed.coverage.valid, closed.coverage.rerun) == (25, 15, 3)
    assert {name: service.trials for name, service in closed.services.items()} == dict.fromkeys(
        ("django", "fastapi", "flask", "starlette"), 3
    )


def test_it_has_no_verdict(results: Results) -> None:
    pairs = results.workloads["closed"].comparisons
    assert max(pair.blocks or 0 for pair in pairs) == 3
    assert {pair.verdict for pair in pairs} == {"inconclusive"}
    assert {service.rank for service in results.workloads["closed"].services.values()} == {(1, 4)}


def test_it_decides_no_claim(results: Results) -> None:
    """Starlette's claimed lead of 40% was said to hold, by an interval of 0.60 to 2.06."""
    decided = {"holds", "direction_only", "does_not_hold", "opposite"}
    assert not decided & {claim.verdict for claim in results.claims}


def test_fastapi_does_not_meet_trials_of_another_attempt(results: Results) -> None:
    """In block 2 its only valid trial is of attempt 1, those of the others are of attempt 2."""
    blocks = {
        (pair.a, pair.b): pair.blocks
        for pair in results.workloads["closed"].comparisons
        if pair.metric == "throughput_rps"
    }
    assert blocks["fastapi", "flask"] == 2
    assert blocks["django", "flask"] == 3


def test_its_sentences(run: Run, results: Results, snapshot: SnapshotAssertion) -> None:
    found = status(results, run)
    shown = [f"{found.shape} {found.word}: {found.text}", *answer(results, run)]
    assert "\n".join([*shown, *guide.section(results, run).text]) == snapshot


def test_it_tells_no_contestants_apart(run: Run, results: Results) -> None:
    assert status(results, run).word == "Do not quote"
    assert answer(results, run) == ("This run cannot tell the four apart.",)


def test_every_verdict_is_grey(results: Results) -> None:
    pairs = results.workloads["closed"].comparisons
    assert {verdicts.of_pair(results, pair) for pair in pairs} == {verdicts.UNDECIDED}
