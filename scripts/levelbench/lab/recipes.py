"""Recipes of the images that the lab builds for itself: stand-ins of official ones, their base."""

import os
import shutil
import tempfile
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from levelbench import command
from levelbench.contestants.files import copy_files, source_files
from levelbench.lab.engine import Engine
from levelbench.model.config import ROOT
from levelbench.model.references import FREE_THREADED, version_of

STANDINS = ROOT / "compose" / "images"
LABEL = "io.levelbench"
"""Label of every image that the lab builds; its value is the purpose."""

LOOKS_AGAIN_S = 0.2

Say = Callable[[str], None]


@dataclass(frozen=True)
class Recipe:
    """How the lab builds one of its own images.

    Its tag is a fingerprint of all that decides the image: checkouts with the same recipe share it,
    and those with different ones do not replace each other's.
    """

    folder: str
    """Below compose/images."""
    name: str
    version: str
    arguments: Mapping[str, str] = field(default_factory=dict)
    """Build arguments; images among them are named by their own fingerprints."""

    @property
    def reference(self) -> str:
        """levelbench/<name>:<version>-<fingerprint>."""
        digest = sha256(repr(sorted(self.arguments.items())).encode())
        for path, file in sorted(source_files(STANDINS / self.folder).items()):
            digest.update(f"{path}\0".encode() + file.read_bytes())
        return f"levelbench/{self.name}:{self.version}-{digest.hexdigest()[:12]}"

    def ensure(self, engine: Engine, say: Say, takes: str = "") -> str:
        """The reference of the image, which is built unless it is here."""
        if engine.image(self.reference) is None:
            say(f"building {self.reference}{takes}")
            self.build(engine)
        return self.reference

    def build(self, engine: Engine) -> None:
        """Raises CommandError with the builder's last lines."""
        settings = _go_settings() if self.folder == "k6" else {}
        with tempfile.TemporaryDirectory(prefix="levelbench-build-") as folder:
            context = Path(folder) / self.folder
            copy_files(source_files(STANDINS / self.folder), context)
            engine.build(
                context, self.reference, {**self.arguments, **settings}, {LABEL: "standin"}
            )


BASE = Recipe("base", "base", "trixie")
"""What every stand-in starts from."""


def standin(role: str, official: str) -> Recipe:
    """The recipe of the stand-in of an official image."""
    arguments = {"BASE_IMAGE": BASE.reference}
    version = version_of(official)
    folder = role.partition("-")[0]
    if folder == "k6":
        arguments["K6_VERSION"] = version
    if folder == "python":
        arguments["PYTHON_VERSION"] = ".".join(version.split(".")[:2])
    return Recipe(folder, folder, version, arguments)


def free_threaded(version: str, python: str) -> Recipe:
    """The recipe of a Python without the lock, on the image of the same version with it."""
    arguments = {"BASE_IMAGE": python, "PYTHON_VERSION": version.removesuffix(FREE_THREADED)}
    return Recipe("python-free-threaded", "python", version, arguments)


class Later:
    """A build that continues while contestants are built and verified: k6 compiles for minutes.

    `stop` ends it; `wait` raises what it raised.
    """

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(1)
        self._build: Future[None] | None = None

    def start(self, recipe: Recipe, engine: Engine, say: Say) -> str:
        """Begin to build the image unless it is here; its reference."""
        if engine.image(recipe.reference) is None:
            say(f"building {recipe.reference} meanwhile")
            self._build = self._threads.submit(recipe.build, engine)
        return recipe.reference

    def wait(self) -> None:
        """Wait for the end of the build. Raises CommandError with the builder's last lines."""
        if self._build is not None:
            self._build.result()

    def stop(self) -> None:
        """End the build if it still runs."""
        while self._build is not None and not (self._build.cancel() or self._build.done()):
            command.end_long()
            wait([self._build], LOOKS_AGAIN_S)
        self._threads.shutdown()


def _go_settings() -> dict[str, str]:
    """Where the host gets Go modules from, so that a build inside a container does the same."""
    names = ("GOPROXY", "GOSUMDB")
    go = shutil.which("go")
    found = {name: os.environ.get(name, "") for name in names}
    if go:
        found = dict(zip(names, command.run([go, "env", *names]).splitlines(), strict=False))
    return {name: value for name, value in found.items() if value}
