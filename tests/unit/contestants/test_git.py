"""The commit of a checkout, whatever the user has configured and wherever it lies."""

import subprocess
from pathlib import Path

import pytest

from levelbench import command
from levelbench.contestants import at_commit, git
from levelbench.errors import LabError

IDENTITY = ("-c", "user.name=A", "-c", "user.email=a@example.org")
SCRIPT = b"#!/bin/sh\nexec gunicorn\n"


def run(root: Path, *arguments: str) -> str:
    words = ["git", "-C", str(root), *IDENTITY, *arguments]
    return subprocess.run(words, check=True, capture_output=True, text=True).stdout.strip()


def commit(root: Path, *options: str) -> None:
    run(root, "add", "--all")
    run(root, "commit", "--quiet", "--message=.", "--no-gpg-sign", *options)


def repository(root: Path) -> Path:
    """A checkout of one commit."""
    script = root / "services" / "flask" / "bin" / "serve"
    script.parent.mkdir(parents=True)
    script.write_bytes(SCRIPT)
    script.chmod(0o755)
    run(root, "init", "--quiet", "--initial-branch=main")
    commit(root)
    return root


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return repository(tmp_path / "checkout")


def head(root: Path) -> str:
    return run(root, "rev-parse", "HEAD")[:12]


def test_a_checkout_has_its_commit(root: Path) -> None:
    assert git.commit(root).id == head(root)
    (root / "services" / "flask" / "bin" / "serve").write_text("changed")
    assert git.commit(root).id == f"{head(root)}-dirty"


def test_an_archive_in_another_repository_has_none(root: Path) -> None:
    """The commit of the repository around it was recorded."""
    unpacked = root / "unpacked"
    (unpacked / "services" / "flask").mkdir(parents=True)
    found = git.commit(unpacked)
    assert found.id is None
    assert found.cause == "the checkout is not part of the git repository around it"


def test_a_part_of_a_larger_repository_has_its_commit(root: Path) -> None:
    part = root / "bench"
    (part / "services").mkdir(parents=True)
    (part / "services" / "a").touch()
    commit(root)
    assert git.commit(part).id == head(root)


def test_an_archive_has_none_and_the_reason(tmp_path: Path) -> None:
    found = git.commit(tmp_path)
    assert (found.id, found.cause) == (None, "the checkout is not a git repository")
    assert found.remedy.startswith("Clone the project")


DUBIOUS = (
    "fatal: detected dubious ownership in repository at '/srv/lab'",
    "To add an exception for this directory, call:",
    "\tgit config --global --add safe.directory /srv/lab",
)


@pytest.fixture
def dubious(monkeypatch: pytest.MonkeyPatch) -> None:
    """git as it answers in a checkout of another user."""

    def refuse(*_: object, **__: object) -> str:
        raise command.CommandError("`git` failed", output=DUBIOUS)

    monkeypatch.setattr(command, "run", refuse)


@pytest.mark.usefixtures("dubious")
def test_a_checkout_of_another_user_has_gits_cause_and_remedy() -> None:
    """Nothing was recorded, without a word."""
    found = git.commit(Path("/srv/lab"))
    assert found.id is None
    assert found.cause == "git: detected dubious ownership in repository at '/srv/lab'"
    assert found.remedy == "Run `git config --global --add safe.directory /srv/lab`."


@pytest.mark.usefixtures("dubious")
def test_a_base_is_not_said_to_be_missing_where_git_refuses() -> None:
    """There was no commit HEAD, and `git fetch` was the remedy."""
    with pytest.raises(LabError, match=r"dubious ownership.* Run `git config --global --add"):
        at_commit.resolve("HEAD", Path("/srv/lab"))


def test_a_base_of_a_shallow_clone_has_its_remedy(root: Path, tmp_path: Path) -> None:
    clone = tmp_path / "shallow"
    words = ["git", "clone", "--quiet", "--depth=1", f"file://{root}", str(clone)]
    commit(root, "--allow-empty")
    subprocess.run(words, check=True)
    with pytest.raises(LabError, match="`git fetch --unshallow` downloads missing ones"):
        at_commit.resolve("0123456", clone)


def test_a_variable_of_a_hook_leads_to_no_other_repository(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = repository(tmp_path / "other")
    commit(other, "--allow-empty")
    expected = head(root)
    monkeypatch.setenv("GIT_DIR", str(other / ".git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(other))
    assert git.commit(root).id == expected


@pytest.mark.parametrize(
    ("key", "value"), [("core.autocrlf", "true"), ("core.eol", "crlf"), ("tar.umask", "077")]
)
def test_the_files_of_a_commit_do_not_depend_on_the_users_settings(
    root: Path, tmp_path: Path, key: str, value: str
) -> None:
    """The base had scripts with Windows line endings, and was blamed for it."""
    run(root, "config", key, value)
    attributes = tmp_path / "attributes"
    attributes.write_text("* text\n")
    run(root, "config", "core.attributesFile", str(attributes))
    folder = at_commit._extract(Path("services/flask"), "HEAD", tmp_path, root)
    script = folder / "bin" / "serve"
    assert script.read_bytes() == SCRIPT
    assert script.stat().st_mode & 0o777 == 0o755
