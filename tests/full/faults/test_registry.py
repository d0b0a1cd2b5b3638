"""Official images, pulled from a registry on this machine: whole, cut short, and not at all."""

import shutil
import signal
import tempfile
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

import pytest

from levelbench.model.config import load_config
from tests.full import checkout as checkouts
from tests.full.checkout import Checkout
from tests.full.conftest import lab_images, service_images
from tests.full.private_engine import PrivateEngine, why_not
from tests.full.registry import MIRROR_OPTIONS, mirrored, program, push, registry

MID_PULL_B = 10_000_000
"""Well within the first layer of the first image."""
OFFICIAL = load_config().images.references()
"""Role -> official reference."""


def players() -> dict[str, str]:
    """Role -> the image that plays the official one; where images are official, itself."""
    return lab_images().roles()


@pytest.fixture(scope="module")
def empty_engine() -> Iterator[PrivateEngine]:
    """An engine of these tests' own: no image, and the official ones in a registry."""
    if reason := why_not():
        pytest.skip(reason)
    assert program(), "no docker-registry: run scripts/bootstrap-tests.sh"
    with (
        tempfile.TemporaryDirectory(prefix="levelbench-engine-") as folder,
        PrivateEngine(Path(folder), *MIRROR_OPTIONS) as engine,
        registry(engine, Path(folder)),
    ):
        engine.load(players().values())
        push(engine, {OFFICIAL[role]: image for role, image in players().items()})
        engine.remove_images()
        yield engine


@pytest.fixture(scope="module")
def copy(empty_engine: PrivateEngine, tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    return checkouts.copy(tmp_path_factory.mktemp("checkout") / "levelbench", empty_engine)


@pytest.fixture
def no_images(empty_engine: PrivateEngine) -> None:
    empty_engine.remove_images()


@pytest.mark.usefixtures("no_images")
@pytest.mark.parametrize("then", ["gone", "silent"])
def test_taken_away_in_the_middle_of_a_pull(
    empty_engine: PrivateEngine, copy: Checkout, then: str
) -> None:
    with mirrored(empty_engine, MID_PULL_B, then):
        bench = copy.bench("starlette", images="registry")
    assert bench.status == 2
    assert f"pulling {OFFICIAL['python']}" in bench.said()
    assert len(bench.errors) == 1
    assert bench.errors[0].startswith(f"levelbench: {OFFICIAL['python']} could not be pulled: ")
    assert "IMAGES=standin" in bench.errors[0]
    assert (empty_engine.leftovers(), empty_engine.clients(), copy.runs) == ([], [], [])


@pytest.mark.usefixtures("no_images")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_in_the_middle_of_a_pull(
    empty_engine: PrivateEngine, copy: Checkout, number: signal.Signals
) -> None:
    with (
        mirrored(empty_engine, MID_PULL_B, "silent"),
        copy.start_bench("starlette", images="registry") as bench,
    ):
        bench.wait_line(f"pulling {OFFICIAL['python']}")
        bench.send(number)
        assert bench.end() == 130
    assert bench.errors == ["levelbench: interrupted"]
    assert (empty_engine.leftovers(), empty_engine.clients(), copy.runs) == ([], [], [])


@pytest.mark.usefixtures("no_images")
@pytest.mark.parametrize("answers", ["nobody listens", "never answers"])
def test_no_registry_where_official_images_are_insisted_on(
    empty_engine: PrivateEngine, copy: Checkout, answers: str
) -> None:
    silent = mirrored(empty_engine, 0, "silent") if answers == "never answers" else nullcontext()
    with silent:
        bench = copy.bench("starlette", images="registry")
    assert bench.status == 2
    assert len(bench.errors) == 1
    assert bench.errors[0].startswith(f"levelbench: {OFFICIAL['python']} could not be pulled: ")


@pytest.mark.usefixtures("no_images")
def test_a_bench_on_pulled_images(
    empty_engine: PrivateEngine, copy: Checkout, checkout: Checkout
) -> None:
    empty_engine.load(service_images("starlette"))
    # Same ids, same rules: what was verified elsewhere is verified here.
    shutil.copytree(checkout.folder / "reports" / "verify", copy.folder / "reports" / "verify")
    with mirrored(empty_engine):
        bench = copy.bench("starlette", images="registry")
    assert bench.status == 0, bench.said()
    assert all(f"pulling {reference}" in bench.said() for reference in OFFICIAL.values())
    assert empty_engine.leftovers() == []
    found = copy.results.environment.images
    for role, reference in OFFICIAL.items():
        assert found[role].reference == reference
        assert (found[role].digest or "").startswith("sha256:")
    starlette = copy.results.workloads["closed"].services["starlette"]
    assert starlette.metrics["throughput_rps"].value is not None


@pytest.mark.parametrize("answers", ["nobody listens", "never answers"])
def test_stand_ins_where_no_registry_answers(
    empty_engine: PrivateEngine, copy: Checkout, answers: str
) -> None:
    """Their Dockerfiles are cut short here: what they do otherwise needs the network."""
    if not (copy.folder / "services" / "plain").exists():
        copy.add("plain", {"Dockerfile": "ARG PYTHON_IMAGE\nFROM ${PYTHON_IMAGE}\n"})
    empty_engine.remove_images()
    empty_engine.load(players().values())
    for role, image in players().items():
        empty_engine.docker("tag", image, f"player/{role}")
        empty_engine.docker("rmi", image)
        dockerfile = copy.folder / "compose" / "images" / role / "Dockerfile"
        dockerfile.write_text(f"FROM player/{role}\n")
    (copy.folder / "compose" / "images" / "base" / "build.sh").write_text(
        'docker tag player/python "$1"\n'
    )
    silent = mirrored(empty_engine, 0, "silent") if answers == "never answers" else nullcontext()
    with silent, copy.start("images", "--services=plain") as command:
        assert command.end() == 0, command.said()
    said = command.said()
    assert f"no image registry answered for {OFFICIAL['python']} (" in said
    assert "): building stand-ins" in said
    for role in players():
        assert f"building levelbench/{role}:" in said
