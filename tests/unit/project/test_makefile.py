"""The Makefile is the interface: its targets and variables reach the command."""

import os
import re
import shutil
import subprocess
from pathlib import Path

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
        (["bench-release", "PACKAGE=x", "FROM=1", "TO=2"], "bench-release --package='x'"),
        (["diff", "A=fastapi", "B=starlette"], "levelbench diff 'fastapi' 'starlette'"),
        (["count", "SERVICES=flask", "SEEDS=3"], "count --services='flask' --seeds='3'"),
        (["count-flask", "ENDPOINTS=list"], "count --services='flask' --endpoints='list'"),
        (["bench-paired", "SERVICES=flask", "BASE=main", "MARGIN=2%"], "--margin='2%'"),
        (["bench-paired", "SERVICES=flask", "BASE=main", "PROFILE=smoke"], "--profile='smoke'"),
        (["sweep", "SERVICE=flask", "OVER=threads=2,8"], "sweep 'flask' --over='threads=2,8'"),
        (["bench", "WORKLOAD=capacity", "OBJECTIVE=p95<9ms"], "--objective='p95<9ms'"),
        (["bench", "WORKLOAD=fixed", "RATE=9"], "--workload='fixed' --rate='9'"),
        (["size", "SERVICE=flask", "RATE=9", "P95=9ms"], "size 'flask' --rate='9' --p95='9ms'"),
        (["publish", "RUN=a"], "levelbench publish 'a'"),
        (["site"], "levelbench site"),
        (["site-serve", "PORT=9000"], "http.server --bind=127.0.0.1 --directory=site '9000'"),
        (["doctor"], "levelbench doctor"),
        (["down"], "levelbench down"),
        (["clean"], "levelbench clean"),
    ],
)
def test_targets_run_the_command(arguments: list[str], runs: str) -> None:
    words = " ".join(make(*arguments).split())
    assert " ".join(runs.split()) in words


@pytest.mark.parametrize(
    "target",
    [
        "bench",
        "bench-flask",
        "bench-paired",
        "bench-release",
        "up-flask",
        "down",
        "images",
        "doctor",
        "clean",
    ],
)
def test_what_needs_an_engine_sets_the_machine_up_first(target: str) -> None:
    assert make(target).startswith("bash scripts/bootstrap.sh\n")


@pytest.mark.parametrize(
    "target",
    ["report", "compare", "diff", "publish", "site", "list", "lint", "unit", "browser", "test"],
)
def test_what_needs_no_engine_asks_for_none(target: str) -> None:
    assert make(target).startswith("bash scripts/bootstrap.sh --harness\n")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """The Makefile, with a command that prints its arguments and its variables."""
    for name, program in {
        "scripts/bootstrap.sh": "exit 0",
        ".venv/bin/levelbench": "printf '%s\\n' \"$@\"; env >variables",
    }.items():
        file = tmp_path / name
        file.parent.mkdir(parents=True)
        file.write_text(f"#!/bin/sh\n{program}\n")
        file.chmod(0o755)
    shutil.copy(ROOT / "Makefile", tmp_path)
    return tmp_path


def run(checkout: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["make", "--no-print-directory", *arguments], cwd=checkout, text=True, check=False,
        capture_output=True, env={"PATH": os.environ["PATH"], **variables},
    )  # fmt: skip


HOSTILE = [
    "x;touch pwned",
    "$(shell touch pwned)",
    "$(touch pwned)",
    "`touch pwned`",
    "'; touch pwned; '",
    "x' || touch pwned #",
    'a b"c\\d',
    "$HOME",
]
"""Values that a shell, or make itself, would interpret."""


@pytest.mark.parametrize("value", HOSTILE)
def test_a_value_reaches_the_command_as_it_was_given(checkout: Path, value: str) -> None:
    assert run(checkout, "report", f"RUN={value}").stdout == f"report\n{value}\n"
    assert not (checkout / "pwned").exists()


@pytest.mark.parametrize("stem", ["x;touch pwned", "'; touch pwned; '", "`touch pwned`"])
def test_a_target_is_not_interpreted_either(checkout: Path, stem: str) -> None:
    assert run(checkout, f"up-{stem}").stdout == f"up\n{stem}\n"
    assert not (checkout / "pwned").exists()


def test_a_line_break_is_refused(checkout: Path) -> None:
    done = run(checkout, "report", "RUN=x\ntouch pwned")
    assert (done.returncode, done.stdout) == (2, "")
    assert "RUN contains a line break" in done.stderr
    assert not (checkout / "pwned").exists()


def test_a_variable_of_the_environment_is_not_taken_and_named(checkout: Path) -> None:
    done = run(checkout, "bench", "PROFILE=smoke", SERVICES="floor", SEED="1", PORT="99999")
    assert done.stdout == "bench\n--profile=smoke\n"
    assert "SERVICES of the environment is ignored: write make bench SERVICES=" in done.stderr
    assert "SEED of the environment" in done.stderr
    assert "PORT" not in done.stderr


def test_the_command_gets_no_variable_that_changes_its_code(checkout: Path) -> None:
    hostile = {"PYTHONPATH": "/x", "PYTHONHOME": "/x", "PYTHONOPTIMIZE": "2", "RUN": "x"}
    run(checkout, "list", **hostile, LEVELBENCH_CONFIG="kept")
    found = (checkout / "variables").read_text()
    assert "LEVELBENCH_CONFIG=kept" in found
    assert not [name for name in hostile if f"\n{name}=" in f"\n{found}"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["bench", "SERVICE=floor"], "make bench takes no SERVICE=; it takes ARRIVALS= IMAGES= "),
        (["bench", "PROFIL=smoke"], "make bench takes no PROFIL=; it takes ARRIVALS= IMAGES= "),
        (["bench-flask", "SERVICES=floor"], "make bench-flask takes no SERVICES=; "),
        (["compare", "RUN=a"], "make compare takes no RUN=; it takes A= B= "),
        (["list", "SERVICES=floor"], "make list takes no SERVICES=; `make help` "),
        (["up-"], "name the service: make up-<service>"),
        (["bench-"], "name the service: make bench-<service>"),
    ],
    ids=" ".join,
)
def test_a_slip_is_refused_with_what_there_is(
    checkout: Path, arguments: list[str], message: str
) -> None:
    done = run(checkout, *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert message in done.stderr


def test_each_of_several_targets_has_its_variables(checkout: Path) -> None:
    assert run(checkout, "verify", "bench", "PROFILE=smoke").returncode == 0


@pytest.mark.parametrize("target", ["report", "compare", "diff", "bench-paired", "bench-release"])
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
    passed = re.findall(r"call (?:option|argument),([A-Z0-9_]+)|\$\(if \$\(([A-Z_]+)\)", makefile)
    assert {a or b for a, b in passed} <= set(re.findall(r"\b([A-Z0-9_]+)=", help_text))


def test_help_has_every_profile_and_workload(help_text: str) -> None:
    words = set(re.findall(r"[a-z0-9-]+", help_text))
    assert {*load_config().profiles, *workloads.GROUPS} <= words
