import shutil
from pathlib import Path

import pytest

from levelbench.contestants.discovery import SERVICES, discover, select
from levelbench.errors import LabError

NAMES = ("django", "fastapi", "flask", "starlette")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A folder of services with one real contestant."""
    shutil.copytree(SERVICES / "fastapi", tmp_path / "fastapi")
    return tmp_path


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def test_finds_each_folder_by_its_name() -> None:
    found = discover()
    assert set(NAMES) <= set(found)
    assert list(found) == sorted(found)


@pytest.mark.parametrize("name", NAMES)
def test_every_contestant_locks_the_packages_that_it_names(name: str) -> None:
    versions = discover()[name].versions()
    assert next(iter(versions)) == name
    assert all(version[0].isdigit() for version in versions.values())


def test_a_missing_field_is_an_error_that_names_it(copy: Path) -> None:
    edit(copy / "fastapi" / "service.toml", 'role = "contestant"', "")
    with pytest.raises(LabError, match=r"fastapi/service\.toml: role: Field required"):
        discover(copy)


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


LINK = "https://fastapi.tiangolo.com/deployment/docker/#one-process-per-container"


@pytest.mark.parametrize("source", ["lab-equalised: data", "https://example.org/a#b"])
def test_the_source_of_a_choice_is_a_link_or_a_rule(copy: Path, source: str) -> None:
    edit(copy / "fastapi" / "service.toml", f'source = "{LINK}"', f'source = "{source}"')
    assert source in {choice.source for choice in discover(copy)["fastapi"].spec.choices}


@pytest.mark.parametrize(
    "source",
    [
        "because it is faster",
        "http://gunicorn.org/design/",
        "https://gunicorn",
        "https://gunicorn.org/design/ or so",
        "lab-equalised: ",
        "lab-equalised: keep-alive",
        "lab-equalised: processes, connections",
    ],
)
def test_another_source_is_an_error(copy: Path, source: str) -> None:
    edit(copy / "fastapi" / "service.toml", f'source = "{LINK}"', f'source = "{source}"')
    with pytest.raises(LabError, match=r"fastapi/service\.toml: choices\.0\.source: .* neither"):
        discover(copy)


def test_an_unknown_package_is_an_error(copy: Path) -> None:
    edit(copy / "fastapi" / "service.toml", '["fastapi"', '["fastapi", "nonesuch"')
    with pytest.raises(LabError, match=r"packages: nonesuch not in requirements\.lock"):
        discover(copy)["fastapi"].versions()


def test_an_empty_folder_has_no_contestant(tmp_path: Path) -> None:
    with pytest.raises(LabError, match="no contestant found in"):
        discover(tmp_path)


def test_select_takes_all_contestants_by_default() -> None:
    assert all(s.spec.role == "contestant" for s in select("", discover()).values())


def test_select_takes_names_in_any_order() -> None:
    assert list(select(" starlette,fastapi", discover())) == ["fastapi", "starlette"]


def test_select_names_what_there_is() -> None:
    with pytest.raises(LabError, match=r"there is no service 'nope'\. Choose from: .*django"):
        select("fastapi,nope", discover())


class TestFingerprint:
    def test_changes_with_the_source(self, copy: Path) -> None:
        before = discover(copy)["fastapi"].fingerprint("base")
        (copy / "fastapi" / "app" / "main.py").write_text("changed")
        assert discover(copy)["fastapi"].fingerprint("base") != before

    def test_changes_with_the_base_image(self, copy: Path) -> None:
        service = discover(copy)["fastapi"]
        assert service.fingerprint("base") != service.fingerprint("another")

    def test_stays_when_only_the_description_changes(self, copy: Path) -> None:
        before = discover(copy)["fastapi"].fingerprint("base")
        edit(copy / "fastapi" / "service.toml", "FastAPI", "Fast API")
        (copy / "fastapi" / "app" / "__pycache__").mkdir(exist_ok=True)
        (copy / "fastapi" / "app" / "__pycache__" / "x.pyc").write_bytes(b"x")
        assert discover(copy)["fastapi"].fingerprint("base") == before

    def test_changes_with_the_right_to_execute(self, copy: Path) -> None:
        before = discover(copy)["fastapi"].fingerprint("base")
        (copy / "fastapi" / "bin" / "serve").chmod(0o644)
        assert discover(copy)["fastapi"].fingerprint("base") != before
