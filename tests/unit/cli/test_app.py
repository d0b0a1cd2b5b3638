"""The command as a new user meets it: its help, and errors as one line and exit status 2."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion
from typer import rich_utils
from typer.main import get_command
from typer.testing import CliRunner

from levelbench.cli.app import app, main
from levelbench.contestants.discovery import discover
from levelbench.model.config import ROOT

NO_ENGINE = {"DOCKER_HOST": "unix:///nonexistent/engine.sock"}
COMMANDS = list(getattr(get_command(app), "commands"))  # noqa: B009


def levelbench(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    command = [Path(sys.executable).with_name("levelbench"), *arguments]
    env = {**os.environ, **variables}
    return subprocess.run(command, env=env, cwd=ROOT, text=True, capture_output=True, check=False)


@pytest.mark.parametrize(
    "arguments",
    [
        ["nope"],
        ["bench", "--nope"],
        ["bench", "surplus"],
        ["bench", "--profile=nope"],
        ["bench", "--services=nope"],
        ["bench", "--workload=nope"],
        ["bench", "--services=flask-as-published"],
        ["bench", "--as-published", "--workload=endpoints"],
        ["bench", "--resume=nope"],
        ["bench", "--seed=-1"],
        ["bench", "--seed=99999999999999999999"],
        ["bench", "--scale=1000"],
        ["bench", "--mix=nope"],
        ["bench", "--images=nope"],
        ["bench", "--verify=nope"],
        ["bench", "--scale=0"],
        ["bench", "--seed=nope"],
        ["bench", "--seed"],
        ["bench-paired", "nope", "--base=HEAD"],
        ["bench-paired", "flask", "--base=nope"],
        ["bench-paired", "flask"],
        ["bench-paired", "flask", "--base=HEAD", "--margin=five"],
        ["bench-paired"],
        ["up"],
        ["up", "nope"],
        ["up", ""],
        ["up", "fastapi", "--port=nope"],
        ["up", "fastapi", "--port=70000"],
        ["verify", "--services=nope"],
        ["verify", "--images=nope"],
        ["images", "--services=nope"],
        ["report", "nope"],
        ["summary", ".."],
        ["compare", "nope"],
        ["compare", "nope", "nope"],
        ["compare", "nope", "nope", "--margin=5"],
        ["diff", "flask"],
        ["diff", "flask", "nope"],
        ["diff", "flask", "flask"],
        ["doctor", "--nope"],
        ["list", "nope"],
        ["changed", "--base=nope"],
        ["series", "--profile=nope"],
        ["previous", "series"],
        ["bench", "--services=url-shortener,flask"],
        ["bench", "--services=url-shortener", "--workload=endpoints"],
        ["bench-paired", "url-shortener", "--base=HEAD", "--by=instructions"],
        ["count", "--services=url-shortener"],
        ["profile", "url-shortener"],
        ["sweep", "url-shortener", "--over=pool=2,4"],
        ["new", "demo", "--like=url-shortener"],
    ],
    ids=" ".join,
)
def test_wrong_use_is_one_line_and_status_2(
    arguments: list[str],
    snapshot: SnapshotAssertion,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(sys, "argv", ["levelbench", *arguments])
    with pytest.raises(SystemExit) as ended:
        main()
    said = capsys.readouterr()
    assert (ended.value.code, said.out) == (2, "")
    assert len(said.err.splitlines()) == 1
    services = ", ".join(discover())  # a new contestant changes no approved text
    assert said.err.replace(services, "<services>") == snapshot


@pytest.mark.parametrize("arguments", [["bench", "--as-published"], ["up", "fastapi"], ["clean"]])
def test_without_an_engine_it_is_one_line_and_status_2(
    arguments: list[str], snapshot: SnapshotAssertion
) -> None:
    done = levelbench(*arguments, **NO_ENGINE)
    assert (done.returncode, done.stdout) == (2, "")
    assert len(done.stderr.splitlines()) == 1
    assert done.stderr == snapshot


@pytest.mark.parametrize("name", ["", *COMMANDS])
def test_help_is_as_approved(
    name: str, snapshot: SnapshotAssertion, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rich_utils, "FORCE_TERMINAL", False)  # true where GitHub runs the tests
    words = [name, "--help"] if name else ["--help"]
    done = CliRunner().invoke(app, words, env={"COLUMNS": "80"}, prog_name="levelbench")
    lines = [line.rstrip() for line in done.stdout.splitlines()]
    assert done.exit_code == 0
    assert max(map(len, lines)) <= 80
    assert "\n".join(lines) == snapshot


def test_without_a_command_it_prints_its_help(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["levelbench"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 0
    assert "Usage: " in capsys.readouterr().out


def test_lists_the_services_for_programs() -> None:
    listed = json.loads(levelbench("list", "--json").stdout)
    assert list(listed) == list(discover())
    assert listed["fastapi"]["display_name"] == "FastAPI"


def test_lists_guests_under_a_heading_of_their_own() -> None:
    *_, blank, heading, guest = levelbench("list").stdout.splitlines()
    assert (blank, heading) == ("", "Guests, measured by their own requests and never ranked:")
    assert guest.split(maxsplit=2) == ["url-shortener", "guest", "URL shortener"]
