import json

import pytest

from levelbench.contestants.discovery import discover
from levelbench.contestants.specification import Spec
from levelbench.model.config import ROOT
from levelbench.model.run import ServiceRecord
from levelbench.model.traits import TABLE, TRAITS, Traits, current, differing, markdown
from tests import DATA

KNOWN = discover()
BEFORE = json.loads((DATA / "services-before-traits.json").read_text(encoding="utf-8"))


def test_the_table_has_every_trait_in_order() -> None:
    assert tuple(row.name for row in TABLE) == TRAITS
    assert set(TRAITS) <= Spec.model_fields.keys()


def test_the_contract_shows_the_table() -> None:
    assert markdown() in (ROOT / "services" / "CONTRACT.md").read_text(encoding="utf-8")


def test_fastapi_and_starlette_differ_in_the_serializer_only() -> None:
    assert differing(KNOWN["fastapi"].spec.traits, KNOWN["starlette"].spec.traits) == (
        "serializer",
    )


def test_what_only_one_of_two_has_recorded_is_not_claimed_to_differ() -> None:
    one: Traits = {"server": "uvicorn", "threads": 0, "driver": "asyncpg"}
    other: Traits = {"server": "granian", "threads": 0, "python": "3.14"}
    assert differing(one, other) == ("server",)


def test_a_run_of_before_has_the_traits_that_it_recorded() -> None:
    found = {name: ServiceRecord(**fields) for name, fields in BEFORE.items()}
    assert found["flask"].traits == {
        "interface": "wsgi", "server": "gunicorn", "http_parser": "gunicorn",
        "event_loop": "none", "processes": 3, "threads": 4,
    }  # fmt: skip
    assert found["starlette"].traits == {
        "interface": "asgi", "server": "uvicorn", "http_parser": "httptools",
        "event_loop": "uvloop", "processes": 1, "threads": 0,
    }  # fmt: skip
    for name, service in found.items():
        production = service.production
        assert production is not None
        assert (production.processes, production.server) == (
            service.traits["processes"],
            service.traits["server"],
        )
        assert ServiceRecord(**json.loads(service.model_dump_json())) == service, name


OLDER = {
    "django": {
        "interface": "WSGI", "server": "gunicorn (gthread)", "workers": 3, "threads": 4,
        "orm": "Django ORM 6.1", "driver": "psycopg 3", "driver_implementation": "C",
        "prepared_statements": False, "serializer": "json (JsonResponse)",
    },
    "flask": {
        "interface": "WSGI", "server": "gunicorn (gthread)", "workers": 3, "threads": 4,
        "orm": "SQLAlchemy 2.1 (Flask-SQLAlchemy)", "driver": "psycopg",
        "driver_implementation": "C", "prepared_statements": False,
        "serializer": "json (Flask's default provider)",
    },
    "fastapi": {
        "interface": "ASGI", "server": "uvicorn (uvloop, httptools)", "workers": 1, "threads": 0,
        "orm": "SQLAlchemy 2.1 (asyncio)", "driver": "asyncpg", "driver_implementation": "C",
        "prepared_statements": True, "serializer": "pydantic-core (response models)",
    },
    "floor-wsgi": {
        "interface": "WSGI", "server": "gunicorn (gthread)", "workers": 3, "threads": 4,
        "orm": "none (hand-written SQL)", "driver": "psycopg", "driver_implementation": "C",
        "prepared_statements": True, "serializer": "text, strings escaped by json",
    },
}  # fmt: skip
"""The keys of service.toml before traits."""


@pytest.mark.parametrize("name", OLDER)
def test_the_keys_of_an_older_commit_become_traits(name: str) -> None:
    now = {**KNOWN[name].spec.traits, "python": "3.13"}
    assert {**current(OLDER[name]), "api_layer": "none", "tasks": "celery"} == now


def test_todays_keys_stay_as_they_are() -> None:
    content = KNOWN["flask"].declared()
    assert current(content) is content
