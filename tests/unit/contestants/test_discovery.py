from pathlib import Path

import pytest

from levelbench.contestants.discovery import discover
from levelbench.errors import LabError
from tests.unit.contestants.copied import NAMES


def test_finds_each_folder_by_its_name() -> None:
    found = discover()
    assert set(NAMES) <= set(found)
    assert list(found) == sorted(found)


@pytest.mark.parametrize("name", ["a", "0z_9", "fast-api", "a--b__c"])
def test_a_folder_may_have_any_name_that_images_and_projects_can_have(
    copy: Path, name: str
) -> None:
    (copy / "fastapi").rename(copy / name)
    assert list(discover(copy)) == [name]


@pytest.mark.parametrize("name", ["Zzz", "two words", "a,b", "a.b", "-a", "a_", "a___b", "é"])
def test_a_folder_with_another_name_is_an_error(copy: Path, name: str) -> None:
    (copy / "fastapi").rename(copy / name)
    with pytest.raises(LabError, match=f"'{name}' is not a valid contestant name"):
        discover(copy)


def test_an_empty_folder_has_no_contestant(tmp_path: Path) -> None:
    with pytest.raises(LabError, match="no contestant found in"):
        discover(tmp_path)


@pytest.mark.parametrize(
    "name",
    [
        "postgres",
        "template1",
        "levelbench",
        "trial_0",
        "flask-base",
        "flask-after",
        "all",
        "paired",
        "release",
    ],
)
def test_a_name_of_the_labs_own_is_refused(copy: Path, name: str) -> None:
    """They failed late, in words of the engine and of the database."""
    (copy / "fastapi").rename(copy / name)
    with pytest.raises(LabError, match=f"'{name}' is a name of the lab's own"):
        discover(copy)


def test_a_name_that_fits_into_no_database_is_refused(copy: Path) -> None:
    (copy / "fastapi").rename(copy / ("a" * 41))
    with pytest.raises(LabError, match=r"the name has 41 letters\. Rename the folder: 40 is"):
        discover(copy)
