"""Order, validity and labels of the answer; its sentences are snapshots (test_sentences.py)."""

import pytest

from levelbench.analysis.derive import derive, passed
from levelbench.model.folder import Run
from levelbench.report.answer import answer, labels
from tests.unit.factories import UNEVEN, alone, make_run
from tests.unit.report.test_sentences import with_status


def found(run: Run) -> str:
    return answer(derive(run), run)[0]


def label_texts(run: Run) -> list[str]:
    return [label.text for label in labels(derive(run), run)]


def test_the_order_follows_the_data() -> None:
    text = found(make_run(throughput={"django": 900.0, "starlette": 100.0}, control=None))
    assert text.index("Django") < text.index("Starlette")


@pytest.mark.parametrize(
    "run", [make_run(control_factor=UNEVEN), make_run(blocks=1, control=None, profile="smoke")]
)
def test_without_evidence_no_difference_is_claimed(run: Run) -> None:
    assert "more requests" not in found(run)
    assert "times" not in found(run)


def test_isolated_endpoints_have_no_ranking() -> None:
    assert "ranked" not in found(alone.make_run())


def test_a_contestant_without_valid_trials_has_not_failed() -> None:
    run = with_status(make_run(), "flask", "invalid")
    assert not any("failed" in text for text in label_texts(run))
    assert not passed(derive(run))


@pytest.mark.parametrize(("cores", "labelled"), [(2, True), (3, True), (4, False), (16, False)])
def test_few_cores_are_development_grade(cores: int, labelled: bool) -> None:
    assert (f"development-grade: {cores} cores" in label_texts(make_run(cores=cores))) is labelled


def test_a_difference_is_stated_once() -> None:
    assert "but" not in found(make_run())
