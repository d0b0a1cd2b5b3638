from pathlib import Path

import pytest

from levelbench.contestants.discovery import discover
from levelbench.contestants.extension import ContestantError
from levelbench.errors import LabError
from tests.unit.contestants.copied import NAMES, edit


@pytest.mark.parametrize("name", NAMES)
def test_every_contestant_locks_the_packages_that_it_names(name: str) -> None:
    versions = discover()[name].versions()
    assert next(iter(versions)) == name
    assert all(version[0].isdigit() for version in versions.values())


def test_an_unknown_package_is_an_error(copy: Path) -> None:
    edit(copy / "fastapi" / "service.toml", '["fastapi"', '["fastapi", "nonesuch"')
    with pytest.raises(LabError, match=r"packages: nonesuch not in requirements\.lock"):
        discover(copy)["fastapi"].versions()


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
