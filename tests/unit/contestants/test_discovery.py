import shutil
from pathlib import Path

import pytest

from levelbench.contestants.discovery import SERVICES, discover
from levelbench.contestants.extension import ContestantError
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
        (copy / "fastapi" / "app" / "main.py").chmod(0o755)
        assert discover(copy)["fastapi"].fingerprint("base") != before


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


class TestLayOut:
    """The build context does not depend on how the checkout was treated."""

    def modes(self, folder: Path, into: Path) -> dict[str, int]:
        discover(folder)["fastapi"].lay_out(into)
        return {str(p.relative_to(into)): p.stat().st_mode & 0o777 for p in into.rglob("*")}

    def test_a_strict_umask_changes_nothing(self, copy: Path, tmp_path: Path) -> None:
        """`exec bin/migrate: permission denied`"""
        expected = self.modes(copy, tmp_path / "open")
        before = discover(copy)["fastapi"].fingerprint("base")
        for path in [copy / "fastapi", *(copy / "fastapi").rglob("*")]:
            path.chmod(path.stat().st_mode & 0o700)
        assert self.modes(copy, tmp_path / "strict") == expected
        assert discover(copy)["fastapi"].fingerprint("base") == before

    def test_scripts_are_run_even_if_an_archive_lost_the_right(
        self, copy: Path, tmp_path: Path
    ) -> None:
        (copy / "fastapi" / "bin" / "serve").chmod(0o644)
        assert self.modes(copy, tmp_path / "context")["bin/serve"] == 0o755

    @pytest.mark.parametrize(
        ("content", "message"),
        [
            (None, "bin/serve is missing"),
            (b"exec uvicorn\n", "does not begin with `#!`"),
            (b"#!/bin/sh\r\nexec uvicorn\r\n", "has Windows line endings"),
        ],
        ids=["missing", "no-interpreter", "line-endings"],
    )
    def test_a_script_that_no_container_could_run_is_named(
        self, copy: Path, tmp_path: Path, content: bytes | None, message: str
    ) -> None:
        script = copy / "fastapi" / "bin" / "serve"
        script.unlink()
        if content is not None:
            script.write_bytes(content)
        with pytest.raises(ContestantError, match=message):
            discover(copy)["fastapi"].lay_out(tmp_path / "context")


class TestGuest:
    """Somebody's own service, of which the lab knows little."""

    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        """A folder of services with a guest that has the least that a guest needs."""
        guest = tmp_path / "services" / "mine"
        (guest / "bin").mkdir(parents=True)
        (guest / "service.toml").write_text(
            'display_name = "Mine"\nrole = "guest"\npython = "3.14"\n'
        )
        for script in ("serve", "migrate"):
            (guest / "bin" / script).write_text("#!/bin/sh\n")
        (guest / "journey.js").write_text("export const requests = {};\n")
        return guest.parent

    def test_declares_no_stack(self, folder: Path) -> None:
        guest = discover(folder)["mine"]
        assert guest.spec.is_guest
        assert (guest.spec.traits, guest.spec.serves, guest.versions()) == ({}, (), {})
        assert guest.journey == folder / "mine" / "journey.js"

    def test_inherits_a_worker_that_waits_and_an_empty_seed(
        self, folder: Path, tmp_path: Path
    ) -> None:
        discover(folder)["mine"].lay_out(tmp_path / "context")
        found = {str(p.relative_to(tmp_path / "context")) for p in tmp_path.rglob("context/bin/*")}
        assert found == {"bin/serve", "bin/migrate", "bin/worker", "bin/seed"}
        assert "sleep infinity" in (tmp_path / "context/bin/worker").read_text()

    def test_its_own_scripts_come_first(self, folder: Path, tmp_path: Path) -> None:
        (folder / "mine/bin/worker").write_text("#!/bin/sh\nexec mine\n")
        discover(folder)["mine"].lay_out(tmp_path / "context")
        assert (tmp_path / "context/bin/worker").read_text() == "#!/bin/sh\nexec mine\n"

    def test_another_journey_needs_no_other_image(self, folder: Path) -> None:
        before = discover(folder)["mine"].fingerprint("base")
        (folder / "mine/journey.js").write_text("export const requests = { a: {} };\n")
        assert discover(folder)["mine"].fingerprint("base") == before

    def test_a_missing_script_is_an_error(self, folder: Path, tmp_path: Path) -> None:
        (folder / "mine/bin/migrate").unlink()
        with pytest.raises(ContestantError, match="mine/bin/migrate is missing"):
            discover(folder)["mine"].lay_out(tmp_path / "context")

    @pytest.mark.parametrize("path", ["/health", "/"])
    def test_chooses_the_path_that_says_that_it_is_ready(self, folder: Path, path: str) -> None:
        spec = folder / "mine" / "service.toml"
        spec.write_text(spec.read_text() + f'ready = "{path}"\n')
        assert discover(folder)["mine"].spec.ready == path

    @pytest.mark.parametrize("path", ["health", "/a b", "/'; rm -rf /'", "/$(id)"])
    def test_a_path_is_part_of_no_shell_command(self, folder: Path, path: str) -> None:
        spec = folder / "mine" / "service.toml"
        spec.write_text(spec.read_text() + f'ready = "{path}"\n')
        with pytest.raises(LabError, match=r"service\.toml: ready: "):
            discover(folder)

    def test_a_contestant_has_the_path_of_the_contract(self, copy: Path) -> None:
        edit(copy / "fastapi/service.toml", "core = true\n", 'core = true\nready = "/up"\n')
        with pytest.raises(LabError, match='ready is not allowed for role "contestant"'):
            discover(copy)
