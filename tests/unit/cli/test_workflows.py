"""The commands that workflows call: what they print is all that a workflow reads."""

import json

import pytest
from typer.testing import CliRunner

from levelbench.cli.app import app
from levelbench.cli.nightly import previous
from levelbench.lab import environment


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
