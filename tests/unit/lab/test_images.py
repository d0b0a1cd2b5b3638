"""Which images a run uses, against an engine that only remembers what it was asked."""

import pytest

from levelbench.contestants.discovery import discover
from levelbench.lab import images
from levelbench.lab.engine import Image
from levelbench.model.config import load_config
from tests.unit.lab.memory import Memory

OFFICIAL = load_config().images
STANDINS = {"levelbench/python:3.13.5", "levelbench/postgres:17.11", "levelbench/redis:8.0.2",
            f"levelbench/k6:{OFFICIAL.k6_version}"}  # fmt: skip


def ensure(engine: Memory, source: images.Source) -> tuple[images.ImageSet, list[str]]:
    said: list[str] = []
    return images.ensure(engine, OFFICIAL, source, said.append), said


def test_auto_takes_official_images_where_a_registry_answers() -> None:
    engine = Memory(registry=True)
    found, _ = ensure(engine, "auto")
    assert found.source == "registry"
    assert found.postgres == OFFICIAL.postgres
    assert [asked for asked in engine.asked if asked.startswith("pull")] == [
        f"pull {reference}" for reference in OFFICIAL.model_dump().values()
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
    monkeypatch.setattr(images, "_folder_fingerprint", lambda folder: folder.name)
    ensure(engine, "standin")
    assert {asked.removeprefix("build ") for asked in engine.asked} == STANDINS


class TestService:
    @pytest.fixture
    def engine(self) -> Memory:
        engine = Memory()
        engine.held["python:1"] = Image("python:1")
        return engine

    def build(self, engine: Memory, name: str = "fastapi") -> str:
        service = discover()[name]
        return images.build_service(engine, service, "python:1", print)

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
    found = images.identities(engine, list(engine.held))
    assert (found["k6"].digest, found["k6"].id) == ("sha256:a", "sha256:b")
    assert (found["service-flask"].digest, found["service-flask"].id) == (None, "sha256:c")
