"""The page of a run under way: every planned trial, the throughput by second, what was found."""

import json
import re
from pathlib import Path

from levelbench.model.finding import Finding
from levelbench.model.folder import Run
from levelbench.model.trial import SECONDS_FILE, TrialRecord
from levelbench.progress import figures_text
from levelbench.report import live
from tests.unit.factories import make_run

RUN = make_run(blocks=2, control=None, failed="flask")
FIRST = RUN.trials[: len(RUN.trials) // 2]


def state(run: Run = RUN) -> live.State:
    return live.State(
        run_id=run.record.run_id, status="partial", doing="closed fastapi: measure",
        elapsed_s=75.0, remaining_s=12.4,
        trials=live.trial_states(run.record, run.trials, (), figures_text),
        seconds={"fastapi": (400.0, 410.5)}, findings=(), rounds=2,
    )  # fmt: skip


def test_a_trial_is_planned_then_measured_then_has_figures() -> None:
    numbers = [one.number for one in RUN.record.plan]
    half = len(FIRST)
    found = live.trial_states(RUN.record, FIRST, numbers[half : half + 1], figures_text)
    assert [one.status for one in found[half:]] == ["measuring"] + ["planned"] * (half - 1)
    assert {one.status for one in found[:half]} == {"valid", "failed"}
    assert all(one.figures for one in found[:half] if one.status == "valid")
    assert {one.figures for one in found[half:]} == {""}


def test_a_trial_that_is_made_again_is_being_measured() -> None:
    found = live.trial_states(RUN.record, FIRST, [FIRST[0].number], figures_text)
    assert (found[0].status, found[0].figures) == ("measuring", "")


def test_errors_come_first_and_none_comes_twice() -> None:
    trials = [trial for trial in RUN.trials if trial.label == "flask"]
    found = live.findings(RUN.record, [*trials, *trials])
    assert len(found) == len(set(found))
    assert all(text.startswith("flask, round ") for text in found[: len(trials)])


def seconds_of(trial: TrialRecord, folder: Path, *values: float) -> None:
    path = folder / "trials" / trial.folder_name / SECONDS_FILE
    path.parent.mkdir(parents=True)
    lines = [f"{second},{value}" for second, value in enumerate(values, start=1)]
    path.write_text("\n".join(("second,requests_per_second", *lines)) + "\n")


def test_seconds_follow_each_other_from_trial_to_trial(tmp_path: Path) -> None:
    trials = [trial for trial in RUN.trials if trial.label == "fastapi"]
    seconds_of(trials[0], tmp_path, 400.0, 410.5)
    seconds_of(trials[1], tmp_path, 390.0)
    reader = live.Reader()
    assert reader.seconds(tmp_path, RUN.trials)["fastapi"] == (400.0, 410.5, 390.0)
    assert "flask" not in reader.seconds(tmp_path, RUN.trials)  # its trials failed
    assert reader.seconds(tmp_path, RUN.trials)["starlette"] == ()


def test_the_last_seconds_are_shown(tmp_path: Path) -> None:
    trials = [trial for trial in RUN.trials if trial.label == "fastapi"]
    seconds_of(trials[0], tmp_path, *range(live.SHOWN_S))
    seconds_of(trials[1], tmp_path, 1000.0)
    found = live.Reader().seconds(tmp_path, RUN.trials)["fastapi"]
    assert (len(found), found[0], found[-1]) == (live.SHOWN_S, 1.0, 1000.0)


def test_the_page_holds_a_state_that_cannot_end_its_script() -> None:
    hostile = Finding(
        code="errors", severity="error", cause="</script><script>alert(1)</script>", remedy="read"
    )
    run = make_run(blocks=1, control=None)
    trial = TrialRecord(**{**dict(run.trials[0]), "findings": (hostile,)})
    shown = live.State(**{**dict(state()), "findings": live.findings(run.record, [trial])})
    (held,) = re.findall(
        r'<script type="application/json" id="state">(.*?)</script>', live.render(shown)
    )
    assert live.State.model_validate(json.loads(held)) == shown


def test_a_page_that_is_served_holds_no_state() -> None:
    assert 'id="state">null</script>' in live.render(None)
