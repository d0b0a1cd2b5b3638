"""Variants: what they take from the contestant that they extend, and what they must declare."""

import shutil
from pathlib import Path

import pytest

from levelbench.bench.run import recorded
from levelbench.contestants.discovery import SERVICES, discover
from levelbench.contestants.extension import ContestantError
from levelbench.contestants.selection import select, with_bases
from levelbench.contestants.service import Service
from levelbench.errors import LabError

SPEC = """\
display_name = "Starlette on hypercorn"
role = "variant"
extends = "starlette"
changes = ["server", "http_parser"]
server = "hypercorn"
http_parser = "h11"

[[choices]]
what = "hypercorn --workers 1"
why = "one process"
source = "https://hypercorn.readthedocs.io/"
"""
SERVE = "#!/bin/sh\nexec hypercorn app.main:app --workers 1\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Starlette and a variant of it, to be changed."""
    shutil.copytree(SERVICES / "starlette", tmp_path / "starlette")
    write(tmp_path, "service.toml", SPEC)
    write(tmp_path, "bin/serve", SERVE)
    return tmp_path


def write(folder: Path, path: str, text: str) -> None:
    file = folder / "starlette-hypercorn" / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


def found(folder: Path) -> Service:
    return discover(folder)["starlette-hypercorn"]


def changed(folder: Path, old: str, new: str) -> Service:
    assert old in SPEC
    write(folder, "service.toml", SPEC.replace(old, new))
    return found(folder)


def test_it_takes_what_it_does_not_have_from_its_base(folder: Path) -> None:
    one = found(folder)
    assert one.base is not None
    base = one.base.spec
    assert not one.spec.core
    assert {t: v for t, v in one.spec.traits.items() if v != base.traits[t]} == {
        "server": "hypercorn",
        "http_parser": "h11",
    }
    assert one.spec.choices == (*base.choices, *one.own_choices)
    assert [choice.what for choice in one.own_choices] == ["hypercorn --workers 1"]
    assert one.spec.packages == base.packages


def test_its_image_is_its_bases_with_its_files_over_it(folder: Path, tmp_path: Path) -> None:
    found(folder).lay_out(tmp_path / "context")
    assert (tmp_path / "context/bin/serve").read_text() == SERVE
    assert (tmp_path / "context/app/main.py").is_file()


def test_a_trait_that_differs_undeclared_is_refused_by_name(folder: Path) -> None:
    with pytest.raises(ContestantError, match="http_parser is 'h11' instead of 'httptools', and"):
        changed(folder, '["server", "http_parser"]', '["server"]')


def test_a_declared_trait_that_does_not_differ_is_refused(folder: Path) -> None:
    with pytest.raises(ContestantError, match="changes names driver, which is 'asyncpg' as in"):
        changed(folder, '"http_parser"]', '"http_parser", "driver"]')


@pytest.mark.parametrize("key", ["extra_tables = []", "core = false", "included = []"])
def test_a_key_that_no_variant_has_is_refused(folder: Path, key: str) -> None:
    with pytest.raises(ContestantError, match=f"cannot have the key {key.split()[0]}"):
        changed(folder, "changes =", f"{key}\nchanges =")


def test_transactions_may_change_with_the_driver(folder: Path) -> None:
    counts = "{ register = 0, login = 0, list = 0, detail = 0, task = 0 }"
    with pytest.raises(ContestantError, match="cannot have the key transaction_statements"):
        changed(folder, "server =", f"transaction_statements = {counts}\nserver =")
    spec = SPEC.replace('"server", "http_parser"', '"server", "http_parser", "driver"')
    added = f'driver = "psycopg (C)"\ntransaction_statements = {counts}\nserver ='
    write(folder, "service.toml", spec.replace("server =", added, 1))
    assert found(folder).spec.transaction_statements["list"] == 0


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('extends = "starlette"\n', ""),
        ('changes = ["server", "http_parser"]\n', ""),
        ('role = "variant"', 'role = "contestant"'),
    ],
)
def test_role_and_declaration_go_together(folder: Path, old: str, new: str) -> None:
    with pytest.raises(LabError, match=r"service\.toml"):
        changed(folder, old, new)


def test_an_unknown_trait_is_refused(folder: Path) -> None:
    with pytest.raises(LabError, match="changes"):
        changed(folder, '"http_parser"]', '"parser"]')


def test_a_package_in_another_version_is_refused(folder: Path, tmp_path: Path) -> None:
    lock = (folder / "starlette/requirements.lock").read_text()
    version = found(folder).locked()["starlette"]
    write(folder, "requirements.lock", lock.replace(f"starlette=={version}", "starlette==0.1"))
    with pytest.raises(ContestantError, match=f"starlette 0.1 differs from {version} of the"):
        found(folder).lay_out(tmp_path / "context")


def test_its_code_is_what_differs(folder: Path) -> None:
    write(folder, "app/main.py", (folder / "starlette/app/main.py").read_text() + "\nMORE = 1\n\n")
    record = recorded(found(folder))
    assert record.code is None
    assert record.variant is not None
    assert record.variant.lines == 2  # the last line of bin/serve, and MORE
    assert (record.variant.extends, record.variant.factor) == ("starlette", "server")


def test_a_family_is_a_contestant_with_its_variants(folder: Path) -> None:
    known = discover(folder)
    assert list(select("starlette+variants", known)) == ["starlette", "starlette-hypercorn"]
    assert list(select("all+variants", known)) == ["starlette", "starlette-hypercorn"]
    assert list(select("all", known)) == ["starlette"]
    assert list(with_bases(select("starlette-hypercorn", known))) == list(known)


@pytest.mark.parametrize("name", [n for n, one in discover().items() if one.spec.extends])
def test_each_variant_can_be_built(name: str, tmp_path: Path) -> None:
    service = discover()[name]
    service.lay_out(tmp_path / "context")
    assert set(service.versions()) == set(service.spec.packages)
