import errno
from pathlib import Path

import pytest

from levelbench.model import files


def test_a_write_that_fails_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "file"
    files.write_atomic(path, "old")

    def fail(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "disk full")

    monkeypatch.setattr("os.fsync", fail)
    message = r"file cannot be written: disk full\. Free disk space"
    with pytest.raises(files.ResultsError, match=message):
        files.write_atomic(path, "new")
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_of_another_user_is_said_before_anything_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`sudo make bench` once, then a traceback at the end of a run."""

    def refuse(**_: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    files.require_writable(tmp_path / "reports")
    assert list((tmp_path / "reports").iterdir()) == []
    monkeypatch.setattr("tempfile.TemporaryFile", refuse)
    message = r"reports cannot be written: Permission denied\. .* `sudo chown -R \$USER "
    with pytest.raises(files.ResultsError, match=message):
        files.require_writable(tmp_path / "reports")
