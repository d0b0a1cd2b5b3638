"""The commands that workflows call: what they print is all that a workflow reads."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from levelbench.cli.app import app
from levelbench.cli.nightly import previous
from levelbench.contestants import release
from levelbench.contestants.discovery import SERVICES
from levelbench.contestants.service import Service
from levelbench.lab import environment


def said(*arguments: str) -> str:
    done = CliRunner().invoke(app, arguments, catch_exceptions=False)
    assert done.exit_code == 0
    return done.stdout


def test_changed_prints_a_matrix() -> None:
    assert json.loads(said("changed", "--base=HEAD")) == []


def test_releases_keeps_what_changed_by_contestant(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def upgraded(service: Service) -> bool:
        return service.name in ("fastapi-granian", "flask")

    monkeypatch.setattr(release, "upgraded", upgraded)
    asked = f"--into={tmp_path}", "--services=django,fastapi,flask"
    assert json.loads(said("releases", *asked)) == ["fastapi", "flask"]
    kept = {str(path.relative_to(tmp_path)): path for path in tmp_path.rglob("*.lock")}
    assert set(kept) == {
        "fastapi/fastapi-granian/requirements.lock",
        "flask/flask/requirements.lock",
    }
    lock = SERVICES / "flask" / "requirements.lock"
    assert kept["flask/flask/requirements.lock"].read_text() == lock.read_text()


def test_series_prints_one_word(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environment, "cpu_model", lambda: "Some CPU")
    monkeypatch.setattr(environment, "cores", lambda: 3)
    assert said("series") == "levelbench-nightly-some-cpu-3-cores\n"
    assert said("series", "--profile=smoke", "--services=flask", "--workload=open") == (
        "levelbench-smoke-flask-open-some-cpu-3-cores\n"
    )


def test_empty_choices_are_none(monkeypatch: pytest.MonkeyPatch) -> None:
    assert said("series", "--services=", "--workload=") == said("series")


@pytest.mark.parametrize(("found", "printed"), [("a-run", "a-run\n"), (None, "\n")])
def test_previous_prints_the_run_or_nothing(
    monkeypatch: pytest.MonkeyPatch, found: str | None, printed: str
) -> None:
    asked = []

    def fetch(series: str, branch: str) -> str | None:
        asked.append((series, branch))
        return found

    monkeypatch.setattr(previous, "fetch", fetch)
    assert said("previous", "a-series", "--branch=main") == printed
    assert asked == [("a-series", "main")]
