import io
from datetime import UTC, datetime

import pytest
from rich.console import Console

from levelbench.model.finding import Finding
from levelbench.model.measurement import LatencySummary, Window
from levelbench.model.trial import TrialRecord
from levelbench.progress import Display, clock_text


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


def test_plain_lines_where_the_output_is_no_terminal() -> None:
    output = io.StringIO()
    with Display(Console(file=output, force_terminal=False, width=200)) as display:
        display.say("building flask")
        display.plan([15, 15])
        display.trial("flask", "measure")
        with display.measuring([1]):
            pass
        display.trial_done(trial(1))
    lines = output.getvalue().splitlines()
    assert lines[0].split() == ["0:00", "building", "flask"]
    assert "trial 1/2  closed    flask@control" in lines[1]
    assert "200.0 requests/s  p95    512 ms  errors 3" in lines[1]
    assert lines[2].strip() == "errors: 3 failed"
    assert len(lines) == 3


def test_a_trial_of_several_windows_shows_what_they_have_together() -> None:
    output = io.StringIO()
    several = trial(1).window
    assert several
    window = several.model_copy(update={"throughput_rps": None})
    with Display(Console(file=output, force_terminal=False, width=200)) as display:
        display.plan([15])
        with display.measuring([1]):
            pass
        display.trial_done(trial(1).model_copy(update={"window": window}))
    assert "  2,000 requests    errors 3" in output.getvalue()


def test_remaining_time_is_first_a_guess_and_then_measured() -> None:
    with Display(Console(file=io.StringIO(), force_terminal=False)) as display:
        assert display.remaining_s() is None
        display.plan([15, 15])
        assert display.remaining_s() == pytest.approx(2 * (15 + 8), abs=1)
        with display.measuring([1]):
            pass
        display.trial_done(trial(1))  # which took no time at all: 15 s less than its load
        assert display.remaining_s() == pytest.approx(0, abs=1)
        display.trial_done(trial(2))
        assert display.remaining_s() == 0


def test_remaining_time_knows_how_long_each_load_is() -> None:
    with Display(Console(file=io.StringIO(), force_terminal=False)) as display:
        display.plan([10, 100])
        assert display.remaining_s() == pytest.approx(110 + 2 * 8, abs=1)
        display.trial_done(trial(1))
        assert display.remaining_s() == pytest.approx(100 + 8, abs=1)


def test_trials_that_run_together_share_what_they_took() -> None:
    with Display(Console(file=io.StringIO(), force_terminal=False)) as display:
        display.plan([0, 0, 10])
        with display.measuring([1, 2]):
            pass
        display.trial_done(trial(2))
        assert display.remaining_s() == pytest.approx(10, abs=1)
