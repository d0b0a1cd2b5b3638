"""Which images a run uses, against an engine that only remembers what it was asked."""

from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from pydantic import ValidationError

from levelbench.command import CommandError
from levelbench.contestants.discovery import discover
from levelbench.contestants.service import Service
from levelbench.contestants.specification import Spec
from levelbench.errors import LabError
from levelbench.lab import images, recipes
from levelbench.lab.engine import Image, RegistryAnswer
from levelbench.lab.site import EngineError
from levelbench.model.config import load_config
from levelbench.model.references import Images, name_of, version_of
from tests.unit.lab.memory import Memory

OFFICIAL = load_config().images
STANDINS = {
    recipes.standin(role, reference).reference for role, reference in OFFICIAL.references().items()
}

SHARED = images.ImageSet("python:1", "", "", "", "registry", {"3.14": "python:1"})


def on(version: str) -> Service:
    """A contestant on a version of Python."""
    service = discover()["fastapi"]
    return replace(service, spec=Spec.model_validate({**dict(service.spec), "python": version}))


def ensure(
    engine: Memory, source: images.Source, *services: Service
) -> tuple[images.ImageSet, list[str]]:
    said: list[str] = []
    return images.ensure(engine, OFFICIAL, source, said.append, services), said


def test_auto_takes_official_images_where_a_registry_answers() -> None:
    engine = Memory(registry=True)
    found, _ = ensure(engine, "auto")
    assert found.source == "registry"
    assert found.postgres == OFFICIAL.postgres
    assert [asked for asked in engine.asked if asked.startswith("pull")] == [
        f"pull {reference}" for reference in OFFICIAL.references().values()
    ]


def test_auto_builds_standins_of_the_same_versions_where_none_answers() -> None:
    engine = Memory()
    found, said = ensure(engine, "auto")
    assert found.source == "standin"
    assert {found.python, found.postgres, found.redis, found.k6} == STANDINS
    assert "no image registry answered" in said[0]
    assert not any(asked.startswith("pull") for asked in engine.asked)


@pytest.mark.parametrize("registry", [True, False])
def test_auto_asks_nobody_when_everything_is_here(registry: bool) -> None:
    engine = Memory(registry=registry)
    ensure(engine, "auto")
    engine.asked.clear()
    ensure(engine, "auto")
    assert engine.asked == []


def test_standin_never_asks_a_registry() -> None:
    engine = Memory(registry=True)
    found, _ = ensure(engine, "standin")
    assert found.source == "standin"
    assert not any(asked.startswith(("registry", "pull")) for asked in engine.asked)


def test_registry_never_builds_a_standin() -> None:
    engine = Memory()
    found, _ = ensure(engine, "registry")
    assert found.source == "registry"
    assert not any(asked.startswith("build") for asked in engine.asked)


def test_a_changed_recipe_is_built_again(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = Memory()
    ensure(engine, "standin")
    engine.asked.clear()
    changed = dict(recipes.source_files(recipes.STANDINS / "base"))
    monkeypatch.setattr(recipes, "source_files", lambda folder: changed)
    found, _ = ensure(engine, "standin")
    built = {asked.removeprefix("build ") for asked in engine.asked}
    assert built >= set(found.roles().values())
    assert not built & STANDINS
    assert engine.held.keys() >= STANDINS  # another checkout may use them


class TestLater:
    """k6 compiles while contestants are built and verified."""

    def test_the_load_generator_is_waited_for(self, monkeypatch: pytest.MonkeyPatch) -> None:
        engine, later, go_on = Memory(), recipes.Later(), Event()
        build = engine.build

        def slowly(folder: Path, reference: str, *rest: Any) -> None:
            if "/k6:" in reference:
                assert go_on.wait(10)
            build(folder, reference, *rest)

        monkeypatch.setattr(engine, "build", slowly)
        found = images.ensure(engine, OFFICIAL, "standin", print, later=later)
        assert found.python in engine.held
        assert found.k6 not in engine.held
        go_on.set()
        found.wait()
        assert found.k6 in engine.held
        later.stop()

    def test_its_failure_is_that_of_the_wait(self, monkeypatch: pytest.MonkeyPatch) -> None:
        engine, later = Memory(), recipes.Later()
        monkeypatch.setattr(recipes.Recipe, "build", fail_k6)
        found = images.ensure(engine, OFFICIAL, "standin", lambda _: None, later=later)
        with pytest.raises(CommandError, match="no module proxy"):
            found.wait()
        later.stop()

    @pytest.mark.parametrize("registry", [True, False])
    def test_without_load_it_is_neither_built_nor_pulled(self, registry: bool) -> None:
        engine = Memory(registry=registry)
        images.ensure(engine, OFFICIAL, "auto", print, load=False)
        assert not any("k6" in asked for asked in engine.asked)


def fail_k6(recipe: recipes.Recipe, engine: Memory) -> None:
    if recipe.folder == "k6":
        raise CommandError("no module proxy")


class TestPython:
    """The version of Python is a parameter of a contestant."""

    def test_of_most_contestants_is_that_of_the_lab(self) -> None:
        found, _ = ensure(Memory(registry=True), "auto", on("3.14"))
        assert found.pythons == {"3.14": found.python} == {"3.14": OFFICIAL.python["3.14"]}

    def test_is_pulled_in_addition(self) -> None:
        engine = Memory(registry=True)
        found, _ = ensure(engine, "auto", on("3.14"), on("3.13"))
        assert found.pythons["3.13"] == OFFICIAL.python["3.13"]
        assert f"pull {OFFICIAL.python['3.13']}" in engine.asked
        assert f"pull {OFFICIAL.python['3.15']}" not in engine.asked

    def test_is_recorded_by_its_role(self) -> None:
        engine = Memory(registry=True)
        found, _ = ensure(engine, "auto", on("3.13"))
        recorded = images.identities(engine, found.roles())
        assert recorded["python"].reference == OFFICIAL.python["3.14"]
        assert recorded["python-3.13"].reference == OFFICIAL.python["3.13"]

    def test_has_a_stand_in(self) -> None:
        engine = Memory()
        found, _ = ensure(engine, "auto", on("3.15"))
        assert found.pythons["3.15"].startswith("levelbench/python:3.15.")
        assert f"build {found.pythons['3.15']}" in engine.asked

    @pytest.mark.parametrize("registry", [True, False])
    def test_without_the_lock_is_always_built_here(self, registry: bool) -> None:
        engine = Memory(registry=registry)
        found, _ = ensure(engine, "auto", on("3.14t"))
        assert found.pythons["3.14t"].startswith("levelbench/python:3.14t-")
        assert engine.asked.count(f"build {found.pythons['3.14t']}") == 1

    def test_without_the_lock_is_built_only_for_who_asks(self) -> None:
        engine = Memory()
        ensure(engine, "auto", on("3.14"))
        assert not any("3.14t" in asked for asked in engine.asked)

    def test_that_has_no_image_is_refused_by_name(self) -> None:
        with pytest.raises(LabError, match=r"no image of Python 3\.9\. .*\[images\.python\]"):
            ensure(Memory(), "auto", on("3.9"))

    def test_decides_the_image_of_a_contestant(self) -> None:
        engine = Memory()
        newer = {"3.14": "python:1", "3.15": "python:2"}
        shared = replace(SHARED, pythons=newer)
        engine.held |= {image: Image(image) for image in newer.values()}
        built = {images.build_service(engine, on(version), shared, print) for version in newer}
        assert len(built) == 2


class TestService:
    @pytest.fixture
    def engine(self) -> Memory:
        engine = Memory()
        engine.held["python:1"] = Image("python:1")
        return engine

    def build(self, engine: Memory, name: str = "fastapi") -> str:
        return images.build_service(engine, discover()[name], SHARED, print)

    def test_is_built_once(self, engine: Memory) -> None:
        reference = self.build(engine)
        assert engine.asked == [f"build {reference}"]
        assert self.build(engine) == reference
        assert len(engine.asked) == 1

    def test_an_exhibit_is_built_from_its_contestants_files_too(self, engine: Memory) -> None:
        self.build(engine, "django")
        own = engine.context
        self.build(engine, "django-as-published")
        assert engine.context == own | {"app/published.py"}
        assert {"Dockerfile", ".dockerignore", "requirements.lock", "bin/serve"} <= own

    def test_an_older_build_is_removed_and_no_other_image(self, engine: Memory) -> None:
        engine.held["levelbench/service-fastapi:older"] = Image("older")
        other = self.build(engine, "starlette")
        engine.asked.clear()
        self.build(engine)
        assert [a for a in engine.asked if a.startswith("remove")] == [
            "remove levelbench/service-fastapi:older"
        ]
        assert other in engine.held


def test_identifies_what_was_used() -> None:
    engine = Memory()
    engine.held["grafana/k6:1.2.3"] = Image(id="sha256:b", digest="sha256:a")
    engine.held["levelbench/service-flask:c0ffee"] = Image(id="sha256:c")
    built = images.of_services(["levelbench/service-flask:c0ffee"])
    found = images.identities(engine, {"k6": "grafana/k6:1.2.3", **built})
    assert (found["k6"].digest, found["k6"].id) == ("sha256:a", "sha256:b")
    assert (found["service-flask"].digest, found["service-flask"].id) == (None, "sha256:c")


MIRROR = "localhost:5000/mirror"
ROLES = ("python", "postgres", "redis", "k6")


@pytest.mark.parametrize(
    "official",
    [
        {role: f"localhost:5000/{role}:1.2" for role in ROLES},
        {role: f"{MIRROR}:1.2-{role}" for role in ROLES},
        {role: f"localhost:5000/{role}:1.2@sha256:{role}" for role in ROLES},
    ],
    ids=["port", "one-repository", "digest"],
)
def test_all_four_images_are_recorded_wherever_they_come_from(official: dict[str, str]) -> None:
    """One of four was recorded, under the name of the registry."""
    engine = Memory(registry=True)
    configured = Images.model_validate({**official, "python": {"3.14": official["python"]}})
    found = images.ensure(engine, configured, "registry", print)
    recorded = images.identities(engine, found.roles())
    assert {role: one.reference for role, one in recorded.items()} == official


@pytest.mark.parametrize(
    ("reference", "name", "version"),
    [
        ("python:3.13.5-slim", "python", "3.13.5"),
        ("grafana/k6:1.2.3", "k6", "1.2.3"),
        ("localhost:5000/python:3.13.5-slim", "python", "3.13.5"),
        ("localhost:5000/python:3.13.5@sha256:0123", "python", "3.13.5"),
    ],
)
def test_a_reference_has_a_name_and_a_version(reference: str, name: str, version: str) -> None:
    assert (name_of(reference), version_of(reference)) == (name, version)


@pytest.mark.parametrize("reference", ["python", "localhost:5000/python", "python@sha256:0123"])
def test_a_reference_without_a_tag_is_refused(reference: str) -> None:
    """Stand-ins are built of the version that the tag names."""
    with pytest.raises(ValidationError, match="has no tag"):
        Images.model_validate({**OFFICIAL.model_dump(), "redis": reference})


class TestRefusal:
    """A registry that answers is not replaced by stand-ins."""

    @pytest.fixture
    def engine(self) -> Memory:
        engine = Memory()
        engine.registry_answer = RegistryAnswer(True, "toomanyrequests: rate limit")
        return engine

    def test_is_said_and_nothing_is_built(self, engine: Memory) -> None:
        with pytest.raises(EngineError, match=r"registry refuses python:.*: toomanyrequests"):
            ensure(engine, "auto")
        assert not any(asked.startswith("build") for asked in engine.asked)

    def test_standins_are_built_where_they_are_asked_for(self, engine: Memory) -> None:
        assert ensure(engine, "standin")[0].source == "standin"


def test_why_no_registry_answered_is_said() -> None:
    assert "(connection refused): building stand-ins" in ensure(Memory(), "auto")[1][0]


def test_the_image_of_another_checkout_is_not_removed() -> None:
    engine = Memory()
    engine.held["python:1"] = Image("python:1")
    labels = {images.CHECKOUT_LABEL: "another"}
    engine.held["levelbench/service-fastapi:older"] = Image("older", labels=labels)
    images.build_service(engine, discover()["fastapi"], SHARED, print)
    assert "levelbench/service-fastapi:older" in engine.held


class TestTwoCheckouts:
    """On one engine, neither takes an image away that the other uses."""

    @pytest.fixture
    def engine(self) -> Memory:
        engine = Memory()
        engine.held["python:1"] = Image("python:1")
        return engine

    def build(
        self, engine: Memory, monkeypatch: pytest.MonkeyPatch, checkout: str, sources: str
    ) -> str:
        monkeypatch.setattr(images, "CHECKOUT", checkout)
        monkeypatch.setattr(Service, "fingerprint", lambda *_: sources)
        return images.build_service(engine, discover()["fastapi"], SHARED, print)

    def test_the_same_sources_share_an_image(
        self, engine: Memory, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        first = self.build(engine, monkeypatch, "a", "1")
        assert self.build(engine, monkeypatch, "b", "1") == first
        assert engine.asked == [f"build {first}"]

    def test_an_edit_in_one_leaves_the_image_of_the_other(
        self, engine: Memory, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The one that had built it took it away from the other."""
        first = self.build(engine, monkeypatch, "a", "1")
        self.build(engine, monkeypatch, "b", "1")
        edited = self.build(engine, monkeypatch, "a", "2")
        assert {first, edited} <= engine.held.keys()

    def test_an_image_that_neither_uses_is_removed(
        self, engine: Memory, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        first = self.build(engine, monkeypatch, "a", "1")
        self.build(engine, monkeypatch, "b", "1")
        second = self.build(engine, monkeypatch, "a", "2")
        self.build(engine, monkeypatch, "b", "2")
        self.build(engine, monkeypatch, "a", "2")
        assert first not in engine.held
        assert second in engine.held
