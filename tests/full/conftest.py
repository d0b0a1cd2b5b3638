"""The private engine, with the lab's images, and a checkout whose harness uses it."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from levelbench.contestants.discovery import discover
from levelbench.lab import engines, images, recipes
from levelbench.lab.images import ImageSet
from levelbench.model.config import load_config
from tests.full import checkout as checkouts
from tests.full.checkout import Checkout
from tests.full.private_engine import PrivateEngine, why_not

MEASURED = ("starlette", "flask")
"""The contestants whose images the private engine gets."""


@pytest.fixture(scope="session")
def engine_folder() -> Iterator[Path]:
    """A folder with a short path, which pytest's own have not."""
    with tempfile.TemporaryDirectory(prefix="levelbench-engine-") as folder:
        yield Path(folder)


@pytest.fixture(scope="session")
def engine(engine_folder: Path) -> Iterator[PrivateEngine]:
    if reason := why_not():
        pytest.skip(reason)
    with PrivateEngine(engine_folder) as engine:
        engine.load([*references(lab_images()), *service_images(*MEASURED)])
        yield engine


def lab_images() -> ImageSet:
    """The lab's own images, made on the user's engine if need be."""
    measured = [discover()[name] for name in MEASURED]
    return images.ensure(engines.connect(), load_config().images, "auto", print, measured)


def references(base: ImageSet) -> list[str]:
    """All that an engine must hold for these images to be taken as they are."""
    named = list(base.roles().values())
    return [recipes.BASE.reference, *named] if base.source == "standin" else named


def service_images(*names: str) -> list[str]:
    """The images of contestants, made on the user's engine if need be."""
    user_engine, known = engines.connect(), discover()
    shared = lab_images()
    return [images.build_service(user_engine, known[name], shared, print) for name in names]


@pytest.fixture(scope="session")
def checkout(engine: PrivateEngine, tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    copy = checkouts.copy(tmp_path_factory.mktemp("checkout") / "levelbench", engine)
    copy.take_for_verified(*MEASURED)
    return copy
