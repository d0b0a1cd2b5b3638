"""Two releases of a package in a contestant: by uv itself on wheels made here where it is
installed, and by a stand-in that answers as it does."""

import os
import shutil
import zipfile
from pathlib import Path

import pytest

from levelbench.contestants import release
from levelbench.contestants.discovery import SERVICES, discover
from levelbench.contestants.service import Service
from levelbench.errors import LabError
from levelbench.model.release import Pin, Release

KNOWN = discover()
RELEASES = {
    "web": {"1.0": "core<2", "1.1": "core<2", "2.0": "core>=2"},
    "core": {"1.0": "", "1.5": "", "2.0": ""},
    "side": {"1.0": "", "2.0": ""},
}
"""Package -> version -> what it requires."""
LOCKED = {"core": "2.0", "side": "1.0", "web": "2.0"}
STANDIN = """#!/bin/sh
# uv pip compile (messages as of 0.13.9): sets the pins of web and core as it would.
pins() { sed -i "s/^web==.*/web==$1/; s/^core==.*/core==$2/" "$folder/requirements.lock"; }
for word; do
  case $word in
    --upgrade-package=*) asked=${word#*=} ;;
    /*) folder=$word ;;
  esac
done
case $asked in
  web==1.[01]) pins "${asked#*==}" 1.5 ;;
  web==2.0) pins 2.0 2.0 ;;
  core==1.*)
    if ! grep -q "web>=2" "$folder/requirements.in"; then pins 1.0 "${asked#*==}"; exit; fi
    cat >&2 <<'END'; exit 1 ;;
error: No solution found when resolving dependencies
  cause: Because web==2.0 depends on core>=2 and you require web>=2, we can conclude that your \
requirements are unsatisfiable.
END
  *) cat >&2 <<END; exit 1 ;;
error: No solution found when resolving dependencies
  cause: Because there is no version of $asked and you require $asked, we can conclude that your \
requirements are unsatisfiable.
END
esac
"""


def wheel(folder: Path, name: str, version: str, requires: str) -> None:
    """The least that a resolver reads."""
    info = f"{name}-{version}.dist-info"
    needs = f"Requires-Dist: {requires}\n" if requires else ""
    files = {
        "METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{needs}",
        "WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        "RECORD": "",
    }
    with zipfile.ZipFile(folder / f"{name}-{version}-py3-none-any.whl", "w") as archive:
        for file, text in files.items():
            archive.writestr(f"{info}/{file}", text)


@pytest.fixture(params=["uv", "stand-in"])
def resolver(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> str:
    """uv with no package index but a folder of wheels, or what stands in for it."""
    if request.param == "uv":
        if shutil.which("uv") is None:
            pytest.skip("uv is not installed")
        index = tmp_path / "index"
        index.mkdir()
        for name, versions in RELEASES.items():
            for version, requires in versions.items():
                wheel(index, name, version, requires)
        monkeypatch.setenv("UV_NO_INDEX", "1")
        monkeypatch.setenv("UV_FIND_LINKS", str(index))
        monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "cache"))
    else:
        program = tmp_path / "bin" / "uv"
        program.parent.mkdir()
        program.write_text(STANDIN)
        program.chmod(0o755)
        monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    return str(request.param)


@pytest.fixture
def service(tmp_path: Path) -> Service:
    """A contestant that asks for web and side, and is locked at older releases of side."""
    folder = tmp_path / "services" / "fastapi"
    folder.mkdir(parents=True)
    (folder / "requirements.in").write_text("web\nside\n")
    write_lock(folder)
    return Service("fastapi", folder, KNOWN["fastapi"].spec)


def write_lock(folder: Path) -> None:
    lines = (f"{name}=={version}\n" for name, version in LOCKED.items())
    (folder / "requirements.lock").write_text("".join(lines))


def compared(
    service: Service, package: str, before: str, after: str
) -> tuple[dict[str, dict[str, str]], Release]:
    """The lock files of both sides, by service, and what is recorded."""
    scratch = service.folder.parents[1] / "scratch"
    with release.with_releases(service, package, before, after, scratch) as (pair, found):
        assert list(pair) == ["fastapi-after", "fastapi-base"]
        locks = {side.spec.display_name: side.locked() for side in pair.values()}
        assert {side.spec.python for side in pair.values()} == {service.spec.python}
    assert list(scratch.iterdir()) == []
    return locks, found


@pytest.mark.usefixtures("resolver")
class TestReleases:
    def test_two_locks_differ_in_the_package_and_in_what_it_forces(self, service: Service) -> None:
        locks, found = compared(service, "web", "1.0", "2.0")
        assert locks == {
            "FastAPI with web 2.0": {"web": "2.0", "core": "2.0", "side": "1.0"},
            "FastAPI with web 1.0": {"web": "1.0", "core": "1.5", "side": "1.0"},
        }
        assert found == Release(
            service="fastapi",
            package="web",
            from_version="1.0",
            to_version="2.0",
            direct=True,
            differs={"core": Pin(before="1.5", after="2.0")},
            shared={},
        )

    def test_what_both_releases_force_is_recorded_as_shared(self, service: Service) -> None:
        locks, found = compared(service, "Web", "1.0", "1.1")
        assert [lock["core"] for lock in locks.values()] == ["1.5", "1.5"]
        assert found.differs == {}
        assert found.shared == {"core": Pin(before="2.0", after="1.5")}

    def test_an_unknown_release_is_refused(self, service: Service) -> None:
        with pytest.raises(LabError, match=r"^the package index has no web 9\.9\. `pip index "):
            compared(service, "web", "1.0", "9.9")

    def test_a_lock_without_a_solution_is_refused_with_uvs_reason(self, service: Service) -> None:
        (service.folder / "requirements.in").write_text("web>=2\nside\n")
        with pytest.raises(
            LabError,
            match=r"^core 1\.5 does not fit the other packages of FastAPI: Because .*web.* depends "
            r"on core>=2.* unsatisfiable\. Choose another version\.$",
        ):
            compared(service, "core", "1.5", "2.0")

    def test_the_checkout_is_left_as_it_is(self, service: Service) -> None:
        before = {path.name: path.read_bytes() for path in service.folder.iterdir()}
        compared(service, "web", "1.0", "2.0")
        assert {path.name: path.read_bytes() for path in service.folder.iterdir()} == before

    def test_an_indirect_dependency_is_recorded_as_one(self, service: Service) -> None:
        (service.folder / "requirements.in").write_text("web<2\nside\n")
        locks, found = compared(service, "core", "1.0", "1.5")
        assert [lock["core"] for lock in locks.values()] == ["1.5", "1.0"]
        assert not found.direct


@pytest.mark.parametrize(
    ("package", "before", "after", "message"),
    [
        ("nope", "1.0", "2.0", "fastapi does not depend on nope: requirements.lock does not"),
        ("web", "1.0", "v1.0.0", "FROM and TO are the same version of web: 1.0"),
        ("web", "1.0", ">=2", "'>=2' is not a version of a package. Write it as 1.2.3"),
    ],
)
def test_what_cannot_be_compared_is_refused(
    service: Service, package: str, before: str, after: str, message: str
) -> None:
    with pytest.raises(LabError) as refused:
        compared(service, package, before, after)
    assert str(refused.value).startswith(message)


def test_a_variant_is_refused() -> None:
    with pytest.raises(LabError, match=r"fastapi-granian extends fastapi and has its versions\. C"):
        compared(KNOWN["fastapi-granian"], "granian", "1", "2")


def test_without_uv_the_error_says_how_to_install_it(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    with pytest.raises(LabError, match=r"^uv is missing, which resolves lock files\. Install it, "):
        compared(service, "web", "1.0", "2.0")


def test_a_contestant_is_found_by_its_framework() -> None:
    assert release.framework_of("FastAPI", KNOWN).name == "fastapi"
    with pytest.raises(LabError, match=r"uvicorn is not the framework of one contestant\. Name a"):
        release.framework_of("uvicorn", KNOWN)


def test_newer_releases_of_direct_packages_are_locked(
    service: Service, resolver: str, tmp_path: Path
) -> None:
    if resolver == "stand-in":
        pytest.skip("it sets no pin of side")
    assert release.upgraded(service, tmp_path)
    assert service.locked() == {"web": "2.0", "core": "2.0", "side": "2.0"}
    text = (service.folder / "requirements.lock").read_text()
    assert "make lock" in text
    assert "# via -r services/fastapi/requirements.in" in text
    assert str(tmp_path) not in text
    assert not release.upgraded(service, tmp_path)
    assert (service.folder / "requirements.lock").read_text() == text


def test_a_variant_without_packages_of_its_own_has_nothing_to_lock() -> None:
    assert not release.upgraded(KNOWN["django-tuned"], SERVICES.parent)
