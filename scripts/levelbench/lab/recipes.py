"""Recipes of the images that the lab builds for itself: stand-ins of official ones, their base."""

import os
import shutil
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from levelbench import command
from levelbench.contestants.discovery import copy_files, source_files
from levelbench.lab.engine import Engine
from levelbench.model.config import FREE_THREADED, ROOT, version_of

STANDINS = ROOT / "compose" / "images"
LABEL = "io.levelbench"
"""Label of every image that the lab builds; its value is the purpose."""

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
            settings = _go_settings() if self.folder == "k6" else {}
            with tempfile.TemporaryDirectory(prefix="levelbench-build-") as folder:
                context = Path(folder) / self.folder
                copy_files(source_files(STANDINS / self.folder), context)
                engine.build(
                    context, self.reference, {**self.arguments, **settings}, {LABEL: "standin"}
                )
        return self.reference


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


def _go_settings() -> dict[str, str]:
    """Where the host gets Go modules from, so that a build inside a container does the same."""
    names = ("GOPROXY", "GOSUMDB")
    go = shutil.which("go")
    found = {name: os.environ.get(name, "") for name in names}
    if go:
        found = dict(zip(names, command.run([go, "env", *names]).splitlines(), strict=False))
    return {name: value for name, value in found.items() if value}
