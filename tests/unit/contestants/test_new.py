"""A new contestant is a copy that runs, with a list of what is left to do."""

import os
from pathlib import Path

import pytest

from levelbench.contestants.discovery import discover
from levelbench.contestants.files import source_files
from levelbench.contestants.new import create, open_items
from levelbench.contestants.service import LOCK_FILE, TODO_FILE
from levelbench.contestants.specification import SPEC_FILE
from levelbench.errors import LabError

KNOWN = discover()
LIKE = [name for name, one in KNOWN.items() if not (one.base or one.spec.is_guest)]


@pytest.mark.parametrize("like", LIKE)
def test_every_contestant_can_be_copied(like: str, tmp_path: Path) -> None:
    new, left = create("my-own", like, KNOWN, tmp_path)
    found = discover(tmp_path)["my-own"]
    assert (found.spec.display_name, found.spec.role) == ("My own", "contestant")
    assert not found.spec.core
    assert found.locked() == KNOWN[like].locked()
    assert source_files(new).keys() - {TODO_FILE} == KNOWN[like].files().keys()
    assert os.access(new / "bin/serve", os.X_OK)
    assert open_items(new) == list(left)


def test_the_image_of_a_copy_is_that_of_the_original(tmp_path: Path) -> None:
    create("my-own", "starlette", KNOWN, tmp_path)
    assert discover(tmp_path)["my-own"].fingerprint("b") == KNOWN["starlette"].fingerprint("b")


def test_what_is_left_names_each_place_of_the_framework(tmp_path: Path) -> None:
    new, left = create("demo", "starlette", KNOWN, tmp_path)
    assert left[:2] == (
        f"{SPEC_FILE}: set display_name, packages and what describes the stack",
        "requirements.in: replace starlette, then run `make lock`",
    )
    named = {item.partition(":")[0] for item in left}
    importing = {
        str(path.relative_to(new))
        for path in new.rglob("*.py")
        if "from starlette" in path.read_text()
    }
    assert importing
    assert named == {SPEC_FILE, "requirements.in", *importing}
    lines = (new / "app/main.py").read_text().splitlines()
    (main,) = (item for item in left if item.startswith("app/main.py: lines "))
    for number in main.removeprefix("app/main.py: lines ").split(" import ")[0].split(", "):
        assert lines[int(number) - 1].startswith("from starlette")


def test_points_that_are_ticked_are_done(tmp_path: Path) -> None:
    new, left = create("demo", "flask", KNOWN, tmp_path)
    todo = new / TODO_FILE
    todo.write_text(todo.read_text().replace("- [ ] ", "- [x] ", 1))
    assert open_items(new) == list(left[1:])
    todo.unlink()
    assert open_items(new) == []


@pytest.mark.parametrize(
    ("name", "like", "cause"),
    [
        ("Demo", "starlette", "not a valid contestant name"),
        ("../demo", "starlette", "is a path"),
        ("demo", "url-shortener", "cp -r services/url-shortener services/demo"),
        ("postgres", "starlette", "a name of the lab's own"),
        ("demo", "rails", "there is no service 'rails'"),
        ("demo", "django-as-published", "only what differs from django"),
    ],
)
def test_what_cannot_be_made_is_refused(name: str, like: str, cause: str, tmp_path: Path) -> None:
    with pytest.raises(LabError, match=cause):
        create(name, like, KNOWN, tmp_path)
    assert list(tmp_path.rglob(LOCK_FILE)) == []


def test_an_existing_folder_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / "demo").mkdir()
    with pytest.raises(LabError, match="exists already"):
        create("demo", "starlette", KNOWN, tmp_path)
    assert list((tmp_path / "demo").iterdir()) == []
