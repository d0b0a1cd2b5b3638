"""The commands that workflows call: what they print is all that a workflow reads."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from levelbench import automation, environment, previous
from levelbench.cli import app
from levelbench.errors import LabError
from tests.unit.factories import make_run, write_run


def said(*arguments: str) -> str:
    done = CliRunner().invoke(app, arguments, catch_exceptions=False)
    assert done.exit_code == 0
    return done.stdout


def test_changed_prints_a_matrix() -> None:
    assert json.loads(said("changed", "--base=HEAD")) == []


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


class TestSummary:
    @pytest.fixture(autouse=True)
    def reports(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        write_run(tmp_path / "a-run", make_run())
        (tmp_path / "latest").symlink_to("a-run")
        monkeypatch.setattr(automation, "REPORTS", tmp_path)
        return tmp_path

    def test_it_prints_markdown(self) -> None:
        assert said("summary", "a-run").startswith("# Levelbench: 20260102T030405-quick\n")

    def test_it_takes_the_latest_run_by_default(self) -> None:
        assert said("summary") == said("summary", "a-run")

    def test_it_writes_nothing(self, reports: Path) -> None:
        before = sorted(reports.rglob("*"))
        said("summary", "a-run")
        assert sorted(reports.rglob("*")) == before

    def test_a_run_that_is_not_there_is_said(self) -> None:
        with pytest.raises(LabError, match="there is no run 'nonesuch' in"):
            said("summary", "nonesuch")
