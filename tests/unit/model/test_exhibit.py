"""An exhibit: what it takes from the contestant that it extends, and what it declares."""

import shutil
from pathlib import Path

import pytest
from pydantic import ValidationError

from levelbench.analysis.claims.article import article
from levelbench.contestants.discovery import SERVICES, discover
from levelbench.contestants.selection import select, with_bases, with_role
from levelbench.contestants.service import Service
from levelbench.errors import LabError
from tests.unit.factories.published import exhibit

KNOWN = discover()
AS_PRINTED = article().handlers
NAMES = [f"{name}-as-published" for name in AS_PRINTED]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Starlette and its exhibit, to be changed."""
    for name in ("starlette", "starlette-as-published"):
        shutil.copytree(SERVICES / name, tmp_path / name)
    return tmp_path


def found(folder: Path) -> Service:
    return discover(folder)["starlette-as-published"]


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


@pytest.mark.parametrize("name", list(AS_PRINTED))
def test_each_declares_what_the_article_prints(name: str) -> None:
    service = KNOWN[f"{name}-as-published"]
    declared = service.spec.exhibit
    assert declared is not None
    assert declared.extends == name
    printed = AS_PRINTED[name]
    assert len(declared.statements) == len(printed.statements)
    assert declared.user != printed.user.startswith("not loaded")
    assert declared.items != printed.items.startswith("not loaded")
    assert (declared.total, declared.ordered, declared.token) == (
        printed.total_count,
        printed.order_by,
        printed.jwt_check,
    )


def test_there_is_no_other() -> None:
    assert sorted(with_role("exhibit", KNOWN)) == sorted(NAMES)


def test_the_one_that_cannot_answer_as_printed_declares_its_repair() -> None:
    repaired = {
        name
        for name in NAMES
        if (declared := KNOWN[name].spec.exhibit)
        and any(one.kind == "repair" for one in declared.deviations)
    }
    unable = {name for name, printed in AS_PRINTED.items() if printed.cannot_answer}
    assert repaired == {f"{name}-as-published" for name in unable} == {"starlette-as-published"}


@pytest.mark.parametrize("name", NAMES)
def test_what_the_contract_asks_and_it_leaves_out_is_declared(name: str) -> None:
    declared = KNOWN[name].spec.exhibit
    assert declared is not None
    said = " ".join(one.what for one in declared.deviations if one.kind == "contract")
    for holds, word in (
        (declared.user, "user"),
        (declared.items, "items"),
        (declared.total, "count"),
        (declared.ordered, "ORDER BY"),
        (declared.token, "token"),
    ):
        assert holds or word in said


def test_all_else_is_its_contestants() -> None:
    base, one = KNOWN["starlette"], KNOWN["starlette-as-published"]
    assert one.base == base
    assert one.versions() == base.versions()
    own = {"display_name", "role", "core", "exhibit"}
    assert one.spec.model_dump(exclude=own) == base.spec.model_dump(exclude=own)
    files = one.files()
    assert files["app/models.py"] == base.folder / "app" / "models.py"
    assert files["app/orders.py"] == one.folder / "app" / "orders.py"


def test_its_image_holds_its_files_over_its_contestants(tmp_path: Path) -> None:
    base, one = KNOWN["starlette"], KNOWN["starlette-as-published"]
    one.lay_out(tmp_path / "context")
    laid = {path.relative_to(tmp_path / "context") for path in (tmp_path / "context").rglob("*")}
    assert {Path("Dockerfile"), Path("requirements.lock"), Path("bin/serve")} <= laid
    assert not {Path("service.toml"), Path("requirements.in")} & laid
    context = tmp_path / "context"
    assert (context / "app/orders.py").read_text() == (one.folder / "app/orders.py").read_text()
    assert (context / "app/models.py").read_text() == (base.folder / "app/models.py").read_text()
    assert (context / "bin/serve").stat().st_mode & 0o111


@pytest.mark.parametrize(
    "changed", ["starlette/app/models.py", "starlette-as-published/app/main.py"]
)
def test_its_image_is_another_when_a_file_of_either_changes(folder: Path, changed: str) -> None:
    before = found(folder).fingerprint("base")
    (folder / changed).write_text("changed")
    assert found(folder).fingerprint("base") != before


def test_its_image_is_the_same_when_it_hides_what_changed(folder: Path) -> None:
    before = found(folder).fingerprint("base")
    (folder / "starlette/app/orders.py").write_text("changed")
    assert found(folder).fingerprint("base") == before


def test_an_exhibit_of_nobody_is_an_error(folder: Path) -> None:
    path = folder / "starlette-as-published" / "service.toml"
    edit(path, 'extends = "starlette"', 'extends = "quart"')
    with pytest.raises(LabError, match=r"unknown contestant 'quart'\. Choose from: starlette"):
        discover(folder)


def test_an_exhibit_of_an_exhibit_is_an_error(folder: Path) -> None:
    shutil.copytree(folder / "starlette-as-published", folder / "again")
    edit(folder / "again" / "service.toml", '"starlette"', '"starlette-as-published"')
    with pytest.raises(LabError, match="unknown contestant 'starlette-as-published'"):
        discover(folder)


def test_an_exhibit_without_deviations_is_an_error(folder: Path) -> None:
    path = folder / "starlette-as-published" / "service.toml"
    path.write_text(path.read_text().partition("[[exhibit.deviations]]")[0])
    with pytest.raises(LabError, match=r"exhibit\.deviations: Field required"):
        discover(folder)


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("starlette-as-published", 'role = "exhibit"', 'role = "contestant"'),
        ("starlette", 'role = "contestant"', 'role = "exhibit"'),
    ],
)
def test_an_exhibit_is_one_by_role_and_by_table(
    folder: Path, name: str, old: str, new: str
) -> None:
    edit(folder / name / "service.toml", old, new)
    with pytest.raises(LabError, match=r'\[exhibit\] is required for role "exhibit"'):
        discover(folder)


def test_a_kind_of_deviation_is_one_of_three() -> None:
    with pytest.raises(ValidationError, match="'contract', 'repair' or 'assumption'"):
        exhibit("starlette", deviations=({"kind": "other", "what": "a", "why": "b"},))


def test_none_is_measured_unless_it_is_named() -> None:
    for names in ("", "all", "all+variants"):
        assert not set(NAMES) & set(select(names, KNOWN, references=True))


def test_one_that_is_named_brings_its_contestant() -> None:
    chosen = with_bases(select("starlette-as-published,floor", KNOWN))
    assert list(chosen) == ["floor", "starlette", "starlette-as-published"]
    assert list(with_bases(select("flask", KNOWN))) == ["flask"]


def test_the_load_generator_leaves_out_what_it_does_not_answer() -> None:
    assert exhibit("a").unchecked() == ("total", "user", "items", "newest_first")
    assert exhibit("a", user=True, items=True, total=True).unchecked() == ("newest_first",)
