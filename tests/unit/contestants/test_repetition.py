"""No block of more than 8 lines is repeated between contestants, except in the files of the data
layer, which are checked to be identical."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from levelbench.contestants.discovery import SERVICES, discover
from levelbench.contestants.files import source_files
from levelbench.contestants.service import Service

LINES_MAX = 8
"""Longest block that two services may have in common."""
DATA_LAYER = (
    "app/settings.py", "app/database.py", "app/models.py", "app/queries.py", "app/security.py",
    "app/invoices.py", "app/worker.py", "app/readiness.py", "alembic.ini", "bin/migrate",
    "bin/serve", "bin/worker", "migrations/env.py", "migrations/versions/0001_create_tables.py",
    "Dockerfile",
)  # fmt: skip
"""Files that each contestant with the data layer `sqlalchemy-asyncio` has; bin/serve on uvicorn."""
SHARED = {
    *DATA_LAYER,
    # What a framework on Starlette, or one without validation or serialization, leaves open.
    "app/errors.py", "app/lifespan.py", "app/schemas.py", "app/serialization.py",
}  # fmt: skip
"""Files that are the same in several contestants: identical files of these paths count as one."""
EQUALISED = {
    "app/models.py and flask/app/models.py": "the schema of services/CONTRACT.md",
    "app/security.py and flask/app/security.py": "the tokens and hashes of services/CONTRACT.md",
    "django/gunicorn.conf.py and flask/gunicorn.conf.py": "the same server with the same hooks",
    "django/app/errors.py and flask/app/errors.py": "an error's function with the same parameters",
    "starlette/app/schemas.py and fastapi/app/schemas.py": "only FastAPI may validate a default",
    "fastapi/app/orders.py and starlette/app/orders.py": "one framework builds on the other",
}
"""Blocks that two contestants have in common because the lab makes them equal, with the reason."""


def code_lines(text: str) -> list[str]:
    """Lines without indentation, blank lines, comments and single-line imports."""
    lines = (line.strip() for line in text.splitlines())
    return [line for line in lines if line and not line.startswith(("#", "import ", "from "))]


@dataclass(frozen=True)
class File:
    """A file, and the services that have it; several only for a path of SHARED."""

    services: tuple[str, ...]
    path: str
    lines: tuple[str, ...]

    def __str__(self) -> str:
        return f"{'+'.join(self.services)}/{self.path}"


def is_code(path: str) -> bool:
    """Whether a path is source code; Alembic and Django generate the migrations."""
    return "migrations/" not in path and (path.endswith(".py") or path.startswith("bin/"))


def read(folders: Mapping[str, Path]) -> Iterator[File]:
    """The files of services by name, identical shared ones once."""
    owners: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for name, folder in folders.items():
        for path, file in source_files(folder).items():
            if is_code(path):
                text = file.read_text(encoding="utf-8")
                owners["" if path in SHARED else name, path, text].append(name)
    for (_, path, text), names in owners.items():
        yield File(tuple(names), path, tuple(code_lines(text)))


def repeated(files: Iterable[File]) -> list[str]:
    """Blocks of more than LINES_MAX lines that files of different services have in common."""
    blocks: dict[tuple[str, ...], dict[File, None]] = defaultdict(dict)
    for file in files:
        for start in range(len(file.lines) - LINES_MAX):
            blocks[file.lines[start : start + LINES_MAX + 1]][file] = None
    found: dict[str, str] = {}
    for block, places in blocks.items():
        first, *others = places
        for other in others:
            if set(first.services) != set(other.services):
                found.setdefault(f"{first} and {other}", block[0])
    return [f"{files} repeat the block that begins with {line!r}" for files, line in found.items()]


def contestants() -> dict[str, Service]:
    """Contestants. References have no framework; variants are files over a contestant."""
    found = discover().items()
    return {name: service for name, service in found if service.spec.role == "contestant"}


def test_no_contestant_repeats_a_block_of_another() -> None:
    found = repeated(read({name: service.folder for name, service in contestants().items()}))
    unexpected = [one for one in found if not any(pair in one for pair in EQUALISED)]
    assert unexpected == []
    assert [pair for pair in EQUALISED if not any(pair in one for one in found)] == []


@pytest.mark.parametrize("path", DATA_LAYER)
def test_the_data_layer_is_identical(path: str) -> None:
    folders = {
        name: service.folder
        for name, service in contestants().items()
        if service.spec.data_layer == "sqlalchemy-asyncio"
        and (path != "bin/serve" or service.spec.server == "uvicorn")
    }
    reference = SERVICES / "starlette" / path
    assert len(folders) >= 2
    for name, folder in folders.items():
        assert (folder / path).read_bytes() == reference.read_bytes(), name
        assert (folder / path).stat().st_mode == reference.stat().st_mode, name


class TestRepeated:
    def write(self, folder: Path, files: Mapping[str, str]) -> Path:
        for path, text in files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text)
        return folder

    def found(self, tmp_path: Path, one: Mapping[str, str], other: Mapping[str, str]) -> list[str]:
        return repeated(
            read({"a": self.write(tmp_path / "a", one), "b": self.write(tmp_path / "b", other)})
        )

    def block(self, lines: int) -> str:
        return "".join(f"x{n} = {n}\n\n# reason\n" for n in range(lines))

    def test_nine_lines_of_different_files_are_found(self, tmp_path: Path) -> None:
        one = {"app/orders.py": "first = 1\n" + self.block(LINES_MAX + 1)}
        other = {"app/tasks.py": self.block(LINES_MAX + 1) + "last = 1\n"}
        assert self.found(tmp_path, one, other) == [
            "a/app/orders.py and b/app/tasks.py repeat the block that begins with 'x0 = 0'"
        ]

    def test_eight_lines_are_not(self, tmp_path: Path) -> None:
        files = {"app/orders.py": self.block(LINES_MAX)}
        assert self.found(tmp_path, files, files) == []

    @pytest.mark.parametrize(("path", "blocks"), [("app/queries.py", 0), ("app/orders.py", 1)])
    def test_identical_files_count_as_one_only_where_they_may(
        self, tmp_path: Path, path: str, blocks: int
    ) -> None:
        files = {path: self.block(30)}
        assert len(self.found(tmp_path, files, files)) == blocks

    def test_a_shared_file_that_differs_is_found(self, tmp_path: Path) -> None:
        one, other = {"app/queries.py": self.block(30)}, {"app/queries.py": self.block(31)}
        assert len(self.found(tmp_path, one, other)) == 1

    def test_a_block_twice_in_one_service_is_not_repeated_between_two(self, tmp_path: Path) -> None:
        one = {"app/orders.py": self.block(20), "app/tasks.py": self.block(20)}
        assert self.found(tmp_path, one, {"app/orders.py": ""}) == []
