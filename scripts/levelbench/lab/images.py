"""Images of a run: official ones or stand-ins, and the contestants' own."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Literal

from levelbench import command
from levelbench.contestants.discovery import Service, copy_files, source_files
from levelbench.errors import LabError
from levelbench.lab.engine import Engine
from levelbench.lab.site import EngineError
from levelbench.model.config import ROOT, Images, name_of, version_of
from levelbench.model.run import ImageIdentity

STANDINS = ROOT / "compose" / "images"
LABEL = "io.levelbench"
"""Label of every image that the lab builds; its value is the purpose."""
FINGERPRINT_LABEL = "io.levelbench.fingerprint"
CHECKOUT_LABEL = "io.levelbench.checkout"
"""Identifies the checkout that a contestant's image was built from."""
CHECKOUT = sha256(str(ROOT).encode()).hexdigest()[:12]
BASE_IMAGE = "levelbench/base:trixie"
REGISTRY_TIMEOUT_S = 20.0
"""Reasoned: stand-ins take minutes to build. Without a network the answer comes at once."""
ROLES = ("python", "postgres", "redis", "k6")

Source = Literal["auto", "registry", "standin"]
Say = Callable[[str], None]


@dataclass(frozen=True)
class ImageSet:
    """The four images that are not the contestants' own."""

    python: str
    postgres: str
    redis: str
    k6: str
    source: Literal["registry", "standin"]


@dataclass(frozen=True)
class Choice:
    """Where images come from on an engine, before any is pulled or built."""

    source: Literal["registry", "standin"]
    missing: tuple[str, ...] = ()
    """Official images that the engine has not."""
    unanswered: str = ""
    """Why no registry answered for them; empty if one did."""
    refused: str = ""
    """What a registry answered instead of them; empty if it has them."""


def choose(engine: Engine, images: Images, source: Source) -> Choice:
    """`auto`: official images where a registry answers, even if it refuses them, else stand-ins;
    what is here already is used without asking.
    """
    official = images.model_dump()
    if source == "standin":
        return Choice("standin")
    missing = tuple(name for name in official.values() if engine.image(name) is None)
    if source == "auto" and missing:
        if _standins_are_here(engine, official):
            return Choice("standin", missing)
        answer = engine.registry(missing[0], REGISTRY_TIMEOUT_S)
        if not answer.reached:
            return Choice("standin", missing, unanswered=answer.said)
        return Choice("registry", missing, refused=answer.said)
    return Choice("registry", missing)


def ensure(engine: Engine, images: Images, source: Source, say: Say) -> ImageSet:
    """Make the four images available, pulling or building what is missing. Raises EngineError."""
    official = images.model_dump()
    choice = choose(engine, images, source)
    if choice.unanswered:
        say(
            f"no image registry answered for {choice.missing[0]} ({choice.unanswered}): building "
            "stand-ins of the same versions (IMAGES=registry insists on official ones)"
        )
    if choice.refused:
        raise EngineError(refusal(choice), REFUSAL_REMEDY)
    if choice.source == "standin":
        return _standins(engine, official, say)
    for reference in choice.missing:
        say(f"pulling {reference}")
        engine.pull(reference)
    return ImageSet(**official, source="registry")


REFUSAL_REMEDY = (
    "Wait, or log in to the registry, or correct [images] in levelbench.toml. IMAGES=standin "
    "builds stand-ins of the same versions instead."
)


def refusal(choice: Choice) -> str:
    """What the registry answered instead of the images."""
    return f"the image registry refuses {choice.missing[0]}: {choice.refused}"


def _standin_references(official: dict[str, str]) -> dict[str, str]:
    """levelbench/<role>:<version>, the version being the official tag's first part."""
    return {
        role: f"levelbench/{role}:{version_of(reference)}" for role, reference in official.items()
    }


def _standins_are_here(engine: Engine, official: dict[str, str]) -> bool:
    return all(engine.image(reference) for reference in _standin_references(official).values())


def _standins(engine: Engine, official: dict[str, str], say: Say) -> ImageSet:
    references = _standin_references(official)
    _base(engine, say)
    for role, reference in references.items():
        fingerprint = _folder_fingerprint(STANDINS / role)
        if _label(engine, reference, FINGERPRINT_LABEL) == fingerprint:
            continue
        say(f"building the stand-in {reference}")
        arguments = {"BASE_IMAGE": BASE_IMAGE}
        if role == "k6":
            arguments |= {"K6_VERSION": version_of(reference), **_go_settings()}
        labels = {LABEL: "standin", FINGERPRINT_LABEL: fingerprint}
        with tempfile.TemporaryDirectory(prefix="levelbench-build-") as folder:
            context = Path(folder) / role
            copy_files(source_files(STANDINS / role), context)
            engine.build(context, reference, arguments, labels)
    return ImageSet(**references, source="standin")


def _base(engine: Engine, say: Say) -> None:
    if engine.image(BASE_IMAGE):
        return
    say(f"building {BASE_IMAGE} with debootstrap (about a minute)")
    engine.build(STANDINS / "base", BASE_IMAGE, {}, {})


def _go_settings() -> dict[str, str]:
    """Where the host gets Go modules from, so that a build inside a container does the same."""
    names = ("GOPROXY", "GOSUMDB")
    go = shutil.which("go")
    found = {name: os.environ.get(name, "") for name in names}
    if go:
        found = dict(zip(names, command.run([go, "env", *names]).splitlines(), strict=False))
    return {name: value for name, value in found.items() if value}


def _label(engine: Engine, reference: str, label: str) -> str | None:
    image = engine.image(reference)
    return None if image is None else image.labels.get(label)


def _folder_fingerprint(folder: Path) -> str:
    digest = sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        digest.update(f"{path.relative_to(folder)}\0".encode() + path.read_bytes())
    return digest.hexdigest()[:12]


def build_service(engine: Engine, service: Service, python: str, say: Say) -> str:
    """The reference of the contestant's image, built unless it is here already.

    The tag is a fingerprint of its files and of the base image: a source change rebuilds that
    contestant only, and nothing else rebuilds it. Raises EngineError with the builder's last
    lines.
    """
    reference = service_reference(engine, service, python)
    if engine.image(reference) is None:
        say(f"building {service.name}")
        labels = {LABEL: "service", CHECKOUT_LABEL: CHECKOUT}
        with tempfile.TemporaryDirectory(prefix="levelbench-build-") as folder:
            context = Path(folder) / service.name
            service.lay_out(context)
            engine.build(context, reference, {"PYTHON_IMAGE": python}, labels)
        _remove_older(engine, reference)
    return reference


def build_counted(engine: Engine, contestant: str, say: Say) -> str:
    """The image that is a contestant's (its reference) with valgrind, built unless it is here.

    Raises EngineError with the builder's last lines.
    """
    name, _, tag = contestant.rpartition(":")
    reference = f"{name.replace('/service-', '/count-', 1)}:{tag}"
    if engine.image(reference) is None:
        say(f"adding valgrind to {contestant}")
        arguments = {"CONTESTANT_IMAGE": contestant}
        engine.build(STANDINS / "count", reference, arguments, {LABEL: "count"})
        _remove_older(engine, reference)
    return reference


def service_reference(engine: Engine, service: Service, python: str) -> str:
    """The reference that the contestant's image has, or will have. Raises LabError."""
    python_image = engine.image(python)
    if python_image is None:
        raise LabError(f"the image {python} is missing", "Run `make images`.")
    return f"levelbench/service-{service.name}:{service.fingerprint(python_image.id)}"


def _remove_older(engine: Engine, newest: str) -> None:
    """Untag earlier builds of this checkout, so that edits do not fill the disk; layers in use are
    shared. Another checkout may be using its own."""
    repository = newest.rpartition(":")[0]
    for tag in engine.lab_images():
        older = tag.startswith(f"{repository}:") and tag != newest
        if older and _label(engine, tag, CHECKOUT_LABEL) in (None, CHECKOUT):
            engine.remove_image(tag)


def of_roles(images: ImageSet) -> dict[str, str]:
    """Role -> reference."""
    return {role: str(getattr(images, role)) for role in ROLES}


def of_services(references: Iterable[str]) -> dict[str, str]:
    """`service-<contestant>` -> reference."""
    return {name_of(reference): reference for reference in references}


def identities(engine: Engine, references: Mapping[str, str]) -> dict[str, ImageIdentity]:
    """Name -> what exactly is used: the registry's digest, or the id of an image built here.

    A name is a role and not the image's own: a mirror may have all images under one name.
    """
    found = {}
    for name, reference in references.items():
        image = engine.image(reference)
        if image is not None:
            found[name] = ImageIdentity(reference=reference, digest=image.digest, id=image.id)
    return found


def size_mib(engine: Engine, reference: str) -> float | None:
    """Size of an image with all its layers, MiB."""
    image = engine.image(reference)
    if image is None or image.size_bytes is None:
        return None
    return round(image.size_bytes / 2**20, 1)
