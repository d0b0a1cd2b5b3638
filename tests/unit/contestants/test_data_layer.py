"""fastapi and starlette share their data layer, file for file; the references share what no server
decides."""

import shutil
from pathlib import Path

import pytest

from levelbench.contestants.discovery import SERVICES
from levelbench.contestants.files import source_files

SHARED = (
    "app/settings.py", "app/database.py", "app/models.py", "app/queries.py",
    "app/security.py", "app/invoices.py", "app/worker.py", "app/errors.py", "app/readiness.py",
    "app/lifespan.py", "alembic.ini", "bin/migrate", "bin/serve", "bin/worker",
    "migrations/env.py", "migrations/versions/0001_create_tables.py", "Dockerfile",
)  # fmt: skip
"""The data layer, and what runs it: both have each of these files."""
BY_THE_FRAMEWORK = {
    "app/main.py": "makes the framework's application, and its routes",
    "app/auth.py": "handlers",
    "app/health.py": "handlers",
    "app/orders.py": "handlers",
    "app/tasks.py": "handlers",
    "app/schemas.py": "some releases of FastAPI validate a default too",
    "app/validation.py": "FastAPI validates by itself; Starlette leaves it to the application",
    "requirements.in": "the framework is one of them",
    "requirements.lock": "the framework is one of them",
    "service.toml": "describes the contestant",
}
"""Files of the same name with content that depends on the framework; all others are identical."""


def differences(left: Path, right: Path) -> list[str]:
    """What breaks the rule that two contestants share all that the framework does not decide."""
    lefts, rights = source_files(left), source_files(right)
    both = lefts.keys() & rights.keys()
    return [
        *(f"{path} is not in both" for path in SHARED if path not in both),
        *(
            f"{path} differs"
            for path in sorted(both - BY_THE_FRAMEWORK.keys())
            if lefts[path].read_bytes() != rights[path].read_bytes()
            or lefts[path].stat().st_mode != rights[path].stat().st_mode
        ),
        *(f"{path} is not in both, but listed" for path in BY_THE_FRAMEWORK if path not in both),
        *(
            f"{path} does not differ, but is listed"
            for path in sorted(both & BY_THE_FRAMEWORK.keys())
            if lefts[path].read_bytes() == rights[path].read_bytes()
        ),
    ]


def test_fastapi_and_starlette_share_all_that_the_framework_does_not_decide() -> None:
    assert differences(SERVICES / "fastapi", SERVICES / "starlette") == []


def test_the_references_share_schema_broker_and_worker() -> None:
    for path in (
        "Dockerfile", "app/broker.py", "app/migrate.py", "app/schema.sql", "app/worker.py",
        "bin/migrate", "bin/worker",
    ):  # fmt: skip
        asgi, wsgi = SERVICES / "floor" / path, SERVICES / "floor-wsgi" / path
        assert asgi.read_bytes() == wsgi.read_bytes(), path


class TestDifferences:
    @pytest.fixture
    def left(self, tmp_path: Path) -> Path:
        return Path(shutil.copytree(SERVICES / "fastapi", tmp_path / "fastapi"))

    @pytest.fixture
    def right(self, tmp_path: Path) -> Path:
        return Path(shutil.copytree(SERVICES / "starlette", tmp_path / "starlette"))

    @pytest.mark.parametrize("path", SHARED)
    def test_a_changed_file_is_found(self, left: Path, right: Path, path: str) -> None:
        with (right / path).open("a") as file:
            file.write("\n")
        assert differences(left, right) == [f"{path} differs"]

    @pytest.mark.parametrize("path", SHARED)
    def test_a_file_that_only_one_has_is_found(self, left: Path, right: Path, path: str) -> None:
        (left / path).unlink()
        assert differences(left, right) == [f"{path} is not in both"]

    def test_a_renamed_file_is_found(self, left: Path, right: Path) -> None:
        (left / "app" / "queries.py").rename(left / "app" / "statements.py")
        assert differences(left, right) == ["app/queries.py is not in both"]

    def test_a_new_file_of_both_is_the_same_or_listed(self, left: Path, right: Path) -> None:
        (left / "app" / "cache.py").write_text("SIZE = 1\n")
        assert differences(left, right) == []
        (right / "app" / "cache.py").write_text("SIZE = 1\n")
        assert differences(left, right) == []
        (right / "app" / "cache.py").write_text("SIZE = 2\n")
        assert differences(left, right) == ["app/cache.py differs"]

    def test_a_script_that_one_cannot_run_is_found(self, left: Path, right: Path) -> None:
        (right / "bin" / "serve").chmod(0o644)
        assert differences(left, right) == ["bin/serve differs"]

    def test_the_list_is_no_longer_than_it_must_be(self, left: Path, right: Path) -> None:
        shutil.copy(left / "app" / "health.py", right / "app" / "health.py")
        (right / "app" / "validation.py").unlink()
        assert differences(left, right) == [
            "app/validation.py is not in both, but listed",
            "app/health.py does not differ, but is listed",
        ]

    def test_caches_are_no_files_of_a_contestant(self, left: Path, right: Path) -> None:
        for folder, content in ((left, b"1"), (right, b"2")):
            for cache in ("app/__pycache__", ".ruff_cache"):
                (folder / cache).mkdir(exist_ok=True)
                (folder / cache / "x").write_bytes(content)
        assert differences(left, right) == []
