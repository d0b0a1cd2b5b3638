"""What a bench does with its trials, against a lab that only answers as told."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest
from rich.console import Console

from levelbench import bench, trial
from levelbench.lab import Lab
from levelbench.prepare import Prepared
from levelbench.progress import Display
from levelbench.records import PlannedTrial, TrialRecord
from levelbench.run import OngoingRun
from levelbench.trial import Parameters
from tests.unit.factories import make_run

PLANNED = PlannedTrial(number=1, block=1, workload="closed", service="fastapi", label="fastapi")
LAB, PREPARED, PARAMETERS = cast(Lab, None), cast(Prepared, None), cast(Parameters, None)


@pytest.fixture
def run(tmp_path: Path) -> OngoingRun:
    return OngoingRun(tmp_path, make_run().record)


@pytest.fixture
def display() -> Iterator[Display]:
    with Display(Console(file=io.StringIO(), force_terminal=False, width=200)) as display:
        yield display


def said(display: Display) -> str:
    return cast(io.StringIO, display.console.file).getvalue()


def trials_that_end(monkeypatch: pytest.MonkeyPatch, *statuses: str) -> list[tuple[int, str]]:
    """Make trials end with these states, one after the other; (attempt, folder) of each."""
    template = make_run().trials[0]
    started: list[tuple[int, str]] = []

    def run_trial(*arguments: Any, attempt: int, **_: Any) -> TrialRecord:
        started.append((attempt, arguments[4].name))
        changes = {"status": statuses[len(started) - 1], "attempt": attempt}
        return template.model_copy(update=changes)

    monkeypatch.setattr(trial, "run", run_trial)
    return started


@pytest.mark.parametrize(
    ("statuses", "attempts"),
    [
        (["valid"], 1),
        (["failed"], 1),
        (["invalid", "valid"], 2),
        (["invalid", "failed"], 2),
        (["invalid", "invalid"], 2),
    ],
)
def test_only_what_the_lab_spoiled_is_run_again_and_once(
    monkeypatch: pytest.MonkeyPatch,
    run: OngoingRun,
    display: Display,
    statuses: list[str],
    attempts: int,
) -> None:
    started = trials_that_end(monkeypatch, *statuses)
    measured = bench._run_trial(LAB, PREPARED, PLANNED, PARAMETERS, run, display)
    assert [record.status for record in measured] == statuses
    folders = ["001-closed-fastapi", "001-closed-fastapi-attempt2"]
    assert started == list(enumerate(folders[:attempts], start=1))
