"""A contestant at another commit, taken from a repository made for it."""

import shutil
import subprocess
from pathlib import Path

import pytest

from levelbench.contestants import at_commit
from levelbench.contestants.discovery import SERVICES, discover
from levelbench.contestants.service import Service
from levelbench.errors import LabError

VERSION = "version one"


def git(root: Path, *arguments: str) -> str:
    identity = ("-c", "user.name=A", "-c", "user.email=a@example.org")
    command = ["git", "-C", str(root), *identity, *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A checkout with one contestant, committed and then changed."""
    root = tmp_path / "checkout"
    for name in ("app", "bin"):
        shutil.copytree(
            SERVICES / "fastapi" / name,
            root / "services" / "fastapi" / name,
            ignore=shutil.ignore_patterns("__pycache__"),
        )
    for name in ("service.toml", "requirements.lock", "Dockerfile"):
        shutil.copy(SERVICES / "fastapi" / name, root / "services" / "fastapi" / name)
    git(tmp_path, "init", "--quiet", "--initial-branch=main", str(root))
    commit(root)
    return root


def commit(root: Path) -> str:
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message=.", "--no-gpg-sign")
    return git(root, "rev-parse", "HEAD")


def services(root: Path) -> dict[str, Service]:
    return discover(root / "services")


def test_both_are_services_like_any_other(root: Path, tmp_path: Path) -> None:
    main = root / "services" / "fastapi" / "app" / "main.py"
    before, sha = main.read_text(), at_commit.resolve("main", root)
    main.write_text(before + "# changed\n")
    with at_commit.with_base("fastapi", sha, services(root), root, tmp_path / "scratch") as pair:
        head, old = pair["fastapi"], pair["fastapi-base"]
        assert list(pair) == ["fastapi", "fastapi-base"]
        assert (head.name, old.name) == ("fastapi", "fastapi-base")
        assert head.folder == main.parents[1]
        assert (old.folder / "app" / "main.py").read_text() == before
        assert old.spec.display_name == f"FastAPI at {sha[:12]}"
        assert old.spec.role == head.spec.role
        assert old.versions() == head.versions()
        assert old.fingerprint("image") != head.fingerprint("image")


def test_what_did_not_change_gives_the_same_image(root: Path, tmp_path: Path) -> None:
    with at_commit.with_base("fastapi", "HEAD", services(root), root, tmp_path) as pair:
        head, old = pair.values()
        assert old.fingerprint("image") == head.fingerprint("image")


def test_nothing_is_left_behind(root: Path, tmp_path: Path) -> None:
    scratch = tmp_path / "scratch"
    with at_commit.with_base("fastapi", "HEAD", services(root), root, scratch):
        assert list(scratch.iterdir()) != []
    assert list(scratch.iterdir()) == []


def test_branches_tags_and_commits_name_a_commit(root: Path) -> None:
    sha = git(root, "rev-parse", "HEAD")
    git(root, "tag", "v1")
    assert [at_commit.resolve(ref, root) for ref in ("main", "v1", sha, sha[:8])] == [sha] * 4


@pytest.mark.parametrize("ref", ["nope", "", "--all", "main:services"])
def test_what_names_none_is_refused(root: Path, ref: str) -> None:
    with pytest.raises(LabError, match=r"commit .* not found"):
        at_commit.resolve(ref, root)


def test_a_contestant_that_is_new_has_no_base(root: Path, tmp_path: Path) -> None:
    sha = at_commit.resolve("main", root)
    (root / "services" / "fastapi").rename(root / "services" / "newcomer")
    with (
        pytest.raises(LabError, match=rf"services/newcomer does not exist at commit {sha[:12]}"),
        at_commit.with_base("newcomer", sha, services(root), root, tmp_path),
    ):
        pass


def test_a_base_that_this_lab_does_not_read_is_named(root: Path, tmp_path: Path) -> None:
    spec = root / "services" / "fastapi" / "service.toml"
    edit(spec, 'role = "contestant"', 'role = "champion"')
    sha = commit(root)
    edit(spec, 'role = "champion"', 'role = "contestant"')
    with (
        pytest.raises(LabError, match=rf"^fastapi at {sha[:12]}/service\.toml: role: "),
        at_commit.with_base("fastapi", sha, services(root), root, tmp_path),
    ):
        pass


def test_a_name_that_is_taken_is_refused(root: Path, tmp_path: Path) -> None:
    known = services(root)
    with (
        pytest.raises(LabError, match="a service named fastapi-base already exists"),
        at_commit.with_base(
            "fastapi", "HEAD", {**known, "fastapi-base": known["fastapi"]}, root, tmp_path
        ),
    ):
        pass


def test_what_extends_a_contestant_has_no_base(tmp_path: Path) -> None:
    """It was an error of a field that is missing in its service.toml."""
    name = "starlette-as-published"
    with (
        pytest.raises(LabError, match=r"extends starlette and is compared with it, not with an"),
        at_commit.with_base(name, "HEAD", discover(), scratch=tmp_path),
    ):
        pass


def test_a_guest_and_its_base_get_the_same_requests(root: Path, tmp_path: Path) -> None:
    guest = root / "services" / "url-shortener"
    shutil.copytree(SERVICES / "url-shortener", guest)
    sha = commit(root)
    changed = (guest / "journey.js").read_text() + "// changed\n"
    (guest / "journey.js").write_text(changed)
    with at_commit.with_base("url-shortener", sha, services(root), root, tmp_path) as pair:
        base = pair["url-shortener-base"]
        assert base.spec.is_guest
        assert base.journey is not None
        assert base.journey.read_text() == changed
        assert base.spec.display_name == f"URL shortener at {sha[:12]}"
