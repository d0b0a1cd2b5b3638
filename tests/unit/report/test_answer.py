"""The answer's sentences: order, number and who is named; wordings are snapshots
(test_sentences.py)."""

import pytest

from levelbench.analysis.derive import derive, passed
from levelbench.model.folder import Run
from levelbench.report.answer import answer
from levelbench.report.status import status
from tests.unit.factories import NOISY, UNEVEN, alone, make_run
from tests.unit.report.test_sentences import with_status


def found(run: Run) -> tuple[str, ...]:
    return answer(derive(run), run)


def reason(run: Run) -> str:
    return status(derive(run), run).reason


def test_the_order_follows_the_data() -> None:
    text = found(make_run(throughput={"django": 900.0, "starlette": 100.0}, control=None))[0]
    assert text.index("Django") < text.index("Starlette")


@pytest.mark.parametrize(
    "run",
    [
        make_run(control_factor=UNEVEN),
        make_run(control_factor=NOISY),
        make_run(blocks=1, control=None, profile="smoke"),
        make_run(publishable=False),
        with_status(make_run(), "django", "invalid", blocks=3),
    ],
    ids=["biased", "noisy", "smoke", "small profile", "invalid"],
)
def test_a_run_that_may_not_be_quoted_tells_nothing_apart(run: Run) -> None:
    assert found(run) == ("This run cannot tell the four apart.",)


def test_isolated_endpoints_that_may_not_be_quoted_tell_nothing_apart() -> None:
    assert found(alone.make_run(blocks=2)) == ("This run cannot tell the three apart.",)


@pytest.mark.parametrize("count", [2, 4, 5, 25])
def test_there_are_at_most_three_sentences_and_what_they_mean(count: int) -> None:
    rates = {f"contestant{number}": 100.0 + 4 * number for number in range(count)}
    *sentences, meaning = found(make_run(throughput=rates, control=None))
    assert 1 <= len(sentences) <= 3
    assert meaning.startswith("At 50 requests/s")
    assert sentences[0].startswith("With 100 users at full speed on one core, ")


def test_isolated_endpoints_have_no_ranking() -> None:
    assert not any("ranked" in text for text in found(alone.make_run()))


def test_a_contestant_that_failed_is_named_apart_from_the_comparison() -> None:
    texts = found(make_run(failed="starlette"))
    assert "Starlette failed." in texts
    assert sum("Starlette" in text for text in texts) == 1


def test_a_contestant_without_valid_trials_has_not_failed() -> None:
    run = with_status(make_run(), "flask", "invalid")
    assert "failed" not in reason(run)
    assert "Flask has no valid measurement." in found(run)
    assert not passed(derive(run))


@pytest.mark.parametrize(("cores", "labelled"), [(2, True), (3, True), (4, False), (16, False)])
def test_few_cores_are_good_for_ratios_only(cores: int, labelled: bool) -> None:
    run = make_run(cores=cores)
    assert (status(derive(run), run).word == "Ratios only") is labelled


def test_a_difference_is_stated_once() -> None:
    assert not any(" but " in text for text in found(make_run()))
