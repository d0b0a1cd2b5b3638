"""An image registry on the loopback interface of a private engine, and its mirror."""

import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from levelbench.model.config import ROOT
from tests.full import mirror
from tests.full.private_engine import WITH_US, PrivateEngine

REGISTRY_PORT = 5001
MIRROR_PORT = 5000
MIRROR_OPTIONS = (
    f"--registry-mirror=http://127.0.0.1:{MIRROR_PORT}",
    # The engine's own default is to try five times, over more than a minute.
    "--max-download-attempts=1",
)
"""What makes an engine use the mirror."""
CONFIGURATION = """
version: 0.1
log: {{level: warn, accesslog: {{disabled: true}}}}
storage: {{filesystem: {{rootdirectory: {folder}}}}}
http: {{addr: "127.0.0.1:{port}"}}
"""


def program() -> str | None:
    """The registry's program; scripts/bootstrap-tests.sh puts it into .venv."""
    beside = ROOT / ".venv" / "bin" / "docker-registry"
    return str(beside) if beside.exists() else shutil.which("docker-registry")


@contextmanager
def registry(engine: PrivateEngine, folder: Path) -> Iterator[None]:
    """A registry that keeps its images in `folder`."""
    found = program()
    assert found, "no docker-registry: run scripts/bootstrap-tests.sh"
    file = folder / "registry.yml"
    file.write_text(CONFIGURATION.format(folder=folder / "images", port=REGISTRY_PORT))
    with (
        (folder / "registry.log").open("wb") as log,
        subprocess.Popen(
            [*WITH_US, *engine.inside([found, "serve", str(file)])], stdout=log, stderr=log
        ) as process,
    ):
        try:
            yield
        finally:
            process.terminate()


@contextmanager
def mirrored(
    engine: PrivateEngine, limit_b: int | None = None, then: str = "gone"
) -> Iterator[None]:
    """The registry behind the engine's mirror; after `limit_b` bytes it is gone or silent."""
    words = [sys.executable, mirror.__file__, str(MIRROR_PORT), str(REGISTRY_PORT)]
    if limit_b is not None:
        words += [str(limit_b), then]
    with subprocess.Popen(
        [*WITH_US, *engine.inside(words)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n", "the mirror did not start"
        try:
            yield
        finally:
            process.kill()


def push(engine: PrivateEngine, images: Mapping[str, str]) -> None:
    """Put images into the registry: official reference -> the image that plays it."""
    for official, image in images.items():
        path = official if "/" in official else f"library/{official}"
        reference = f"127.0.0.1:{REGISTRY_PORT}/{path}"
        engine.docker("tag", image, reference)
        engine.docker("push", "--quiet", reference)
