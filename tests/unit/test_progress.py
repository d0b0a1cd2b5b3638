import io
import re
from datetime import UTC, datetime

import pytest
from rich.console import Console
from syrupy.assertion import SnapshotAssertion

from levelbench import progress
from levelbench.model.finding import Finding
from levelbench.model.measurement import LatencySummary, Window
from levelbench.model.run import Phase
from levelbench.model.trial import TrialRecord
from levelbench.progress import Display, clock_text, figures_text


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0:00"), (59.6, "1:00"), (754, "12:34"), (3723, "1:02:03")]
)
def test_clock(seconds: float, text: str) -> None:
    assert clock_text(seconds) == text


def trial(number: int) -> TrialRecord:
    return TrialRecord(
        number=number, block=1, workload="closed", service="flask", label="flask@control",
        status="failed", started_at=datetime.now(UTC),
        window=Window(seconds=10, requests=2000, errors=3, throughput_rps=200.0,
                      latency=LatencySummary(count=1997, p95_ms=512.4)),
        findings=(Finding(code="errors", severity="error", cause="3 failed", remedy="read"),),
    )  # fmt: skip


def printed(found: TrialRecord, width: int) -> str:
    """Lines of a display where the output is no terminal."""
    output = io.StringIO()
    with Display(Console(file=output, force_terminal=False, width=width)) as display:
        display.say("building flask")
        display.plan(dict.fromkeys(range(1, 26), 15))
        display.trial("flask", "measure")
        with display.measuring([1]):
            pass
        display.trial_done(found)
    text = re.sub(r"\d+:\d\d left", "m:ss left", output.getvalue())
    return re.sub(r"^ +\d:\d\d  ", "   m:ss  ", text, flags=re.MULTILINE)


@pytest.mark.parametrize("width", [60, 80])
def test_lines_of_a_trial_fit(width: int, snapshot: SnapshotAssertion) -> None:
    cause = "other programs used 13% of CPU 0 of postgres and [k6]"
    disturbed = Finding(code="noisy-neighbour", severity="error", cause=cause, remedy="stop")
    found = trial(24).model_copy(
        update={"findings": (*trial(24).findings, disturbed, disturbed, disturbed)}
    )
    text = printed(found, width)
    assert max(map(len, text.splitlines())) <= width
    assert text == snapshot


def test_a_trial_is_one_line_and_one_for_each_error_code() -> None:
    assert len(printed(trial(1), 200).splitlines()) == 3


def test_a_trial_of_several_windows_has_no_rate() -> None:
    several = trial(1).window
    assert several
    window = several.model_copy(update={"throughput_rps": None})
    found = trial(1).model_copy(update={"window": window})
    assert figures_text(found) == "2,000 requests, 3 errors"


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"capacity_rps": 312.4}, "312 req/s within the objective"),
        ({"users_held": 1310}, "1,310 users within the objective"),
        ({"window": None}, "no results"),
    ],
)
def test_figures_of_other_trials(changes: dict[str, object], text: str) -> None:
    assert figures_text(trial(1).model_copy(update=changes)) == text


def test_remaining_time_is_first_a_guess_and_then_measured() -> None:
    with Display(Console(file=io.StringIO(), force_terminal=False)) as display:
        assert display.remaining_s() is None
        display.plan({1: 15, 2: 15})
        assert display.remaining_s() == pytest.approx(2 * (15 + 8), abs=1)
        with display.measuring([1]):
            pass
        display.trial_done(trial(1))  # which took no time at all: 15 s less than its load
        assert display.remaining_s() == pytest.approx(0, abs=1)
        display.trial_done(trial(2))
        assert display.remaining_s() == 0


def test_remaining_time_knows_how_long_each_load_is() -> None:
    with Display(Console(file=io.StringIO(), force_terminal=False)) as display:
        display.plan({1: 10, 2: 100})
        assert display.remaining_s() == pytest.approx(110 + 2 * 8, abs=1)
        display.trial_done(trial(1))
        assert display.remaining_s() == pytest.approx(100 + 8, abs=1)


def test_trials_that_run_together_share_what_they_took() -> None:
    with Display(Console(file=io.StringIO(), force_terminal=False)) as display:
        display.plan({1: 0, 2: 0, 3: 10})
        with display.measuring([1, 2]):
            pass
        display.trial_done(trial(2))
        assert display.remaining_s() == pytest.approx(10, abs=1)


def test_remaining_time_to_a_trial_and_without_those_that_are_skipped() -> None:
    output = io.StringIO()
    with Display(Console(file=output, force_terminal=False, width=200)) as display:
        display.plan({1: 10, 2: 20, 3: 40}, at_most=True)
        assert display.remaining_s(until=2) == pytest.approx(10 + 20 + 2 * 8, abs=1)
        display.skip([3])
        assert display.remaining_s() == pytest.approx(10 + 20 + 2 * 8, abs=1)
        display.trial_done(trial(1))
    assert "trial 1/3 closed" in output.getvalue()
    assert re.search(r", at most 0:2\d left", output.getvalue())


def test_time_between_trials_is_not_that_of_the_last_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """On 5a844a9 what the last trial took was taken from the rest."""
    now_s = [0.0]
    monkeypatch.setattr(progress.time, "monotonic", lambda: now_s[0])
    with Display(Console(file=io.StringIO(), force_terminal=False)) as display:
        display.plan({1: 10, 2: 10})
        with display.measuring([1]):
            now_s[0] += 18
        display.trial_done(trial(1))
        assert display.remaining_s() == 18


def test_remaining_time_before_the_plan_is_that_of_the_phases_that_are_not_over() -> None:
    with Display(Console(file=io.StringIO(), force_terminal=False)) as shown:
        shown.expect([Phase(name="build", seconds=40), Phase(name="measure", seconds=500)])
        assert shown.remaining_s() == pytest.approx(540, abs=1)
        with shown.phase("build"):
            pass
        assert shown.remaining_s() == pytest.approx(500, abs=1)
        assert [phase.name for phase in shown.phases] == ["build"]
