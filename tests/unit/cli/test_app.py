"""The command as a stranger meets it: one line with cause and remedy, and exit status 2."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from levelbench.contestants.discovery import discover
from levelbench.model.config import ROOT

NO_ENGINE = {"DOCKER_HOST": "unix:///nonexistent/engine.sock"}


def levelbench(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    command = Path(sys.executable).with_name("levelbench")
    return subprocess.run(
        [command, *arguments],
        env={**os.environ, **variables},
        cwd=ROOT,
        text=True,
        capture_output=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["bench", "--profile=nope"], "there is no profile 'nope'. Choose one of: smoke, quick"),
        (["bench", "--services=nope"], "there is no service 'nope'. Choose from: "),
        (["bench", "--workload=nope"], "there is no workload 'nope'. Choose from: closed"),
        (
            ["bench", "--services=flask-as-published"],
            "flask-as-published serves list alone, and the workload closed asks for register, "
            "login, list, detail, task. Choose WORKLOAD=list",
        ),
        (
            ["bench", "--as-published", "--workload=endpoints"],
            "django-as-published serves list alone, and the workload endpoints asks for register",
        ),
        (["bench", "--as-published"], "no container engine answers. Start it"),
        (["bench", "--resume=nope"], "there is no run 'nope' to go on with. `ls reports`"),
        (["bench", "--mix=nope"], "there is no mix 'nope'. Choose one of: journey, uniform"),
        (["bench", "--images=nope"], "there is no source of images 'nope'. Choose one of: auto"),
        (["up", "nope"], "there is no service 'nope'. Choose from: "),
        (["report", "nope"], "there is no run 'nope' in reports"),
        (["compare", "nope", "nope"], "there is no run 'nope' in reports"),
        (["bench-paired", "nope", "--base=HEAD"], "there is no service 'nope'. Choose from: "),
        (["bench-paired", "flask", "--base=nope"], "there is no commit 'nope' in this checkout"),
        (["bench"], "no container engine answers. Start it, or let scripts/bootstrap.sh do so"),
        (["up", "fastapi"], "no container engine answers. Start it"),
        (["clean"], "no container engine answers. Start it"),
    ],
)
def test_wrong_use_is_one_line_and_status_2(arguments: list[str], message: str) -> None:
    done = levelbench(*arguments, **NO_ENGINE)
    assert done.returncode == 2
    assert done.stderr.startswith(f"levelbench: {message}")
    assert len(done.stderr.splitlines()) == 1
    assert done.stdout == ""


def test_an_unknown_option_is_status_2() -> None:
    done = levelbench("bench", "--nope")
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_lists_the_services_for_programs() -> None:
    listed = json.loads(levelbench("list", "--json").stdout)
    assert list(listed) == list(discover())
    assert listed["fastapi"]["display_name"] == "FastAPI"


def test_help_names_every_command() -> None:
    said = levelbench("--help").stdout
    for command in ("bench", "up", "down", "report", "images", "doctor", "list", "clean"):
        assert command in said
