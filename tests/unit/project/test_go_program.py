"""scripts/go-program.sh, in a folder of its own, with a `go` that stands in for the real one."""

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from levelbench.model.config import ROOT

TOOLS = ("bash", "cat", "cp", "dirname", "env", "rm")
GO = """#!/usr/bin/env bash
echo "$@" >>"$LOG"
[ -z "$BROKEN" ] || { echo "go: no such module" >&2; exit 1; }
name=${2%@*}
cp "$0" "$GOBIN/${name##*/}"
"""


@dataclass(frozen=True)
class Checkout:
    """A checkout that holds nothing but the script, on a machine with few tools."""

    folder: Path

    def give_go(self) -> None:
        go = self.folder / "tools" / "go"
        go.write_text(GO)
        go.chmod(0o755)

    def run(self, name: str, ci: str = "", broken: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [self.folder / "scripts" / "go-program.sh", name],
            env={
                "PATH": str(self.folder / "tools"),
                "LOG": str(self.log),
                "CI": ci,
                "BROKEN": broken,
            },
            text=True,
            capture_output=True,
            check=False,
        )

    @property
    def log(self) -> Path:
        return self.folder / "go.log"

    @property
    def built(self) -> list[str]:
        """What `go` was asked for."""
        return self.log.read_text().splitlines() if self.log.exists() else []

    def has(self, name: str) -> bool:
        return (self.folder / ".venv" / "bin" / name).exists()


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    for folder in ("scripts", ".venv/bin", "tools"):
        (tmp_path / folder).mkdir(parents=True)
    shutil.copy(ROOT / "scripts" / "go-program.sh", tmp_path / "scripts")
    for tool in TOOLS:
        found = shutil.which(tool)
        assert found
        (tmp_path / "tools" / tool).symlink_to(found)
    return Checkout(tmp_path)


@pytest.mark.parametrize("name", ["actionlint", "act"])
def test_a_program_is_built_once_at_one_version(checkout: Checkout, name: str) -> None:
    checkout.give_go()
    assert checkout.run(name).returncode == 0
    assert checkout.run(name).stdout == ""
    assert checkout.has(name)
    (asked,) = checkout.built
    assert asked.startswith("install github.com/")
    assert asked.rpartition("@")[2].startswith("v")


def test_another_version_is_replaced(checkout: Checkout) -> None:
    checkout.give_go()
    checkout.run("actionlint")
    (checkout.folder / ".venv" / ".go-actionlint").write_text("github.com/x@v0.0.1\n")
    assert checkout.run("actionlint").returncode == 0
    assert len(checkout.built) == 2


def test_static_checks_go_on_without_go_and_say_so(checkout: Checkout) -> None:
    done = checkout.run("actionlint")
    assert done.returncode == 0
    assert done.stderr == (
        "go-program: Go is missing, so actionlint cannot be built; install Go 1.25 or newer in the "
        "PATH\n"
    )


def test_continuous_integration_does_not_go_on_without_go(checkout: Checkout) -> None:
    assert checkout.run("actionlint", ci="true").returncode == 2


def test_the_tests_of_the_workflows_do_not_go_on_without_act(checkout: Checkout) -> None:
    assert checkout.run("act").returncode == 2


def test_what_cannot_be_built_is_said_and_leaves_nothing_behind(checkout: Checkout) -> None:
    checkout.give_go()
    checkout.run("actionlint")
    (checkout.folder / ".venv" / ".go-actionlint").unlink()
    done = checkout.run("actionlint", broken="yes")
    assert done.returncode == 2
    assert "cannot be built; the lines above" in done.stderr
    assert not checkout.has("actionlint")


def test_an_unknown_program_is_said(checkout: Checkout) -> None:
    done = checkout.run("nonesuch")
    assert (done.returncode, done.stderr) == (
        2,
        "go-program: unknown program nonesuch; use actionlint or act\n",
    )
