"""Which contestants a branch has changed, asked of a repository with two branches."""

import subprocess
from pathlib import Path

import pytest

from levelbench.contestants.touched import changed, differing
from levelbench.errors import LabError

SERVICES = ("django", "fastapi", "flask")


class Repository:
    """A checkout in which files are written and committed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.git("init", "--quiet", "--initial-branch=main")
        self.git("config", "user.name", "A Tester")
        self.git("config", "user.email", "tester@example.com")

    def git(self, *arguments: str) -> str:
        command = ["git", "-C", str(self.folder), *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout

    def write(self, path: str, text: str = "changed\n") -> None:
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    def commit(self) -> None:
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message=x")

    def changed(self, base: str = "main") -> list[str]:
        return changed(base, SERVICES, self.folder)


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """On a branch of its own, which equals main: django and fastapi are there, flask is not."""
    repository = Repository(tmp_path)
    for name in ("django", "fastapi"):
        repository.write(f"services/{name}/service.toml", name)
        repository.write(f"services/{name}/app/views.py", f"# {name}, of some length\n" * 20)
    repository.commit()
    repository.git("checkout", "--quiet", "-b", "branch")
    return repository


def test_a_contestant_with_a_changed_file_is_named(repository: Repository) -> None:
    repository.write("services/fastapi/app/main.py")
    repository.commit()
    assert repository.changed() == ["fastapi"]


def test_nothing_is_named_where_only_the_harness_changed(repository: Repository) -> None:
    repository.write("scripts/levelbench/cli.py")
    repository.write("services/CONTRACT.md")
    repository.commit()
    assert repository.changed() == []


def test_what_is_not_committed_does_not_count(repository: Repository) -> None:
    repository.write("services/fastapi/app/main.py")
    assert repository.changed() == []


def test_what_others_changed_meanwhile_does_not_count(repository: Repository) -> None:
    repository.git("checkout", "--quiet", "main")
    repository.write("services/django/app/views.py")
    repository.commit()
    repository.git("checkout", "--quiet", "branch")
    repository.write("services/fastapi/app/main.py")
    repository.commit()
    assert repository.changed() == ["fastapi"]


def test_a_removed_file_is_a_change(repository: Repository) -> None:
    (repository.folder / "services/django/app/views.py").unlink()
    repository.commit()
    assert repository.changed() == ["django"]


def test_a_file_that_moved_has_changed_both(repository: Repository) -> None:
    repository.git("mv", "services/django/app/views.py", "services/fastapi/app/moved.py")
    repository.commit()
    assert repository.changed() == ["django", "fastapi"]


def test_a_new_contestant_is_excluded(repository: Repository) -> None:
    repository.write("services/flask/service.toml")
    repository.write("services/fastapi/app/main.py")
    repository.commit()
    assert repository.changed() == ["fastapi"]


def test_a_contestant_that_is_gone_is_not_named(repository: Repository) -> None:
    repository.git("rm", "-r", "--quiet", "services/django")
    repository.commit()
    assert changed("main", ["fastapi", "flask"], repository.folder) == []


def test_names_with_blanks_and_umlauts_are_read_whole(repository: Repository) -> None:
    repository.write("services/fastapi/app/two words, ä.py")
    repository.commit()
    assert repository.changed() == ["fastapi"]


def test_a_merge_of_a_pull_request_is_compared_with_its_base(repository: Repository) -> None:
    repository.write("services/fastapi/app/main.py")
    repository.commit()
    repository.git("checkout", "--quiet", "main")
    repository.write("services/django/app/views.py")
    repository.commit()
    base = repository.git("rev-parse", "HEAD").strip()
    repository.git("merge", "--quiet", "--no-ff", "--message=x", "branch")
    assert repository.changed(base) == ["fastapi"]


@pytest.mark.parametrize("base", ["nonesuch", "--output=/tmp/x", ""])
def test_an_unknown_commit_is_said(repository: Repository, base: str) -> None:
    with pytest.raises(LabError, match=r"commit '.*' not found in this checkout"):
        repository.changed(base)


class TestDiffering:
    """What tests cover beyond the core: committed or not, new or not."""

    def test_edited_committed_and_new_ones_differ(self, repository: Repository) -> None:
        repository.write("services/django/app/views.py")
        repository.commit()
        repository.write("services/fastapi/app/main.py")
        repository.write("services/flask/service.toml")
        assert differing(SERVICES, repository.folder) == ["django", "fastapi", "flask"]

    def test_on_the_main_branch_nothing_differs(self, repository: Repository) -> None:
        repository.git("checkout", "--quiet", "main")
        assert differing(SERVICES, repository.folder) == []

    def test_what_others_changed_meanwhile_does_not_differ(self, repository: Repository) -> None:
        repository.git("checkout", "--quiet", "main")
        repository.write("services/django/app/views.py")
        repository.commit()
        repository.git("checkout", "--quiet", "branch")
        assert differing(SERVICES, repository.folder) == []

    def test_all_may_differ_where_the_main_branch_is_unknown(self, repository: Repository) -> None:
        repository.git("branch", "--delete", "--force", "main")
        assert differing(SERVICES, repository.folder) == list(SERVICES)

    def test_all_may_differ_outside_a_repository(self, tmp_path: Path) -> None:
        assert differing(SERVICES, tmp_path) == list(SERVICES)
