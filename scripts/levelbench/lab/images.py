"""Images of a run: official ones or stand-ins, and the contestants' own."""

import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Literal

from levelbench.contestants.service import Service
from levelbench.errors import LabError
from levelbench.lab.engine import Engine
from levelbench.lab.recipes import BASE, LABEL, STANDINS, Later, free_threaded, standin
from levelbench.lab.site import EngineError
from levelbench.model.config import ROOT
from levelbench.model.references import FREE_THREADED, Images, name_of, python_role
from levelbench.model.run import ImageIdentity

CHECKOUT_LABEL = "io.levelbench.checkout"
"""Identifies the checkout that a contestant's image was built from."""
CHECKOUT = sha256(str(ROOT).encode()).hexdigest()[:12]
REGISTRY_TIMEOUT_S = 20.0
"""Reasoned: stand-ins take minutes to build. Without a network the answer comes at once."""

Source = Literal["auto", "registry", "standin"]
Instrument = Literal["count", "profile"]
INSTRUMENTS: Mapping[Instrument, str] = {"count": "valgrind", "profile": "py-spy"}
"""Folder of STANDINS -> the program that it adds to a contestant's image."""
Say = Callable[[str], None]


@dataclass(frozen=True)
class ImageSet:
    """The images that are not the contestants' own."""

    python: str
    """Of the lab's own container."""
    postgres: str
    redis: str
    k6: str
    source: Literal["registry", "standin"]
    pythons: Mapping[str, str] = field(default_factory=dict)
    """Version of Python -> image, of the contestants."""
    wait: Callable[[], None] = field(default=lambda: None, compare=False)
    """Wait for the load generator's image, which may still be built. Raises CommandError."""

    def roles(self) -> dict[str, str]:
        """Role -> reference, each image once."""
        pythons = {python_role(version): image for version, image in self.pythons.items()}
        servers = {"postgres": self.postgres, "redis": self.redis, "k6": self.k6}
        return {"python": self.python, **pythons, **servers}


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


def choose(engine: Engine, official: Mapping[str, str], source: Source) -> Choice:
    """Where the images of some roles (role -> official reference) come from. `auto`: official ones
    where a registry answers, even if it refuses them, else stand-ins; what is here already is used
    without asking.
    """
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


def ensure(
    engine: Engine,
    images: Images,
    source: Source,
    say: Say,
    services: Iterable[Service] = (),
    *,
    load: bool = True,
    later: Later | None = None,
) -> ImageSet:
    """Make the images available that the lab and these contestants start from, pulling or building
    what is missing. Without `load`, no load generator is needed; `later` builds its stand-in while
    the caller continues. Raises LabError.
    """
    pythons = sorted({service.spec.python for service in services})
    official = images.references(pythons)
    if not load:
        del official["k6"]
    choice = choose(engine, official, source)
    if choice.unanswered:
        say(
            f"no image registry answered for {choice.missing[0]} ({choice.unanswered}): building "
            "stand-ins of the same versions (IMAGES=registry insists on official ones)"
        )
    if choice.refused:
        raise EngineError(refusal(choice), REFUSAL_REMEDY)
    if choice.source == "standin":
        found = _standins(engine, official, say, later)
    else:
        found = official
        for reference in choice.missing:
            say(f"pulling {reference}")
            engine.pull(reference)
    for version in pythons:
        if python_role(version) not in found:
            found[python_role(version)] = _free_threaded(engine, images, version, choice, say)
    return ImageSet(
        python=found["python"],
        postgres=found["postgres"],
        redis=found["redis"],
        k6=found.get("k6", images.k6),
        source=choice.source,
        pythons={version: found[python_role(version)] for version in pythons},
        wait=later.wait if later else lambda: None,
    )


REFUSAL_REMEDY = (
    "Wait, or log in to the registry, or correct [images] in levelbench.toml. IMAGES=standin "
    "builds stand-ins of the same versions instead."
)


def refusal(choice: Choice) -> str:
    """What the registry answered instead of the images."""
    return f"the image registry refuses {choice.missing[0]}: {choice.refused}"


def _standins_are_here(engine: Engine, official: Mapping[str, str]) -> bool:
    return all(engine.image(standin(role, name).reference) for role, name in official.items())


def _standins(
    engine: Engine, official: Mapping[str, str], say: Say, later: Later | None
) -> dict[str, str]:
    recipes = {role: standin(role, name) for role, name in official.items()}
    if any(engine.image(recipe.reference) is None for recipe in recipes.values()):
        BASE.ensure(engine, say, " with debootstrap (about a minute)")
    k6 = {}
    if later and "k6" in recipes:
        k6["k6"] = later.start(recipes.pop("k6"), engine, say)
    return k6 | {role: recipe.ensure(engine, say) for role, recipe in recipes.items()}


def _free_threaded(engine: Engine, images: Images, version: str, choice: Choice, say: Say) -> str:
    """The image of a Python that is always built here."""
    like = version.removesuffix(FREE_THREADED)
    official = images.python[like]
    if choice.source == "standin":
        BASE.ensure(engine, say)
        python = standin(python_role(like), official).ensure(engine, say)
    else:
        python = official
        if engine.image(python) is None:
            say(f"pulling {python}")
            engine.pull(python)
    return free_threaded(version, python).ensure(engine, say, " from its source (half an hour)")


def _label(engine: Engine, reference: str, label: str) -> str | None:
    image = engine.image(reference)
    return None if image is None else image.labels.get(label)


def build_service(engine: Engine, service: Service, shared: ImageSet, say: Say) -> str:
    """The reference of the contestant's image, built unless it is here already.

    The tag is a fingerprint of its files and of the base image: a source change rebuilds that
    contestant only, and nothing else rebuilds it. Raises EngineError with the builder's last
    lines.
    """
    reference = service_reference(engine, service, shared)
    if engine.image(reference) is None:
        say(f"building {service.name}")
        labels = {LABEL: "service", CHECKOUT_LABEL: CHECKOUT}
        with tempfile.TemporaryDirectory(prefix="levelbench-build-") as folder:
            context = Path(folder) / service.name
            service.lay_out(context)
            arguments = {"PYTHON_IMAGE": shared.pythons[service.spec.python]}
            engine.build(context, reference, arguments, labels)
    _keep(engine, reference)
    return reference


def build_instrumented(engine: Engine, contestant: str, tool: Instrument, say: Say) -> str:
    """The image that is a contestant's (its reference) with valgrind or py-spy, built unless it is
    here.

    Raises EngineError with the builder's last lines.
    """
    name, _, tag = contestant.rpartition(":")
    reference = f"{name.replace('/service-', f'/{tool}-', 1)}:{tag}"
    if engine.image(reference) is None:
        say(f"adding {INSTRUMENTS[tool]} to {contestant}")
        arguments = {"CONTESTANT_IMAGE": contestant}
        engine.build(STANDINS / tool, reference, arguments, {LABEL: tool})
    _keep(engine, reference)
    return reference


def service_reference(engine: Engine, service: Service, shared: ImageSet) -> str:
    """The reference that the contestant's image has, or will have. Raises LabError."""
    python = shared.pythons[service.spec.python]
    python_image = engine.image(python)
    if python_image is None:
        raise LabError(f"the image {python} is missing", "Run `make images`.")
    return f"levelbench/service-{service.image_name}:{service.fingerprint(python_image.id)}"


def _keep(engine: Engine, newest: str) -> None:
    """Mark an image as this checkout's, with another tag, and untag its earlier ones, so that edits
    do not fill the disk; not those that another checkout has marked. Layers in use are shared."""
    repository = newest.rpartition(":")[0]
    known = {tag for tag in engine.lab_images() if tag.startswith(f"{repository}:")}
    if f"{newest}-{CHECKOUT}" not in known:
        engine.tag(newest, f"{newest}-{CHECKOUT}")
    own = f"-{CHECKOUT}"
    marks = {tag for tag in known if "-" in tag.rpartition(":")[2]}
    for mark in sorted(tag for tag in marks if tag.endswith(own) and tag != newest + own):
        engine.remove_image(mark)
        marks.remove(mark)
    for image in sorted(known - marks - {newest}):
        if image.endswith(own):
            continue
        used = any(mark.startswith(f"{image}-") for mark in marks)
        if not used and _label(engine, image, CHECKOUT_LABEL) in (None, CHECKOUT):
            engine.remove_image(image)


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
