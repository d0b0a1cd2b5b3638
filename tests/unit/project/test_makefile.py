"""The Makefile is the interface: its targets and variables reach the command."""

import subprocess

import pytest

from levelbench.model.config import ROOT


def make(*arguments: str) -> str:
    """What make would run."""
    command = ["make", "--dry-run", "--no-print-directory", *arguments]
    return subprocess.run(command, cwd=ROOT, text=True, capture_output=True, check=True).stdout


@pytest.mark.parametrize(
    ("arguments", "runs"),
    [
        (["bench"], "levelbench bench"),
        (["bench", "PROFILE=smoke"], "levelbench bench  --profile='smoke'"),
        (["bench", "SERVICES=fastapi,flask", "SEED=7"], "--services='fastapi,flask'"),
        (["bench", "MIX=uniform", "SCALE=10"], "--mix='uniform' --scale='10'"),
        (["bench", "IMAGES=standin"], "--images='standin'"),
        (["bench-fastapi", "PROFILE=smoke"], "bench --services='fastapi' --profile='smoke'"),
        (["bench-as-published", "PROFILE=smoke"], "bench --as-published  --profile='smoke'"),
        (["bench", "VERIFY=force"], "--verify='force'"),
        (["bench", "WORKLOAD=open", "RATES=a-quick"], "--workload='open' --rates='a-quick'"),
        (["bench", "RESUME=a-quick"], "--resume='a-quick'"),
        (["verify"], "levelbench verify"),
        (["verify-flask", "IMAGES=standin"], "verify --services='flask' --images='standin'"),
        (["diff", "A=fastapi", "B=starlette"], "levelbench diff 'fastapi' 'starlette'"),
        (["up-django", "PORT=9000"], "levelbench up 'django' --port='9000'"),
        (["report", "RUN=20260101-000000-quick"], "levelbench report 20260101-000000-quick"),
        (["compare", "A=one", "B=two"], "levelbench compare 'one' 'two'"),
        (["compare", "A=one", "B=two", "BY_RATIO=1", "MARKDOWN=f"], "--by-ratio --markdown='f'"),
        (["bench-paired", "SERVICE=flask", "BASE=main"], "bench-paired 'flask' --base='main'"),
        (["bench-paired", "SERVICE=flask", "BASE=main", "PROFILE=smoke"], "--profile='smoke'"),
        (["doctor"], "levelbench doctor"),
        (["down"], "levelbench down"),
        (["clean"], "levelbench clean"),
    ],
)
def test_targets_run_the_command(arguments: list[str], runs: str) -> None:
    words = " ".join(make(*arguments).split())
    assert " ".join(runs.split()) in words


def test_every_target_sets_the_machine_up_first() -> None:
    targets = "bench bench-flask bench-paired compare up-flask down report images doctor test"
    for target in (*targets.split(), "browser", "clean"):
        assert make(target).startswith("scripts/bootstrap.sh")


def test_help_explains_every_target() -> None:
    said = subprocess.run(
        ["make", "help"], cwd=ROOT, text=True, capture_output=True, check=True
    ).stdout
    for target in ("bench", "bench-<service>", "bench-as-published", "bench-paired", "compare",
                   "up-<service>", "report", "verify", "verify-<service>", "doctor", "test",
                   "test-full", "browser", "lint", "clean"):  # fmt: skip
        assert f"make {target} " in said
    assert "PROFILE=" in said
