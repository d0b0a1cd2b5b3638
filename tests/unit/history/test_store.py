"""The store of published runs, on a branch of a real git repository."""

import json
import shutil
import subprocess
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from levelbench import report
from levelbench.contestants.git import git
from levelbench.errors import LabError
from levelbench.history.store import FILES, Store
from levelbench.model.run import RUN_FILE, RunRecord
from tests.unit.factories import make_run, write_run

Folder = Callable[[str], Path]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    """A run with its report, by its id; made once."""

    @cache
    def build(run_id: str) -> Path:
        path = tmp_path_factory.mktemp("built") / run_id
        write_run(path, make_run(run_id=run_id))
        report.build(path)
        return path

    return build


@pytest.fixture
def folder(built: Folder, tmp_path: Path) -> Folder:
    """A copy of it, which a test may change."""
    return lambda run_id: Path(shutil.copytree(built(run_id), tmp_path / run_id))


@pytest.fixture(params=["bare", "checkout"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    path = tmp_path / "repository"
    bare = ["--bare"] if request.param == "bare" else []
    subprocess.run(["git", "init", "--quiet", *bare, str(path)], check=True)
    return Store(path)


def test_a_run_is_one_commit_with_its_files(store: Store, folder: Folder) -> None:
    assert store.index().runs == ()
    assert store.publish(folder("20260102-030405-quick"))
    (run,) = store.index().runs
    assert (run.run_id, run.profile, run.cores, run.publishable) == (
        "20260102-030405-quick", "quick", 2, True,
    )  # fmt: skip
    assert run.services == ("django", "fastapi", "flask", "starlette")
    assert git(store.repository, "rev-list", "--count", store.ref).strip() == "1"
    for name in FILES:
        assert store.read(run.run_id, name)
    record = RunRecord.model_validate_json(store.read(run.run_id, RUN_FILE))
    assert (record.run_id, record.plan) == (run.run_id, ())


def test_no_working_tree_is_touched(store: Store, folder: Folder) -> None:
    before = sorted(path.name for path in store.repository.iterdir())
    store.publish(folder("one"))
    assert sorted(path.name for path in store.repository.iterdir()) == before


def test_runs_are_added_and_sorted_by_their_start(store: Store, folder: Folder) -> None:
    later, earlier = folder("b"), folder("a")
    content = json.loads((earlier / RUN_FILE).read_text())
    (earlier / RUN_FILE).write_text(json.dumps({**content, "started_at": "2025-01-01T00:00:00Z"}))
    for path in (later, earlier):
        assert store.publish(path)
    assert [run.run_id for run in store.index().runs] == ["a", "b"]
    assert store.read("b", FILES[0]) == (later / FILES[0]).read_text()


def test_publishing_again_changes_nothing(store: Store, folder: Folder) -> None:
    path = folder("one")
    assert store.publish(path)
    head = git(store.repository, "rev-parse", store.ref)
    assert not store.publish(path)
    assert git(store.repository, "rev-parse", store.ref) == head


def test_a_published_run_is_never_changed(store: Store, folder: Folder) -> None:
    path = folder("one")
    store.publish(path)
    content = json.loads((path / RUN_FILE).read_text())
    (path / RUN_FILE).write_text(json.dumps({**content, "seed": content["seed"] + 1}))
    report.build(path)
    with pytest.raises(LabError, match="one is already published, with other files"):
        store.publish(path)


def test_a_run_that_is_not_complete_is_refused(store: Store, folder: Folder) -> None:
    path = folder("one")
    content = json.loads((path / RUN_FILE).read_text())
    (path / RUN_FILE).write_text(json.dumps({**content, "status": "partial"}))
    with pytest.raises(LabError, match="RESUME=one"):
        store.publish(path)
    assert store.index().runs == ()


def test_a_run_without_a_report_is_refused(store: Store, folder: Folder) -> None:
    path = folder("one")
    (path / "report.html").unlink()
    with pytest.raises(LabError, match="make report RUN=one"):
        store.publish(path)


def test_another_branch_is_no_store(store: Store, folder: Folder) -> None:
    tree = git(store.repository, "mktree", stdin="").strip()
    words = ("-c", "user.name=A", "-c", "user.email=a@example.org", "commit-tree", tree, "-m", ".")
    git(store.repository, "update-ref", store.ref, git(store.repository, *words).strip())
    with pytest.raises(LabError, match=r"has no index\.json"):
        store.publish(folder("one"))


def test_a_change_at_the_same_time_is_noticed(
    store: Store, folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.publish(folder("one"))
    stale = store._head()
    store.publish(folder("two"))
    monkeypatch.setattr(Store, "_head", lambda self: stale)
    with pytest.raises(LabError, match="changed at the same time"):
        store.publish(folder("three"))


def test_a_folder_that_is_no_repository_is_named(tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(LabError, match="is not a git repository"):
        Store(empty).index()


def test_a_clone_has_the_store(store: Store, folder: Folder, tmp_path: Path) -> None:
    store.publish(folder("one"))
    clone = tmp_path / "clone"
    words = ["git", "clone", "--quiet", "--bare", str(store.repository), str(clone)]
    subprocess.run(words, check=True)
    shutil.rmtree(store.repository)
    assert [run.run_id for run in Store(clone).index().runs] == ["one"]
