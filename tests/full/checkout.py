"""A copy of the checkout: its profiles shortened, and contestants added as a user adds them."""

import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from levelbench.model.config import CONFIG_FILE, ROOT
from levelbench.model.folder import Run, load_run
from levelbench.model.results import Results, load_results
from tests.full.private_engine import PrivateEngine

LEFT_OUT = (".git", ".venv", "reports", "__pycache__", ".*_cache", "*.egg-info")
# Limits that no other program on this machine exceeds: no test needs a quiet machine. What these
# limits do is tested with limits of its own.
TOLERANT = {
    "foreign_share_max": "1.0",
    "foreign_beside_share_max": "1.0",
    "stolen_share_max": "1.0",
    "others_cpu_share_max": "1.0",
    "generator_lag_p99_ms_max": "60_000.0",
    "clock_step_ms_max": "60_000.0",
    "littles_law_error_max": "1.0",
    "rate_excess_max": "1.0",
}
# Short, and still every phase. On a busy machine a contestant may need more than the contract's 2 s
# to open twenty connections to the database, and may answer twenty requests in all: five users ask,
# and with these weights every twenty requests have each endpoint.
SHORT = {
    "dataset": {"users": "100", "orders": "1_000"},
    "load": {"users": "5", "vus": "5"},
    "load.weights": {"register": "5", "login": "5", "list": "35", "detail": "35", "task": "20"},
    "limits": TOLERANT,
    "profiles.smoke": {"warmup_s": "2", "measure_s": "3"},
    "profiles.quick": {"blocks": "2", "warmup_s": "2", "measure_s": "3", "slices": "1"},
}
WAIT_S = 600.0
"""The longest silence of a command. Its whole time depends on what else this machine does."""
# Run in the copy. Verification has tests of its own, and takes longer than a trial.
TAKE_FOR_VERIFIED = """
import sys
from datetime import UTC, datetime
from levelbench.contestants import discovery, selection
from levelbench.lab import engines, images
from levelbench.lab.dataset import generate
from levelbench.model.config import load_config
from levelbench.model.ledger import ParityEntry, Verification
from levelbench.verify import verify

engine, config = engines.connect(), load_config()
chosen = selection.select(sys.argv[1], discovery.discover()).values()
base = images.ensure(engine, config.images, "auto", print, chosen)
rows = generate(config.dataset)
for service in chosen:
    image = images.build_service(engine, service, base, print)
    entry = ParityEntry(
        rule="behaviour: taken for granted", service=service.name,
        expected="yes", observed="yes", holds=True,
    )
    verify.remember(service, Verification(
        service=service.name, started_at=datetime.now(UTC), duration_s=0, entries=(entry,),
        key=verify.fingerprint(engine, service, image, base, rows.checksum),
    ))
"""


class Command:
    """A command of the harness under way, its output kept."""

    def __init__(self, words: list[str], variables: Mapping[str, str]) -> None:
        self._process = subprocess.Popen(
            words,
            env={**os.environ, **variables},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self.output: list[str] = []
        self.errors: list[str] = []
        assert self._process.stdout is not None
        assert self._process.stderr is not None
        self._changed = threading.Condition()
        self._deadline = time.monotonic() + WAIT_S
        self._readers = [
            threading.Thread(target=self._read, args=pair)
            for pair in ((self._process.stdout, self.output), (self._process.stderr, self.errors))
        ]
        for reader in self._readers:
            reader.start()

    def _read(self, stream: IO[str], lines: list[str]) -> None:
        with stream:
            for line in stream:
                with self._changed:
                    lines.append(line.rstrip("\n"))
                    self._deadline = time.monotonic() + WAIT_S
                    self._changed.notify_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        for reader in self._readers:
            reader.join()

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def status(self) -> int:
        """Exit status of a command that has ended."""
        assert self._process.returncode is not None
        return self._process.returncode

    def wait_line(self, text: str) -> None:
        """Wait until it has said `text`."""
        with self._changed:
            while not any(text in line for line in self.output):
                assert self._process.poll() is None, f"ended before {text!r}: {self.said()}"
                assert time.monotonic() < self._deadline, f"did not say {text!r}: {self.said()}"
                self._changed.wait(0.1)

    def send(self, number: signal.Signals, *, group: bool = False) -> None:
        """Send a signal to it, or as a terminal does to all that run with it."""
        if group:
            os.killpg(self._process.pid, number)
        else:
            self._process.send_signal(number)

    def end(self) -> int:
        """Wait for its end and return its exit status; no end is without order."""
        with self._changed:
            while (status := self._process.poll()) is None:
                assert time.monotonic() < self._deadline, f"did not end: {self.said()}"
                self._changed.wait(0.1)
        for reader in self._readers:
            reader.join()
        assert "Traceback" not in self.said(), self.said()
        return status

    def said(self) -> str:
        """All that it has written."""
        return "\n".join([*self.output, *self.errors])


@dataclass(frozen=True)
class Checkout:
    """A copy of the checkout, whose harness uses the private engine."""

    folder: Path
    engine: PrivateEngine

    def start(self, *arguments: str) -> Command:
        """Begin `levelbench ...` as `make` does."""
        return self._python("from levelbench.cli.app import main; main()", *arguments)

    def _python(self, program: str, *arguments: str) -> Command:
        words = [sys.executable, "-c", program, *arguments]
        variables = {
            **self.engine.variables,
            "PYTHONPATH": str(self.folder / "scripts"),
            "COLUMNS": "1000",  # a message is one line
        }
        return Command(self.engine.inside(words, mounts=True, folder=self.folder), variables)

    def take_for_verified(self, *services: str) -> None:
        """Let a bench find these contestants verified, as if it had done so before."""
        with self._python(TAKE_FOR_VERIFIED, ",".join(services)) as command:
            assert command.end() == 0, command.said()

    def start_bench(self, *services: str, profile: str = "smoke", images: str = "auto") -> Command:
        return self.start(
            "bench",
            f"--services={','.join(services)}",
            f"--profile={profile}",
            f"--images={images}",
            "--seed=1",
        )

    def resume(self, run: str) -> Command:
        """Go on with a run, to its end."""
        with self.start("bench", f"--resume={run}") as command:
            command.end()
        return command

    def bench(self, *services: str, profile: str = "smoke", images: str = "auto") -> Command:
        """A whole bench."""
        with self.start_bench(*services, profile=profile, images=images) as command:
            command.end()
        return command

    def add(self, name: str, files: Mapping[str, str]) -> None:
        """Add a contestant: the lab's Starlette with other `files`, a file's whole text each.

        Its image is made from Starlette's, so that it builds without a network.
        """
        folder = self.folder / "services" / name
        shutil.copytree(self.folder / "services" / "starlette", folder)
        base = self.engine.docker("images", "--format", "{{.Repository}}:{{.Tag}}",
                                  "levelbench/service-starlette")  # fmt: skip
        dockerfile = f"ARG PYTHON_IMAGE\nFROM {base}\nCOPY . ./\n"
        for path, text in {"Dockerfile": dockerfile, **files}.items():
            (folder / path).write_text(text)

    @contextmanager
    def edited(self, path: str, old: str, new: str) -> Iterator[None]:
        """A file of the checkout with one place in it changed, for as long as the context lasts."""
        file = self.folder / path
        text = file.read_text()
        assert text.count(old) == 1, f"{path} holds {text.count(old)} times, not once: {old}"
        file.write_text(text.replace(old, new))
        try:
            yield
        finally:
            file.write_text(text)

    @contextmanager
    def configured(self, old: str, new: str, *services: str) -> Iterator[None]:
        """The lab configured otherwise, for as long as the context lasts: services that were
        verified are so under this, and after it.
        """
        try:
            with self.edited("levelbench.toml", old, new):
                self.take_for_verified(*services)
                yield
        finally:
            self.take_for_verified(*services)

    def set(self, section: str, key: str, value: str) -> None:
        """Change a line of levelbench.toml, or add it to its section."""
        path = self.folder / "levelbench.toml"
        text = path.read_text()
        if re.search(rf"^\[{re.escape(section)}\][^\[]*?^{key} = ", text, re.MULTILINE):
            path.write_text(_set(text, section, key, value))
        else:
            path.write_text(text.replace(f"[{section}]\n", f"[{section}]\n{key} = {value}\n"))

    def read(self, path: str) -> str:
        """A file of the lab's own Starlette."""
        return (self.folder / "services" / "starlette" / path).read_text()

    @property
    def runs(self) -> list[Path]:
        """The folders of all runs, oldest first."""
        reports = self.folder / "reports"
        return sorted(path.parent for path in reports.glob("2*/run.json"))

    @property
    def run(self) -> Run:
        """The newest run's record and trials."""
        return load_run(self.runs[-1])

    @property
    def results(self) -> Results:
        """The newest run's results."""
        return load_results(self.runs[-1])


def copy(folder: Path, engine: PrivateEngine) -> Checkout:
    """Copy the checkout to `folder` and shorten its profiles."""
    shutil.copytree(ROOT, folder, ignore=shutil.ignore_patterns(*LEFT_OUT))
    shorten(folder / "levelbench.toml", SHORT)
    return Checkout(folder, engine)


def tolerant(folder: Path) -> Path:
    """The lab's configuration with limits that no other program on this machine exceeds."""
    file = folder / CONFIG_FILE.name
    shutil.copyfile(CONFIG_FILE, file)
    shorten(file, {"limits": TOLERANT})
    return file


def shorten(config: Path, changes: Mapping[str, Mapping[str, str]]) -> None:
    """Change settings of levelbench.toml, by section and name."""
    text = config.read_text()
    for section, settings in changes.items():
        for key, value in settings.items():
            text = _set(text, section, key, value)
    config.write_text(text)


def _set(text: str, section: str, key: str, value: str) -> str:
    pattern = rf"(^\[{re.escape(section)}\][^\[]*?^{key} = )[^ \n]+"
    changed, count = re.subn(pattern, rf"\g<1>{value}", text, flags=re.MULTILINE)
    assert count == 1, f"levelbench.toml has no {section}.{key}"
    return changed
