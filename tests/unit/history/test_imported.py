"""A run from another machine becomes one of the reports."""

import json
from pathlib import Path

import pytest

from levelbench.errors import LabError
from levelbench.history.imported import import_run
from levelbench.model.folder import load_run
from levelbench.model.run import RUN_FILE
from tests.unit.factories import make_run, write_run


@pytest.fixture
def artifact(tmp_path: Path) -> Path:
    """A run that was downloaded, under another name."""
    folder = tmp_path / "download"
    write_run(folder, make_run(run_id="20260102-030405-quick"))
    return folder


@pytest.fixture
def reports(tmp_path: Path) -> Path:
    folder = tmp_path / "reports"
    folder.mkdir()
    return folder


def test_it_has_the_name_of_its_run(artifact: Path, reports: Path) -> None:
    found = import_run(artifact, reports)
    assert found == reports / "20260102-030405-quick"
    assert load_run(found) == load_run(artifact)
    assert list(reports.iterdir()) == [found]


def test_a_run_that_is_there_is_not_touched(artifact: Path, reports: Path) -> None:
    import_run(artifact, reports)
    with pytest.raises(LabError, match="exists already"):
        import_run(artifact, reports)


def test_a_link_is_refused(artifact: Path, reports: Path) -> None:
    (artifact / "secret").symlink_to("/etc/hostname")
    with pytest.raises(LabError, match="is a link"):
        import_run(artifact, reports)
    assert list(reports.iterdir()) == []


@pytest.mark.parametrize("run_id", ["../elsewhere", "/tmp/elsewhere", ".."])
def test_an_id_that_is_a_path_is_refused(run_id: str, artifact: Path, reports: Path) -> None:
    content = json.loads((artifact / RUN_FILE).read_text())
    (artifact / RUN_FILE).write_text(json.dumps({**content, "run_id": run_id}))
    with pytest.raises(LabError, match="which is a path"):
        import_run(artifact, reports)
    assert list(reports.iterdir()) == []


def test_a_folder_that_is_no_run_is_refused(tmp_path: Path, reports: Path) -> None:
    with pytest.raises(LabError, match=r"run\.json is missing"):
        import_run(tmp_path, reports)
