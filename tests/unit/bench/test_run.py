from pathlib import Path

import pytest

from levelbench.bench.run import OngoingRun
from levelbench.model.run import load_run_record
from tests.unit.factories import make_run


@pytest.fixture
def run(tmp_path: Path) -> OngoingRun:
    folder = tmp_path / "20260101-000000-quick"
    folder.mkdir()
    return OngoingRun(folder, make_run().record)


def test_every_change_is_saved(run: OngoingRun) -> None:
    run.completed()
    assert load_run_record(run.folder).status == "complete"
    run.left_out("fastapi", "it does not build")
    assert load_run_record(run.folder).services["fastapi"].failure == "it does not build"
    assert load_run_record(run.folder).findings[-1].code == "contestant-left-out"
    assert load_run_record(run.folder) == run.record


def test_latest_points_at_the_newest(run: OngoingRun) -> None:
    run.point_latest()
    latest = run.folder.parent / "latest"
    assert latest.resolve() == run.folder
    newer = OngoingRun(run.folder.with_name("20260102-000000-quick"), run.record)
    newer.folder.mkdir()
    newer.point_latest()
    assert latest.resolve() == newer.folder
    assert not latest.readlink().is_absolute()
