"""`size`: the capacity is measured or taken, and one measurement checks what follows."""

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from levelbench.bench.options import Options
from levelbench.bench.run import OngoingRun
from levelbench.cli import bench as commands
from levelbench.cli import size
from levelbench.cli.app import app
from levelbench.errors import LabError
from levelbench.lab import environment
from tests.unit.factories import make_run, write_run
from tests.unit.factories.loads import capacity_run


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[Options]:
    """What benches are asked for; they measure a constructed capacity."""
    asked: list[Options] = []

    def bench(options: Options, *_: object) -> OngoingRun:
        asked.append(options)
        run = capacity_run() if "capacity" in options.workloads else make_run(blocks=1)
        folder = write_run(tmp_path / f"20260102-030405-{len(asked)}", run)
        return OngoingRun(folder, run.record, list(run.trials))

    monkeypatch.setattr(commands, "run_bench", bench)
    monkeypatch.setattr(size, "run_folder", lambda name: tmp_path / name)
    place = capacity_run().record.environment
    monkeypatch.setattr(environment, "cores", lambda: place.cores)
    monkeypatch.setattr(environment, "cpu_model", lambda: place.cpu_model)
    return asked


def sized(*options: str) -> Result:
    return CliRunner().invoke(app, ["size", *options])


def test_a_capacity_is_measured_and_its_prediction_checked(asked: list[Options]) -> None:
    sized("fastapi", "--rate=300", "--p95=100ms")
    capacity, check = asked
    assert capacity.workloads == {"capacity": 5}
    assert str(capacity.objective) == "p95<100ms"
    assert (check.workloads, check.profile_name) == ({"fixed": 1}, "smoke")
    assert check.size is not None
    assert (check.size.cores, check.rate_rps) == (2, 150)


def test_an_earlier_run_has_the_capacity(asked: list[Options], tmp_path: Path) -> None:
    write_run(tmp_path / "earlier", capacity_run())
    sized("fastapi", "--rate=100", "--run=earlier")
    (check,) = asked
    assert check.rate_rps == 100


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["nobody", "--rate=1"], "there is no service 'nobody'"),
        (["url-shortener", "--rate=1"], "url-shortener is a guest"),
        (["fastapi", "--rate=1", "--p95=0ms"], "OBJECTIVE 'p95<0ms': no rate has a latency"),
        (["fastapi", "--rate=1", "--p95=fast"], "OBJECTIVE 'p95<fast' is not an objective"),
        (["fastapi", "--rate=1", "--p95=9ms", "--run=earlier"], "run 20260102T030405-quick has"),
    ],
)
def test_what_cannot_be_sized_is_refused_before_anything_runs(
    asked: list[Options], tmp_path: Path, options: list[str], message: str
) -> None:
    write_run(tmp_path / "earlier", capacity_run())
    done = sized(*options)
    assert isinstance(done.exception, LabError)
    assert str(done.exception).startswith(message)
    assert asked == []


def test_a_rate_of_0_is_refused(asked: list[Options]) -> None:
    assert sized("fastapi", "--rate=0").exit_code == 2
    assert asked == []
