"""Values of a setting as services: which can be swept, and what each is started with."""

from pathlib import Path

import pytest
import yaml
from syrupy.assertion import SnapshotAssertion

from levelbench.contestants import sweep
from levelbench.contestants.discovery import discover
from levelbench.contestants.service import Service
from levelbench.errors import LabError
from levelbench.lab.images import ImageSet, service_reference
from levelbench.model.config import COMPOSE_FILE
from levelbench.verify.contract.subject import POOL_SIZE
from tests.unit.lab.memory import Image, Memory

KNOWN = discover()
EQUAL = {name: one for name, one in KNOWN.items() if one.spec.role != "guest"}
POOLED = [name for name, one in EQUAL.items() if one.spec.event_loop != "none"]


def line_up(name: str, over: str) -> dict[str, Service]:
    return sweep.line_up(sweep.of(KNOWN[name], over, KNOWN), KNOWN)


@pytest.mark.parametrize(
    ("name", "over", "variables"),
    [
        ("fastapi", "pool=2,24", {"POOL_SIZE": "24"}),
        ("fastapi", "workers=1,2", {"WEB_CONCURRENCY": "2"}),
        ("django", "workers=1,5", {"GUNICORN_CMD_ARGS": "--workers=5"}),
        ("django", "threads=8", {"GUNICORN_CMD_ARGS": "--threads=8"}),
        ("flask", "threads=8", {"GUNICORN_CMD_ARGS": "--threads=8", "POOL_SIZE": "8"}),
    ],
)
def test_a_value_is_started_with_variables(name: str, over: str, variables: dict[str, str]) -> None:
    *_, last = line_up(name, over).values()
    assert last.environment == variables


def test_each_value_is_a_service_and_the_declared_one_is_the_contestant() -> None:
    found = line_up("fastapi", "pool=24, 2,12,4")
    assert list(found) == ["fastapi", "fastapi-pool-2", "fastapi-pool-4", "fastapi-pool-24"]
    assert found["fastapi"] is KNOWN["fastapi"]
    assert found["fastapi-pool-24"].spec.display_name == "FastAPI, pool 24"


def test_the_declared_value_is_always_among_the_values() -> None:
    asked = sweep.of(KNOWN["django"], "threads=2,8", KNOWN)
    assert asked.declared == 4
    assert asked.values == {"django-threads-2": 2, "django": 4, "django-threads-8": 8}


def test_all_values_have_one_image() -> None:
    engine = Memory()
    engine.held["python:1"] = Image("python")
    python = KNOWN["fastapi"].spec.python
    shared = ImageSet("python:1", "p", "r", "k", "standin", {python: "python:1"})
    found = line_up("fastapi", "pool=2,24").values()
    assert len({service_reference(engine, one, shared) for one in found}) == 1


@pytest.mark.parametrize("name", POOLED)
def test_every_contestant_with_an_event_loop_has_a_pool_that_can_be_swept(name: str) -> None:
    if KNOWN[name].spec.exhibit is None:
        declared = sweep.of(KNOWN[name], "pool=1", KNOWN).declared
        assert declared * KNOWN[name].spec.processes == POOL_SIZE


@pytest.mark.parametrize("name", EQUAL)
def test_what_is_declared_makes_the_connections_that_every_contestant_has(name: str) -> None:
    assert sweep.connections(KNOWN[name]) == POOL_SIZE


@pytest.mark.parametrize(
    ("name", "over", "expected"),
    [
        ("fastapi", "pool=24", 24),
        ("fastapi", "workers=2", 24),
        ("django", "workers=2", 8),
        ("django", "threads=2", 6),
        ("flask", "threads=8", 24),
        ("flask", "pool=2", 6),
        ("flask", "pool=8", 12),
    ],
)
def test_the_connections_that_follow_from_a_value(name: str, over: str, expected: int) -> None:
    (value,) = (one for one in line_up(name, over).values() if one.environment)
    assert sweep.connections(value) == expected


def test_more_connections_than_the_database_allows_are_refused() -> None:
    services = list(line_up("fastapi", "pool=24,48,96").values())
    sweep.require_connections(services, together=False, twin=True)
    with pytest.raises(LabError) as refused:
        sweep.require_connections(services, together=True, twin=True)
    assert str(refused.value) == (
        "these values need 296 database connections, and PostgreSQL allows 200. Choose fewer or "
        "smaller values, or raise max_connections in postgresql.conf."
    )


def test_a_limit_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    (tmp_path / "postgresql.conf").write_text("jit = off\n")
    with pytest.raises(LabError, match="allows an unknown number of"):
        sweep.require_connections(
            [KNOWN["flask"]], together=True, twin=False, file=tmp_path / "postgresql.conf"
        )


@pytest.mark.parametrize(
    ("name", "over"),
    [
        ("fastapi", ""),
        ("fastapi", "pool"),
        ("fastapi", "pool="),
        ("fastapi", "pool=two"),
        ("fastapi", "pool=0,4"),
        ("fastapi", "pool=-1"),
        ("fastapi", "pool=4,100"),
        ("fastapi", "pool=12"),
        ("fastapi", "pool=1,2,3,4,5,6,7,8"),
        ("fastapi", "cores=1,2"),
        ("fastapi", "threads=2,4"),
        ("django", "pool=2,4"),
        ("aiohttp", "workers=2"),
        ("flask-as-published", "threads=2"),
        ("url-shortener", "workers=2"),
    ],
)
def test_what_cannot_be_swept_is_refused_in_one_line(
    name: str, over: str, snapshot: SnapshotAssertion
) -> None:
    with pytest.raises(LabError) as refused:
        sweep.of(KNOWN[name], over, KNOWN)
    assert str(refused.value) == snapshot


def test_each_variable_reaches_the_contestant() -> None:
    compose = yaml.safe_load(COMPOSE_FILE.read_text(encoding="utf-8"))
    variables = {sweep.POOL, *(variable for variable, _ in sweep.BY_SERVER.values())}
    service, worker = (compose["services"][name]["environment"] for name in ("service", "worker"))
    assert variables == {name for name, value in service.items() if value is None}
    assert not variables & worker.keys()
