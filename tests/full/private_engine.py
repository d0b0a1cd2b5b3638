"""A container engine of the tests' own, to restart, fill and starve: a user's is never touched.

It has namespaces of its own - network, so that its bridges and rules meet nobody's; mounts, so
that all of them vanish with it - and keeps its data on a file system of bounded size. Needs root.
"""

import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from levelbench.lab.recipes import LABEL

PROGRAMS = ("dockerd", "ip", "mkfs.ext4", "mount", "nsenter", "setpriv", "unshare")
DISK_MIB = 4096
"""The images take about 1100 MiB; the file is sparse."""
START_TIMEOUT_S = 300.0
STOP_TIMEOUT_S = 300.0

# The engine's id lies in /etc/docker, beside a configuration that is not the tests': hidden.
HOLDER = """
set -e
ip link set lo up
mount -o loop "$1" "$2"
[ ! -d /etc/docker ] || mount -t tmpfs -o size=1m tmpfs /etc/docker
echo ready
exec sleep infinity
"""
# A process ends with the tests, however these end.
WITH_US = ("setpriv", "--pdeathsig", "TERM")


def why_not() -> str | None:
    """What keeps this machine from running a private engine; None when nothing does."""
    if os.geteuid() != 0:
        return "a second engine needs root"
    missing = [program for program in PROGRAMS if shutil.which(program) is None]
    return f"not installed: {', '.join(missing)}" if missing else None


class PrivateEngine:
    """An engine in namespaces of its own. `folder` is short: a socket's path has a limit."""

    def __init__(self, folder: Path, *options: str) -> None:
        self.folder = folder
        self._options = options
        self._holder: subprocess.Popen[str] | None = None
        self._daemon: subprocess.Popen[bytes] | None = None

    # --- its life ---

    def __enter__(self) -> Self:
        disk, data = self.folder / "disk.ext4", self.folder / "data"
        data.mkdir()
        with disk.open("wb") as file:
            file.truncate(DISK_MIB * 2**20)
        # No reserve for root, which the engine is: full is to mean full.
        subprocess.run(["mkfs.ext4", "-q", "-m", "0", disk], check=True)
        self._holder = subprocess.Popen(
            [*WITH_US, "unshare", "--net", "--mount", "sh", "-c", HOLDER, "sh", disk, data],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._holder.stdout is not None
        assert self._holder.stdout.readline() == "ready\n", "no namespaces for a private engine"
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._holder is not None
        if not self.is_running:
            self.start()  # a killed engine left containers, which only an engine ends
        self.clear()
        self.stop()
        self._holder.kill()
        self._holder.communicate()
        (self.folder / "disk.ext4").unlink()

    @property
    def is_running(self) -> bool:
        return self._daemon is not None and self._daemon.poll() is None

    def start(self) -> None:
        """Start the engine and wait until it answers."""
        words = ["dockerd", "--data-root", str(self.folder / "data"),
                 "--exec-root", str(self.folder / "exec"),
                 "--pidfile", str(self.folder / "docker.pid"),
                 "--host", self.host, *self._options]  # fmt: skip
        with (self.folder / "dockerd.log").open("ab") as log:
            self._daemon = subprocess.Popen(
                [*WITH_US, *self.inside(words, mounts=True)], stdout=log, stderr=log
            )
        deadline = time.monotonic() + START_TIMEOUT_S
        while time.monotonic() < deadline and self.is_running:
            if self._answers():
                return
            time.sleep(0.1)
        raise RuntimeError(f"the private engine did not start:\n{self.last_words()}")

    def stop(self, number: signal.Signals = signal.SIGTERM) -> None:
        """End the engine and wait for its end; SIGKILL leaves its containers running."""
        assert self._daemon is not None
        self._daemon.send_signal(number)
        self._daemon.wait(STOP_TIMEOUT_S)
        if number == signal.SIGKILL:
            self._forget_containerd()

    def _forget_containerd(self) -> None:
        """A killed engine's containerd dies with it, but the next engine must not meet its last
        moment, or its number.
        """
        file = self.folder / "exec" / "containerd" / "containerd.pid"
        process = Path("/proc") / file.read_text().strip()
        deadline = time.monotonic() + STOP_TIMEOUT_S
        while process.exists() and time.monotonic() < deadline:
            time.sleep(0.05)
        file.unlink()

    def _answers(self) -> bool:
        done = subprocess.run(
            ["docker", "version"], env={**os.environ, **self.variables}, capture_output=True
        )
        return done.returncode == 0

    def last_words(self) -> str:
        """The end of the engine's log."""
        return "\n".join((self.folder / "dockerd.log").read_text().splitlines()[-20:])

    # --- reaching it ---

    @property
    def host(self) -> str:
        return f"unix://{self.folder / 'docker.sock'}"

    @property
    def variables(self) -> dict[str, str]:
        """What points docker and the harness at this engine."""
        return {"DOCKER_HOST": self.host}

    def inside(
        self, words: Sequence[str], *, mounts: bool = False, folder: Path | None = None
    ) -> list[str]:
        """A command that runs in this engine's network, as its host's programs would."""
        assert self._holder is not None
        # With another's mounts, the working directory would be the root.
        spaces = ["--net", "--mount", f"--wd={folder or '/'}"] if mounts else ["--net"]
        return ["nsenter", f"--target={self._holder.pid}", *spaces, "--", *words]

    def docker(self, *words: str) -> str:
        """Run the docker client and return its output."""
        done = subprocess.run(
            ["docker", *words], env={**os.environ, **self.variables}, capture_output=True, text=True
        )
        assert done.returncode == 0, f"docker {' '.join(words)}: {done.stderr}"
        return done.stdout.strip()

    def run(self, *words: str, stdin: str = "") -> None:
        """Run a program of this engine's host, which sees its mounts."""
        subprocess.run(
            self.inside(words, mounts=True),
            input=stdin,
            text=True,
            check=True,
            stdout=subprocess.DEVNULL,
        )

    def arguments(self, container: str) -> list[str]:
        """What a container's program was started with; nothing when the container is gone."""
        listed = self.docker("ps", "--all", "--no-trunc", f"--filter=id={container}",
                             "--format={{json .Command}}")  # fmt: skip
        return str(json.loads(listed)).strip('"').split() if listed else []

    def container(self, service: str) -> str:
        """The id of the one running container of a service."""
        found = self.docker("ps", "--quiet", "--no-trunc", "--filter",
                            f"label=com.docker.compose.service={service}")  # fmt: skip
        assert len(found.split()) == 1, f"one {service} container, found: {found!r}"
        return found

    # --- what it holds ---

    def load(self, references: Iterable[str]) -> None:
        """Take images over from the user's engine, ids and all."""
        with (
            subprocess.Popen(["docker", "save", *references], stdout=subprocess.PIPE) as save,
            subprocess.Popen(
                ["docker", "load", "--quiet"],
                stdin=save.stdout,
                stdout=subprocess.DEVNULL,
                env={**os.environ, **self.variables},
            ) as load,
        ):
            pass
        assert (save.returncode, load.returncode) == (0, 0), "the images were not taken over"

    def clear(self) -> None:
        """Remove every container, network and volume."""
        for what, words in {"ps --all": "rm --force --volumes", "volume ls": "volume rm"}.items():
            if found := self.docker(*what.split(), "--quiet").split():
                self.docker(*words.split(), *found)
        self.docker("network", "prune", "--force")

    def remove_images(self) -> None:
        """Remove every image, and what builds have kept."""
        if found := set(self.docker("images", "--all", "--quiet").split()):
            self.docker("rmi", "--force", *found)
        self.docker("builder", "prune", "--all", "--force")

    def leftovers(self) -> list[str]:
        """Names of all containers, networks and volumes, but the networks every engine has."""
        label = f"label={LABEL}"
        return [
            *self.docker("ps", "--all", "--format", "container {{.Names}}").splitlines(),
            *self.docker("volume", "ls", "--format", "volume {{.Name}}").splitlines(),
            *self.docker("network", "ls", "--filter", label, "--format", "network {{.Name}}")
            .splitlines(),
        ]  # fmt: skip

    def clients(self) -> list[str]:
        """Command lines of the programs that still talk to this engine, other than the tests."""
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):  # it has ended meanwhile
                environment = (process / "environ").read_bytes().split(b"\0")
                words = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode().strip()
                if f"DOCKER_HOST={self.host}".encode() in environment and words:
                    found.append(words)
        return found

    def wait_no_client(self) -> None:
        """Wait until no other program talks to this engine."""
        deadline = time.monotonic() + STOP_TIMEOUT_S
        while found := self.clients():
            assert time.monotonic() < deadline, f"still there: {found}"
            time.sleep(0.1)

    # --- its disk ---

    @property
    def _ballast(self) -> Path:
        assert self._holder is not None
        return Path(f"/proc/{self._holder.pid}/root{self.folder}/data/ballast")

    def fill_disk(self, leave_mib: int) -> None:
        """Leave so much of the disk free."""
        found = os.statvfs(self._ballast.parent)
        left_b = found.f_bavail * found.f_frsize - leave_mib * 2**20
        taken_b, step_b = 0, left_b
        with self._ballast.open("wb") as file:
            while step_b >= found.f_frsize and taken_b < left_b:
                try:
                    os.posix_fallocate(file.fileno(), taken_b, step_b)
                except OSError:  # somebody else takes of it as well
                    step_b //= 2
                else:
                    taken_b += step_b

    def free_disk(self) -> None:
        with suppress(FileNotFoundError):
            self._ballast.unlink()
