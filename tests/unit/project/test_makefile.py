"""The Makefile is the interface: its targets and variables reach the command."""

import re
import subprocess

import pytest
from syrupy.assertion import SnapshotAssertion

from levelbench.model import workloads
from levelbench.model.config import ROOT, load_config


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
        (["bench", "PRECISION=3%"], "--precision='3%'"),
        (["bench-paired", "SERVICES=flask", "BASE=main", "PRECISION=3%"], "--precision='3%'"),
        (["bench", "WORKLOAD=open", "ARRIVALS=poisson"], "--workload='open' --arrivals='poisson'"),
        (["bench", "RESUME=a-quick"], "--resume='a-quick'"),
        (["verify"], "levelbench verify"),
        (["verify-flask", "IMAGES=standin"], "verify --services='flask' --images='standin'"),
        (["diff", "FROM=fastapi", "TO=starlette"], "levelbench diff 'fastapi' 'starlette'"),
        (["up-django", "PORT=9000"], "levelbench up 'django' --port='9000'"),
        (["report", "RUN=20260101-000000-quick"], "levelbench report '20260101-000000-quick'"),
        (["compare", "A=one", "B=two"], "levelbench compare 'one' 'two'"),
        (["compare", "A=one", "B=two", "MARGIN=2%", "MARKDOWN=f"], "--margin='2%' --markdown='f'"),
        (["bench-paired", "SERVICES=flask", "BASE=main"], "bench-paired 'flask' --base='main'"),
        (["bench-paired", "SERVICE=flask", "BASE=main"], "bench-paired 'flask' --base='main'"),
        (["diff", "A=fastapi", "B=starlette"], "levelbench diff 'fastapi' 'starlette'"),
        (["count", "SERVICES=flask", "SEEDS=3"], "count --services='flask' --seeds='3'"),
        (["count-flask"], "count --services='flask'"),
        (["bench-paired", "SERVICES=flask", "BASE=main", "MARGIN=2%"], "--margin='2%'"),
        (["bench-paired", "SERVICES=flask", "BASE=main", "PROFILE=smoke"], "--profile='smoke'"),
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


@pytest.mark.parametrize("target", ["report", "compare", "diff", "bench-paired"])
def test_what_is_not_set_is_not_passed(target: str) -> None:
    assert "''" not in make(target)


@pytest.fixture(scope="module")
def help_text() -> str:
    command = ["make", "--no-print-directory", "help"]
    return subprocess.run(command, cwd=ROOT, text=True, capture_output=True, check=True).stdout


def test_help_is_as_approved(help_text: str, snapshot: SnapshotAssertion) -> None:
    assert help_text == snapshot


def test_help_fits_eighty_columns(help_text: str) -> None:
    assert max(map(len, help_text.splitlines())) <= 80


def test_help_has_every_target_and_variable(help_text: str) -> None:
    makefile = (ROOT / "Makefile").read_text()
    targets = re.findall(r"^([a-z%-]+):", makefile, re.MULTILINE)
    assert re.findall(r"make (\S+)  ", help_text) == [t.replace("%", "<service>") for t in targets]
    passed = re.findall(r"call (?:option|argument),([A-Z_]+)|\$\(if \$\(([A-Z_]+)\)", makefile)
    assert {a or b for a, b in passed} <= set(re.findall(r"\b([A-Z_]+)=", help_text))


def test_help_has_every_profile_and_workload(help_text: str) -> None:
    words = set(re.findall(r"[a-z0-9-]+", help_text))
    assert {*load_config().profiles, *workloads.GROUPS} <= words
