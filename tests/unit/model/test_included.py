"""The `[[included]]` entries of service.toml."""

import shutil
from pathlib import Path

import pytest

from levelbench.contestants.discovery import SERVICES, discover
from levelbench.errors import LabError
from levelbench.model.included import WHATS

ENTRY = """
[[included]]
what = "admin"
by = "flask"
how = "none"
proof = "true"
source = "https://flask.palletsprojects.com/"
"""


@pytest.fixture
def services(tmp_path: Path) -> Path:
    shutil.copytree(SERVICES / "flask", tmp_path / "flask")
    return tmp_path


def with_entry(services: Path, text: str = ENTRY) -> Path:
    path = services / "flask" / "service.toml"
    path.write_text(path.read_text() + text)
    return services


def test_an_entry_is_read(services: Path) -> None:
    entry = discover(with_entry(services))["flask"].spec.included[-1]
    assert (entry.what, entry.by, entry.proof) == ("admin", "flask", "true")


@pytest.mark.parametrize(
    ("old", "new", "cause"),
    [
        ('"admin"', '"coffee"', "included.2.what: Input should be 'validation'"),
        ('proof = "true"\n', "", "included.2.proof: Field required"),
        ('proof = "true"', 'proof = ""', "included.2.proof: String should have at least 1"),
        ("https://", "ftp://", "included.2.source: String should match pattern"),
        ('"admin"', '"validation"', "included: Value error, validation is declared twice"),
    ],
)
def test_a_malformed_one_names_the_file_and_the_field(
    services: Path, old: str, new: str, cause: str
) -> None:
    with pytest.raises(LabError) as caught:
        discover(with_entry(services, ENTRY.replace(old, new)))
    assert f"flask/service.toml: {cause}" in str(caught.value)


def test_a_package_that_is_not_locked_is_an_error(services: Path) -> None:
    found = discover(with_entry(services, ENTRY.replace('by = "flask"', 'by = "flask-admin"')))
    with pytest.raises(LabError, match=r"included: by: flask-admin not in requirements\.lock"):
        found["flask"].versions()


def test_each_contestant_locks_what_brings_something() -> None:
    found = discover()
    assert all(service.versions() for service in found.values())
    assert {entry.what for service in found.values() for entry in service.spec.included} == {*WHATS}
