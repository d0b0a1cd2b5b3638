"""Each choice that is not a default is named in service.toml, with its source."""

import shutil
from pathlib import Path

import pytest

from levelbench.contestants.discovery import SERVICES, Service, discover
from levelbench.errors import LabError
from levelbench.model.rules import RULES
from tests.unit.verify.choices import Found, find, undeclared

LAB_GIVES = "the lab gives it at start"
CONTRACT = "services/CONTRACT.md fixes it, and the contract's tests see it"
PLACE = "says where something is, not how it works"
FIXED = {
    **dict.fromkeys(
        ("DATABASE_URL", "REDIS_URL", "JWT_SECRET", "SECRET_KEY", "JWT_SECRET_KEY", "broker",
         "broker_url", "CELERY_BROKER_URL", "SQLALCHEMY_DATABASE_URI",
         "NAME", "USER", "PASSWORD", "HOST", "PORT"), LAB_GIVES),
    **dict.fromkeys(("PAGE_SIZE", "TOKEN_LIFETIME_S", "MAX_BODY_BYTES"), CONTRACT),
    **dict.fromkeys(("--host", "--port", "bind"), CONTRACT),
    **dict.fromkeys(("--app", "wsgi_app", "ROOT_URLCONF", "PATH"), PLACE),
    "routes": "Starlette serves nothing without",
    "title": "stands in FastAPI's own documentation of the routes only",
    "name": "a task's name in the queue; no one else reads it",
    "ENGINE": "Django's own backend for PostgreSQL: there is no default",
    "PYTHONUNBUFFERED": "`docker logs` shows each line at once; the same in all, nothing is logged",
}  # fmt: skip
"""Names that need no entry, and why."""

SERVICE_NAMES = tuple(discover())


@pytest.fixture
def services(tmp_path: Path) -> Path:
    """A copy of all services, to be changed."""
    shutil.copytree(SERVICES, tmp_path / "services")
    return tmp_path / "services"


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert text.count(old) >= 1, f"{path} does not have {old!r}"
    path.write_text(text.replace(old, new, 1))


def without(service: Service, what: str) -> None:
    """Take the choices out of service.toml whose `what` has this text."""
    path = service.folder / "service.toml"
    head, *choices = path.read_text().split("[[choices]]")
    kept = [choice for choice in choices if what not in choice]
    assert len(kept) < len(choices)
    path.write_text("[[choices]]".join([head, *kept]))


@pytest.mark.parametrize("name", SERVICE_NAMES)
def test_every_choice_is_declared(name: str) -> None:
    missing = undeclared(discover()[name], FIXED)
    assert not missing, (
        f"services/{name}/service.toml: no [[choices]] entry has a `what` that names "
        f"{'; '.join(map(str, missing))}"
    )


def test_what_needs_no_entry_is_still_there() -> None:
    found = {found.name for service in discover().values() for found in find(service.folder)}
    assert set(FIXED) - found == set()


@pytest.mark.parametrize(
    ("name", "what", "missing"),
    [
        ("django", "reconnect_timeout", "app/settings.py: reconnect_timeout = 1"),
        ("flask", "hooks pre_request", "gunicorn.conf.py: post_request"),
        ("fastapi", "pool_size=12", "app/database.py: max_overflow = 0"),
        ("starlette", "--no-access-log", "bin/serve: --no-access-log"),
    ],
)
def test_a_choice_without_its_entry_is_missing(
    services: Path, name: str, what: str, missing: str
) -> None:
    without(discover(services)[name], what)
    assert missing in map(str, undeclared(discover(services)[name], FIXED))


@pytest.mark.parametrize(
    ("file", "old", "new", "missing"),
    [
        ("fastapi/bin/serve", "--loop", "--backlog 4096 --loop", "bin/serve: --backlog 4096"),
        ("fastapi/bin/serve", "alive 75", "alive 5", "bin/serve: --timeout-keep-alive 5"),
        ("fastapi/bin/serve", "exec", "UVICORN_WORKERS=2 exec", "bin/serve: UVICORN_WORKERS = 2"),
        ("fastapi/bin/worker", "--concurrency 1", "-c4", "bin/worker: -c4"),
        ("fastapi/Dockerfile", "USER 1", "ENV WEB_CONCURRENCY=2\nUSER 1",
         "Dockerfile: WEB_CONCURRENCY = 2"),
        ("fastapi/Dockerfile", '["bin/serve"]', '["bin/serve", "--reload"]',
         "Dockerfile: --reload"),
        ("fastapi/app/settings.py", "POOL_SIZE = 12", "POOL_SIZE = 24",
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
        ("django/app/settings.py", "DEBUG = False", "DEBUG = False\nCONN_MAX_AGE = None",
         "app/settings.py: CONN_MAX_AGE = None"),
        ("django/app/settings.py", '"OPTIONS": {', '"CONN_HEALTH_CHECKS": True, "OPTIONS": {',
         "app/settings.py: CONN_HEALTH_CHECKS = True"),
        ("django/app/settings.py", '"pool": {', '"pool": {"max_idle": 5,',
         "app/settings.py: max_idle = 5"),
        ("django/app/worker_settings.py", '"max_size": 1', '"max_size": 2',
         "app/worker_settings.py: max_size = 2"),
        ("django/app/security.py", "time_cost = 2", "time_cost = 1",
         "app/security.py: time_cost = 1"),
        ("flask/app/settings.py", "MAX_CONTENT", 'JWT_DECODE_LEEWAY = 10\nMAX_CONTENT',
         "app/settings.py: JWT_DECODE_LEEWAY = 10"),
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
def test_a_new_choice_is_missing(
    services: Path, file: str, old: str, new: str, missing: str
) -> None:
    edit(services / file, old, new)
    service = discover(services)[file.split("/")[0]]
    assert missing in map(str, undeclared(service, FIXED))


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


class TestSource:
    def refused(self, services: Path, source: str) -> str:
        edit(
            services / "flask" / "service.toml",
            '"https://gunicorn.org/design/#how-many-workers"',
            f'"{source}"',
        )
        with pytest.raises(LabError) as refusal:
            discover(services)
        return refusal.value.cause

    @pytest.mark.parametrize(
        "source",
        [
            "because it is faster",
            "http://gunicorn.org/design/",
            "https://gunicorn",
            "https://gunicorn.org/design/ or so",
            "lab-equalised",
            "lab-equalised: ",
            "lab-equalised: keep-alive",
            "lab-equalised: processes, connections",
        ],
    )
    def test_one_that_leads_nowhere_names_the_file_the_field_and_the_rules(
        self, services: Path, source: str
    ) -> None:
        cause = self.refused(services, source)
        assert "flask/service.toml: choices.0.source: " in cause
        assert f"{source!r} is neither a link, https://..., nor `lab-equalised: <rule>`" in cause
        assert all(f'"{rule}"' in cause for rule in RULES)

    def test_none_is_refused(self, services: Path) -> None:
        edit(
            services / "flask" / "service.toml",
            'source = "https://gunicorn.org/design/#how-many-workers"',
            "",
        )
        with pytest.raises(LabError, match=r"service\.toml: choices\.0\.source: Field required"):
            discover(services)

    @pytest.mark.parametrize("rule", RULES)
    def test_each_rule_is_one(self, services: Path, rule: str) -> None:
        edit(
            services / "flask" / "service.toml",
            "https://gunicorn.org/design/#how-many-workers",
            f"lab-equalised: {rule}",
        )
        assert discover(services)["flask"].spec.choices[0].source == f"lab-equalised: {rule}"
