"""The last run of a series, with a `gh` that answers as GitHub's API documents."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from levelbench.cli.nightly.previous import fetch
from levelbench.errors import LabError
from levelbench.model.files import ResultsError
from levelbench.model.folder import load_run
from tests.unit.factories import make_run, write_run

SERIES = "levelbench-nightly-a-processor-2-cores"
NIGHTS = [(30, "schedule"), (20, "workflow_dispatch"), (10, "schedule")]
"""Newest first, as `gh run list` gives them."""


class GitHub:
    """Stands in for `gh`."""

    def __init__(
        self,
        runs: Sequence[tuple[int, str]] = NIGHTS,
        kept: Sequence[int] = (10, 20, 30),
        expired: Sequence[int] = (),
        run_id: str = "20260101-010203-nightly",
    ) -> None:
        self.commands: list[Sequence[str]] = []
        self._runs, self._kept, self._expired, self._run_id = runs, kept, expired, run_id

    def __call__(self, command: Sequence[str]) -> str:
        self.commands.append(command)
        match command[1:3]:
            case ["run", "list"]:
                runs = [{"databaseId": number, "event": event} for number, event in self._runs]
                return json.dumps(runs)
            case ["api", _]:
                artifacts = list(self._artifacts())
                return json.dumps({"total_count": len(artifacts), "artifacts": artifacts})
            case ["run", "download"]:
                write_run(Path(option(command, "dir")), make_run(run_id=self._run_id))
                return ""
        raise AssertionError(command)

    def _artifacts(self) -> Iterator[dict[str, object]]:
        for number in self._kept:
            run = {"id": number, "head_branch": "main", "head_sha": "0" * 40}
            yield {"id": number + 1, "name": SERIES, "expired": False, "workflow_run": run}
        for number in self._expired:
            yield {"id": number + 1, "expired": True, "workflow_run": {"id": number}}

    @property
    def downloaded(self) -> str | None:
        return next((c[3] for c in self.commands if c[1:3] == ["run", "download"]), None)


def option(command: Sequence[str], name: str) -> str:
    return next(w.partition("=")[2] for w in command if w.startswith(f"--{name}="))


def test_the_newest_run_of_the_series_is_put_beside_the_others(tmp_path: Path) -> None:
    github = GitHub()
    assert fetch(SERIES, "main", tmp_path, github) == "20260101-010203-nightly"
    assert github.downloaded == "30"
    fetched = load_run(tmp_path / "20260101-010203-nightly")
    assert len(fetched.trials) == len(make_run().trials)
    assert [path.name for path in tmp_path.iterdir()] == ["20260101-010203-nightly"]


def test_only_runs_of_the_branch_that_went_well_are_looked_at(tmp_path: Path) -> None:
    github = GitHub()
    fetch(SERIES, "main", tmp_path, github)
    listed = next(c for c in github.commands if c[1:3] == ["run", "list"])
    assert option(listed, "workflow") == "nightly.yml"
    assert option(listed, "branch") == "main"
    assert option(listed, "status") == "success"


def test_nights_on_other_machines_are_passed_over(tmp_path: Path) -> None:
    github = GitHub(kept=(20,))
    fetch(SERIES, "main", tmp_path, github)
    assert github.downloaded == "20"


def test_expired_artifacts_are_passed_over(tmp_path: Path) -> None:
    github = GitHub(kept=(10,), expired=(30, 20))
    fetch(SERIES, "main", tmp_path, github)
    assert github.downloaded == "10"


def test_what_a_pull_request_ran_is_never_taken(tmp_path: Path) -> None:
    github = GitHub(runs=[(40, "pull_request"), *NIGHTS], kept=(40, 30))
    fetch(SERIES, "main", tmp_path, github)
    assert github.downloaded == "30"


def test_the_first_night_has_none_before_it(tmp_path: Path) -> None:
    github = GitHub(runs=[], kept=())
    assert fetch(SERIES, "main", tmp_path, github) is None
    assert github.downloaded is None
    assert list(tmp_path.iterdir()) == []


def test_a_run_that_is_there_already_stays_as_it_is(tmp_path: Path) -> None:
    mark = tmp_path / "20260101-010203-nightly" / "mark"
    mark.parent.mkdir()
    mark.touch()
    assert fetch(SERIES, "main", tmp_path, GitHub()) == "20260101-010203-nightly"
    assert mark.exists()


@pytest.mark.parametrize("run_id", ["..", "../../etc", ".hidden", "a/b", "a\nrun=b", ""])
def test_an_artifact_cannot_choose_where_it_lands(tmp_path: Path, run_id: str) -> None:
    reports = tmp_path / "in" / "reports"
    reports.parent.mkdir()
    with pytest.raises(LabError, match="has an invalid run id"):
        fetch(SERIES, "main", reports, GitHub(run_id=run_id))
    assert [path.name for path in tmp_path.rglob("*")] == ["in", "reports"]


def test_an_artifact_that_is_no_run_is_said(tmp_path: Path) -> None:
    github = GitHub()

    def without_files(command: Sequence[str]) -> str:
        return "" if command[2] == "download" else github(command)

    with pytest.raises(ResultsError, match=r"run\.json is missing"):
        fetch(SERIES, "main", tmp_path, without_files)
    assert list(tmp_path.iterdir()) == []
