"""The command as a stranger meets it: one line with cause and remedy, and exit status 2."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from levelbench import cli, doctor
from levelbench.cli import app
from levelbench.config import ROOT, Config
from levelbench.doctor.check import Check
from levelbench.services import discover
from tests.unit.factories import make_run, write_run

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


class TestDoctor:
    """Its checks have tests of their own; here, what becomes of them."""

    @pytest.fixture(autouse=True)
    def examined(self, monkeypatch: pytest.MonkeyPatch) -> list[Check]:
        """What the doctor finds."""
        found = [Check(code="load", name="Other load", found="none", grade="ok", effect="None.")]

        def examine(config: Config, say: Callable[[str], None]) -> list[Check]:
            say("watching")
            return found

        monkeypatch.setattr(doctor, "examine", examine)
        return found

    def test_its_table_goes_out_and_its_progress_beside_it(self) -> None:
        done = CliRunner().invoke(app, ["doctor"])
        assert done.exit_code == 0
        assert "Other load" in done.stdout
        assert "A trustworthy run is possible here." in done.stdout
        assert "watching" not in done.stdout
        assert "watching" in done.stderr

    def test_programs_get_json_and_nothing_else(self) -> None:
        done = CliRunner().invoke(app, ["doctor", "--json"])
        assert json.loads(done.stdout)["trustworthy"] is True

    @pytest.mark.parametrize(("required", "status"), [(False, 1), (True, 2)])
    def test_what_is_bad_is_the_status(
        self, examined: list[Check], required: bool, status: int
    ) -> None:
        examined[0] = examined[0].model_copy(update={"grade": "bad", "required": required})
        assert CliRunner().invoke(app, ["doctor"]).exit_code == status
        assert CliRunner().invoke(app, ["doctor", "--json"]).exit_code == status


def future(folder: Path) -> None:
    record = json.loads((folder / "run.json").read_text())
    (folder / "run.json").write_text(json.dumps(record | {"schema_version": 2}))


def truncated(folder: Path) -> None:
    text = (folder / "run.json").read_text()
    (folder / "run.json").write_text(text[: len(text) // 2])


def truncated_trial(folder: Path) -> None:
    next(folder.glob("trials/*/trial.json")).write_text('{"schema_version": 1, "num')


def missing_trial(folder: Path) -> None:
    (folder / "trials" / "001-closed-fastapi" / "trial.json").unlink()


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (future, "run.json has schema_version 2, and only 1 is known here"),
        (truncated, "run.json is not whole JSON"),
        (truncated_trial, "trial.json is not whole JSON"),
        (missing_trial, "001-closed-fastapi/trial.json is missing, and the run is complete"),
    ],
)
def test_a_damaged_run_gets_no_report_but_one_line_and_status_2(
    damage: Callable[[Path], None],
    message: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder = write_run(tmp_path / "a-run", make_run(blocks=1))
    assert (folder / "trials" / "001-closed-fastapi").is_dir()
    damage(folder)
    monkeypatch.setattr(cli, "REPORTS", tmp_path)
    monkeypatch.setattr(sys, "argv", ["levelbench", "report", "a-run"])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 2
    said = capsys.readouterr()
    assert message in said.err
    assert len(said.err.splitlines()) == 1
    assert said.out == ""
    assert not list(folder.glob("re*.*"))
