"""Every configured option is declared in service.toml: which options are found, and which count."""

import shutil
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from levelbench.contestants.discovery import SERVICES, discover
from levelbench.contestants.new import create
from levelbench.contestants.service import TODO_FILE, Service
from levelbench.model.ledger import ParityEntry
from levelbench.verify.parity import choices
from levelbench.verify.parity.choices import FIXED, undeclared
from levelbench.verify.parity.configured import Found, find
from levelbench.verify.parity.ground import Ground

KNOWN = discover()
SHIPPED = [name for name, one in KNOWN.items() if not one.spec.is_guest]


@pytest.mark.parametrize("name", SHIPPED)
def test_every_choice_is_declared(name: str) -> None:
    assert undeclared(KNOWN[name]) == []


def test_options_that_need_no_entry_still_exist() -> None:
    found = {found.name for service in KNOWN.values() for found in find(service.files())}
    assert set(FIXED) - found == set()


def copy(folder: Path, file: str, old: str, new: str) -> Service:
    """The contestant of a file, with an edit in it."""
    name = file.split("/")[0]
    shutil.copytree(SERVICES / name, folder / name)
    text = (folder / file).read_text()
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1))
    return discover(folder)[name]


@pytest.mark.parametrize(
    ("file", "old", "new", "missing"),
    [
        ("django/service.toml", "CONN_MAX_AGE", "", "app/settings.py: CONN_MAX_AGE = None"),
        ("starlette/service.toml", "--no-access-log", "", "bin/serve: --no-access-log"),
        ("fastapi/bin/serve", "--loop", "--backlog 4096 --loop", "bin/serve: --backlog 4096"),
        ("fastapi/bin/serve", "alive 75", "alive 5", "bin/serve: --timeout-keep-alive 5"),
        ("fastapi/bin/serve", "exec", "UVICORN_WORKERS=2 exec", "bin/serve: UVICORN_WORKERS = 2"),
        ("fastapi/bin/worker", "--concurrency 1", "-c4", "bin/worker: -c4"),
        ("fastapi/Dockerfile", "USER 1", "ENV WEB_CONCURRENCY=2\nUSER 1",
         "Dockerfile: WEB_CONCURRENCY = 2"),
        ("fastapi/Dockerfile", '["bin/serve"]', '["bin/serve", "--reload"]',
         "Dockerfile: --reload"),
        ("fastapi/app/settings.py", '"POOL_SIZE", "12"', '"POOL_SIZE", "24"',
         "app/database.py: pool_size = 24"),
        ("fastapi/app/settings.py", "HASHING_THREADS = 2", "HASHING_THREADS = 2\nRETRIES = 3",
         "app/settings.py: RETRIES = 3"),
        ("fastapi/app/database.py", "max_overflow=0,", "max_overflow=0, pool_pre_ping=True,",
         "app/database.py: pool_pre_ping = True"),
        ("fastapi/app/database.py", '"timeout": ', '"statement_cache_size": 0, "timeout": ',
         "app/database.py: statement_cache_size = 0"),
        ("fastapi/app/database.py", "False)", "False, autoflush=False)",
         "app/database.py: autoflush = False"),
        ("fastapi/app/worker.py", "task_acks_late=True", "task_acks_late=False",
         "app/worker.py: task_acks_late = False"),
        ("fastapi/app/worker.py", "base=", "ignore_result=True, base=",
         "app/worker.py: ignore_result = True"),
        ("fastapi/app/main.py", "redirect_", "default_response_class=Fast, redirect_",
         "app/main.py: default_response_class"),
        ("fastapi/app/orders.py", '"", response_model', '"", response_class=Fast, response_model',
         "app/orders.py: response_class"),
        ("fastapi/app/main.py", "app.include", "app.add_middleware(GZip)\napp.include",
         "app/main.py: GZip"),
        ("starlette/app/main.py", "app.router", "app.debug = True\napp.router",
         "app/main.py: debug = True"),
        ("starlette/app/security.py", "parallelism=", "hash_len=16, parallelism=",
         "app/security.py: hash_len = 16"),
        ("django/gunicorn.conf.py", "threads = 4", "threads = 4\nmax_requests = 1000",
         "gunicorn.conf.py: max_requests = 1000"),
        ("django/gunicorn.conf.py", "def is_too", "def post_fork(*_): ...\n\n\ndef is_too",
         "gunicorn.conf.py: post_fork"),
        ("django/app/settings.py", '"CONN_MAX_AGE": None', '"CONN_MAX_AGE": 60',
         "app/settings.py: CONN_MAX_AGE = 60"),
        ("django/app/settings.py", '"OPTIONS": {', '"CONN_HEALTH_CHECKS": True, "OPTIONS": {',
         "app/settings.py: CONN_HEALTH_CHECKS = True"),
        ("django/app/settings.py", '"OPTIONS": {', '"OPTIONS": {"pool": True, ',
         "app/settings.py: pool = True"),
        ("django/app/security.py", "time_cost = 2", "time_cost = 1",
         "app/security.py: time_cost = 1"),
        ("flask/app/settings.py", "MAX_CONTENT", 'SESSION_COOKIE_SECURE = True\nMAX_CONTENT',
         "app/settings.py: SESSION_COOKIE_SECURE = True"),
        ("flask/app/settings.py", '"pool_size"', '"pool_recycle": 60, "pool_size"',
         "app/settings.py: pool_recycle = 60"),
        ("flask/app/settings.py", '"broker_url"', '"worker_pool": "solo", "broker_url"',
         "app/settings.py: worker_pool = solo"),
        ("flask/app/__init__.py", "    db.", '    app.config["JSON_SORT_KEYS"] = False\n    db.',
         "app/__init__.py: JSON_SORT_KEYS = False"),
        ("flask/app/__init__.py", "    db.", "    app.config.update(TESTING=True)\n    db.",
         "app/__init__.py: TESTING = True"),
        ("flask/app/health.py", "retry=None", "retry=None, protocol=3",
         "app/health.py: protocol = 3"),
    ],
)  # fmt: skip
def test_an_undeclared_option_is_found(
    tmp_path: Path, file: str, old: str, new: str, missing: str
) -> None:
    assert missing in map(str, undeclared(copy(tmp_path, file, old, new)))


@pytest.mark.parametrize(
    ("name", "value", "what", "named"),
    [
        ("pool_size", "12", "pool_size=12, max_overflow=0", True),
        ("pool_size", "12", 'an engine with "pool_size": 12', True),
        ("pool_size", "12", "pool_size=120", False),
        ("pool_size", "1", "pool_size=12", False),
        ("max_size", "1", "pool_max_size = 1", False),
        ("POOL_TIMEOUT_S", "0.5", "POOL_TIMEOUT_S = 0.5.", True),
        ("POOL_TIMEOUT_S", "0", "POOL_TIMEOUT_S = 0.5", False),
        ("MAX_CONTENT_LENGTH", "65536", "MAX_CONTENT_LENGTH = 65,536 bytes", True),
        ("--http", "httptools", "uvicorn --loop uvloop --http httptools", True),
        ("--http", "h11", "uvicorn --http httptools", False),
        ("--reload", None, "uvicorn --reload-dir", False),
        ("exception_handlers", None, "exception_handlers for a database that is away", True),
        ("retry", None, "no retry of a publish", False),
        ("retry", None, "Redis with retry = none", True),
    ],
)
def test_a_text_names_a_choice_with_its_value(
    name: str, value: str | None, what: str, named: bool
) -> None:
    assert Found("settings.py", name, value).named_in(what) is named


def test_the_ledger_names_every_undeclared_option(tmp_path: Path) -> None:
    service = copy(tmp_path, "starlette/bin/serve", "--loop", "--reload --loop")
    lines: list[Any] = []
    ground = SimpleNamespace(
        running=SimpleNamespace(contestant=SimpleNamespace(service=service)),
        record=lambda *line: lines.append(line),
    )
    choices.audit(cast(Ground, ground))
    assert lines == [
        ("choices", "declared in service.toml", "every option is declared",
         "not declared: bin/serve: --reload"),
    ]  # fmt: skip


def test_each_point_that_is_left_is_an_entry_that_fails(tmp_path: Path) -> None:
    folder, left = create("demo", "starlette", KNOWN, tmp_path)
    assert [entry.observed for entry in finished(tmp_path) if not entry.holds] == list(left)
    (folder / TODO_FILE).unlink()
    assert [entry.holds for entry in finished(tmp_path)] == [True]


def finished(folder: Path) -> list[ParityEntry]:
    contestant = SimpleNamespace(service=discover(folder)["demo"], name="demo")
    running = cast("Any", SimpleNamespace(contestant=contestant))
    ground = Ground(running, cast("Any", None))
    choices.audit_finished(ground)
    return ground.entries
