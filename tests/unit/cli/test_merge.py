"""The merge command: what it prints, and the file that it writes."""

import json
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from levelbench.cli import app
from tests import DATA

RECORDED = DATA / "k6" / "samples"


def merge(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.chdir(RECORDED)
    monkeypatch.setattr("sys.argv", ["levelbench", "merge", *arguments])
    with pytest.raises(SystemExit) as ended:
        app.main()
    return int(ended.value.code or 0)


def test_the_tables_of_two_generators(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    snapshot: SnapshotAssertion,
) -> None:
    written = tmp_path / "merged.json"
    summaries = ("--summary", "0-summary.json", "--summary", "1-summary.json")
    files = ("0.json.gz", "1.json.gz")
    assert merge(monkeypatch, *files, *summaries, "--output", str(written)) == 0
    assert capsys.readouterr().out.replace(str(written), "merged.json") == snapshot
    assert json.loads(written.read_text())["metrics"]["http_reqs"]["values"]["count"] == 61


def test_a_file_that_is_missing_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert merge(monkeypatch, "nothing.json") == 2
    found = capsys.readouterr()
    assert found.out == ""
    assert found.err.count("\n") == 1
