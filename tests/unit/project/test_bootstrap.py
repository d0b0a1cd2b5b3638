"""scripts/bootstrap.sh on machines that are made for it: few tools, and stand-ins of the rest."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from levelbench.model.config import ROOT

TOOLS = (
    *(
        "bash",
        "cat",
        "cksum",
        "cp",
        "chmod",
        "dirname",
        "env",
        "id",
        "mkdir",
        "mktemp",
        "rm",
        "sed",
    ),
    *("stat", "timeout", "printf", "true", "ln", "sh"),
)
# A Python whose environments hold what pip was asked for. Of an environment that was copied or
# moved the harness is still the first one's, as with an editable installation.
PYTHON = """#!/usr/bin/env bash
set -eu
home=$(dirname "$0")
case "$*" in
  *"import ensurepip, venv"* | *"sys.exit(sys.version_info < (3, 11))") exit 0 ;;
  *samefile*) [ -e "$home/installed" ] && [ "$(cat "$home/installed")" = "$PWD" ] ;;
  *"-m venv "*)
    folder=${!#}
    mkdir -p "$folder/bin"
    cp "$0" "$folder/bin/python"
    echo "venv $0" >>"$LOG"
    ;;
  *"config list"*) printf '%s\\n' "$PIP_SAYS" ;;
  *"pip install"*)
    [ "$(cat "$PWD/pip-fails" 2>/dev/null)" != yes ] || { echo "ERROR: no such package"; exit 1; }
    env | sed -n 's/^PIP_/pip PIP_/p' >>"$LOG"
    case "$*" in *--editable*)
      echo "$PWD" >"$home/installed"
      printf '#!%s\\n' "$home/python" >"$home/levelbench"
      chmod +x "$home/levelbench"
    esac
    ;;
  *) exec "$REAL_PYTHON" "$@" ;;
esac
"""
DOCKER = """#!/usr/bin/env bash
echo "docker $*" >>"$LOG"
case "$1" in
  version) echo "$ENGINE_SAYS" >&2; exit "$ENGINE_STATUS" ;;
  context) echo "${CONTEXT:-default}" ;;
esac
"""
NEVER = '#!/usr/bin/env bash\necho "$(basename "$0") $*" >>"$LOG"\nexit 1\n'


@dataclass
class Machine:
    """A checkout that holds nothing but the script, and what is in its PATH."""

    folder: Path
    variables: dict[str, str] = field(default_factory=dict)

    @property
    def checkout(self) -> Path:
        return self.folder / "checkout"

    def program(self, name: str, text: str, folder: str = "tools") -> None:
        file = self.folder / folder / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(text)
        file.chmod(0o755)

    def run(
        self, *words: str, checkout: Path | None = None, **variables: str
    ) -> subprocess.CompletedProcess[str]:
        base = {
            "PATH": str(self.folder / "tools"),
            "LOG": str(self.folder / "log"),
            "REAL_PYTHON": sys.executable,
            "PIP_SAYS": "",
            "ENGINE_SAYS": "28.0",
            "ENGINE_STATUS": "0",
            "HOME": str(self.folder),
        }
        script = (checkout or self.checkout) / "scripts" / "bootstrap.sh"
        return subprocess.run(
            ["bash", script, *words], text=True, capture_output=True, check=False,
            env={**base, **self.variables, **variables}, stdin=subprocess.DEVNULL,
        )  # fmt: skip

    @property
    def log(self) -> list[str]:
        """What the stand-ins were called with."""
        file = self.folder / "log"
        return file.read_text().splitlines() if file.exists() else []

    def forget(self) -> None:
        (self.folder / "log").unlink(missing_ok=True)

    @property
    def started(self) -> list[str]:
        """What was installed or started."""
        words = ("apt-get", "sudo", "dockerd", "systemctl", "setsid")
        return [line for line in self.log if line.startswith(words)]


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    found = Machine(tmp_path)
    (found.checkout / "scripts" / "levelbench").mkdir(parents=True)
    shutil.copy(ROOT / "scripts" / "bootstrap.sh", found.checkout / "scripts")
    (found.checkout / "requirements.lock").write_text("a==1\n")
    (found.checkout / "pyproject.toml").write_text("[project]\n")
    (tmp_path / "tools").mkdir()
    for tool in TOOLS:
        real = shutil.which(tool)
        assert real, tool
        (tmp_path / "tools" / tool).symlink_to(real)
    found.program("python3", PYTHON)
    found.program("docker", DOCKER)
    for name in ("apt-get", "apt-cache", "sudo", "dockerd", "systemctl", "setsid", "make"):
        found.program(name, NEVER)
    return found


class TestEngine:
    def test_one_that_answers_is_used(self, machine: Machine) -> None:
        assert machine.run().returncode == 0
        assert machine.started == []

    def test_one_that_may_not_be_used_is_not_started_again(self, machine: Machine) -> None:
        """A second engine was started with sudo, and did not come up."""
        done = machine.run(
            ENGINE_SAYS="permission denied while trying to connect to the socket", ENGINE_STATUS="1"
        )
        assert done.returncode == 2
        assert "the container engine may not be used by" in done.stderr
        assert "sudo usermod --append --groups docker " in done.stderr
        assert machine.started == []

    @pytest.mark.parametrize(
        ("variables", "named"),
        [
            ({"DOCKER_HOST": "tcp://192.0.2.1:2375"}, "DOCKER_HOST=tcp://192.0.2.1:2375"),
            ({"DOCKER_CONTEXT": "far"}, "DOCKER_CONTEXT=far"),
            ({"CONTEXT": "far"}, "the docker context far"),
        ],
    )
    def test_nothing_is_started_here_where_another_host_is_named(
        self, machine: Machine, variables: dict[str, str], named: str
    ) -> None:
        done = machine.run(ENGINE_SAYS="timed out", ENGINE_STATUS="1", **variables)
        assert done.returncode == 2
        assert f"no container engine answers at {named}. " in done.stderr
        assert machine.started == []

    def test_versions_that_do_not_fit_are_said(self, machine: Machine) -> None:
        said = "Error response from daemon: client version 1.52 is too new. Maximum is 1.24"
        done = machine.run(ENGINE_SAYS=said, ENGINE_STATUS="1")
        assert done.returncode == 2
        assert "`docker version` shows both" in done.stderr
        assert machine.started == []

    def test_one_that_does_not_run_is_what_is_missing(self, machine: Machine) -> None:
        said = "Cannot connect to the Docker daemon"
        done = machine.run(ENGINE_SAYS=said, ENGINE_STATUS="1", LEVELBENCH_INSTALL="0")
        assert done.returncode == 2
        assert "bootstrap: missing: a running engine; " in done.stdout

    def test_the_harness_alone_asks_for_none(self, machine: Machine) -> None:
        machine.program("docker", NEVER)
        assert machine.run("--harness").returncode == 0
        assert not [line for line in machine.log if line.startswith("docker")]


class TestHarness:
    @pytest.fixture
    def installed(self, machine: Machine) -> Machine:
        assert machine.run("--harness").returncode == 0
        machine.forget()
        return machine

    def test_it_is_installed_once(self, installed: Machine) -> None:
        done = installed.run("--harness")
        assert (done.returncode, done.stdout, installed.log) == (0, "", [])

    def test_another_python_in_the_path_changes_nothing(self, installed: Machine) -> None:
        """The environment was made of two versions of Python, and broken until removed by hand."""
        installed.program("python3", PYTHON + "# another version\n", "other")
        path = f"{installed.folder / 'other'}{os.pathsep}{installed.folder / 'tools'}"
        done = installed.run("--harness", PATH=path)
        assert (done.returncode, installed.log) == (0, [])

    def test_a_python_that_has_gone_is_replaced(self, installed: Machine) -> None:
        (installed.checkout / ".venv" / "bin" / "python").unlink()
        assert installed.run("--harness").returncode == 0
        assert installed.log[0].startswith("venv ")

    def test_a_checkout_that_was_moved_gets_its_own(self, installed: Machine) -> None:
        moved = installed.folder / "moved"
        installed.checkout.rename(moved)
        assert installed.run("--harness", checkout=moved).returncode == 0
        assert (moved / ".venv" / "bin" / "installed").read_text() == f"{moved}\n"

    def test_a_copy_does_not_run_the_code_of_the_first(self, installed: Machine) -> None:
        """It measured with the other checkout's code and configuration, and exited with 0."""
        copy = installed.folder / "copy"
        shutil.copytree(installed.checkout, copy, symlinks=True)
        assert installed.run("--harness", checkout=copy).returncode == 0
        assert (copy / ".venv" / "bin" / "installed").read_text() == f"{copy}\n"

    def test_a_link_to_anothers_environment_is_replaced_and_the_other_kept(
        self, installed: Machine
    ) -> None:
        copy = installed.folder / "copy"
        ignored = shutil.ignore_patterns(".venv")
        shutil.copytree(installed.checkout, copy, ignore=ignored)
        (copy / ".venv").symlink_to(installed.checkout / ".venv")
        assert installed.run("--harness", checkout=copy).returncode == 0
        assert not (copy / ".venv").is_symlink()
        own = installed.checkout / ".venv" / "bin" / "installed"
        assert own.read_text() == f"{installed.checkout}\n"

    def test_changed_requirements_are_installed_into_what_is_there(
        self, installed: Machine
    ) -> None:
        (installed.checkout / "requirements.lock").write_text("a==2\n")
        done = installed.run("--harness")
        assert done.returncode == 0
        assert not [line for line in installed.log if line.startswith("venv")]
        assert installed.run("--harness").stdout == ""

    def test_a_failed_installation_is_said_and_tried_again(self, machine: Machine) -> None:
        fails = machine.checkout / "pip-fails"
        fails.write_text("yes")
        done = machine.run("--harness")
        assert done.returncode == 2
        assert "cannot be installed; the lines above give the reason" in done.stderr
        fails.unlink()
        assert machine.run("--harness").returncode == 0

    def test_a_folder_of_another_user_is_said(self, machine: Machine) -> None:
        if os.geteuid() == 0:
            pytest.skip("root may write everywhere")
        machine.checkout.chmod(0o555)
        done = machine.run("--harness")
        machine.checkout.chmod(0o755)
        assert done.returncode == 2
        assert "sudo chown -R" in done.stderr

    def test_a_search_path_of_cd_leads_nowhere_else(self, machine: Machine) -> None:
        other = machine.folder / "elsewhere"
        (other / "scripts").mkdir(parents=True)
        done = subprocess.run(
            ["bash", "scripts/bootstrap.sh", "--harness"], cwd=machine.checkout, text=True,
            capture_output=True, check=False,
            env={
                "PATH": str(machine.folder / "tools"), "LOG": str(machine.folder / "log"),
                "REAL_PYTHON": sys.executable, "PIP_SAYS": "", "CDPATH": str(other),
            },
        )  # fmt: skip
        assert done.returncode == 0
        assert (machine.checkout / ".venv").is_dir()


class TestPip:
    SAYS = "\n".join(
        (
            ":env:.user='1'",
            ":env:.index-url='https://env.example/simple'",
            "global.index-url='https://file.example/simple'",
            "global.target='/elsewhere'",
            "global.cert='/etc/ca.pem'",
            "install.constraint='/elsewhere.txt'",
            "global.extra-index-url='\\nhttps://one.example\\nhttps://two.example'",
        )
    )

    def given(self, machine: Machine, **variables: str) -> dict[str, str]:
        """pip's variables, as it installs."""
        assert machine.run("--harness", PIP_SAYS=self.SAYS, **variables).returncode == 0
        lines = [line.removeprefix("pip ") for line in machine.log if line.startswith("pip ")]
        return dict(line.split("=", 1) for line in lines)

    def test_options_of_the_user_do_not_count(self, machine: Machine) -> None:
        hostile = {"PIP_USER": "1", "PIP_TARGET": "/x", "PIP_CONSTRAINT": "/x", "PIP_PREFIX": "/x"}
        found = self.given(machine, **hostile)
        assert not {*hostile, "PIP_SAYS"} & set(found)
        assert found["PIP_CONFIG_FILE"] == "/dev/null"

    def test_where_packages_come_from_does(self, machine: Machine) -> None:
        found = self.given(machine)
        assert found["PIP_INDEX_URL"] == "https://env.example/simple"
        assert found["PIP_CERT"] == "/etc/ca.pem"
        assert "PIP_EXTRA_INDEX_URL" in found
