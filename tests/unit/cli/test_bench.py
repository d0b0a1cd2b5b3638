"""The end of a run in the terminal, the precision that a bench aims at, and `sweep`."""

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from levelbench.bench.options import Options
from levelbench.bench.run import OngoingRun
from levelbench.cli import bench as commands
from levelbench.cli.app import app
from levelbench.contestants import discovery, selection
from levelbench.errors import LabError
from levelbench.model.config import Config, load_config
from levelbench.model.finding import Finding
from levelbench.model.loads import Profile
from tests.unit.factories import make_run, write_run
from tests.unit.factories.sweeps import sweep_run


@pytest.mark.parametrize(("interrupted", "status"), [(False, 1), (True, 130)])
def test_a_run_that_measured_nothing_prints_its_findings_and_its_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], interrupted: bool, status: int
) -> None:
    record = make_run(blocks=1).record
    found = Finding(code="engine-gone", severity="error", cause="no [engine]", remedy="start it")
    run = OngoingRun(tmp_path, record.model_copy(update={"findings": (found,)}), [])
    run.interrupted = interrupted
    assert commands.conclude(run) == status
    assert capsys.readouterr().out.splitlines() == [
        "  error engine-gone: no [engine]",
        "",
        f"Nothing was measured. The folder of the run: {tmp_path}",
    ]


@pytest.mark.parametrize(
    ("names", "blocks", "aimed"),
    [
        ("fastapi,flask", {"closed": 15}, True),
        ("fastapi,flask", {"open-50": 5}, False),
        ("fastapi,floor", {"closed": 15}, False),
    ],
)
def test_the_precision_of_a_profile_applies_where_it_can_be_reached(
    names: str, blocks: dict[str, int], aimed: bool
) -> None:
    config = load_config()
    standard = Profile(**{**dict(config.profile("standard")), "precision": 0.03})
    changed = Config(**{**dict(config), "profiles": {"standard": standard}})
    services = selection.select(names, discovery.discover())
    aim = commands.aim_of(None, blocks, services, changed, "standard")
    assert (aim is not None) == aimed
    assert commands.with_looks(blocks, aim) == ({"closed": 30} if aimed else blocks)
    assert commands.aim_of(None, blocks, services, config, "standard") is None


def test_a_precision_needs_two_contestants() -> None:
    services = selection.select("fastapi,floor", discovery.discover())
    with pytest.raises(LabError, match="PRECISION needs two contestants"):
        commands.aim_of("3%", {"closed": 5}, services, load_config(), "quick")


class TestSweep:
    @pytest.fixture
    def asked(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[Options]:
        """What a bench is asked for; it measures a constructed sweep."""
        asked: list[Options] = []

        def bench(options: Options, *_: object) -> OngoingRun:
            asked.append(options)
            run = sweep_run()
            folder = write_run(tmp_path / run.record.run_id, run)
            return OngoingRun(folder, run.record, list(run.trials))

        monkeypatch.setattr(commands, "run_bench", bench)
        return asked

    def swept(self, *options: str) -> Result:
        return CliRunner().invoke(app, ["sweep", "fastapi", *options])

    def test_the_values_are_measured_in_one_run(self, asked: list[Options]) -> None:
        done = self.swept("--over=pool=2,4,8,24", "--seed=7", "--workload=list")
        assert done.exit_code == 0
        (options,) = asked
        assert list(options.services) == [
            "fastapi", "fastapi-pool-2", "fastapi-pool-4", "fastapi-pool-8", "fastapi-pool-24",
        ]  # fmt: skip
        assert (options.profile_name, options.seed) == ("standard", 7)
        assert options.workloads == {"list": 20}
        assert options.sweep is not None
        assert options.sweep.declared == 12
        assert "no difference is shown between pool 8, 12 and 24" in done.stdout

    @pytest.mark.parametrize(
        ("options", "message"),
        [
            (["--over=pool=none"], "OVER 'pool=none' is not a setting with values"),
            (["--over=threads=2"], "fastapi reads no variable for threads"),
            (["--over=pool=90,95"], "these values need 310 database connections"),
            (["--over=pool=2", "--workload=endpoints"], "a sweep has no best value over the isol"),
            (["--over=pool=2", "--profile=none"], "there is no profile 'none'"),
        ],
    )
    def test_what_cannot_be_measured_is_refused_before_anything_runs(
        self, asked: list[Options], options: list[str], message: str
    ) -> None:
        done = self.swept(*options)
        assert isinstance(done.exception, LabError)
        assert str(done.exception).startswith(message)
        assert asked == []


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--objective=p95"], "OBJECTIVE 'p95' is not an objective"),
        (["--objective=errors<5%"], "OBJECTIVE 'errors<5%' allows more than 0.1% of errors"),
        (["--objective=p95<9ms", "--workload=closed"], "OBJECTIVE needs WORKLOAD=capacity"),
        (["--rate=100", "--workload=closed"], "WORKLOAD=fixed and RATE=<requests/s> need each"),
        (["--workload=fixed"], "WORKLOAD=fixed and RATE=<requests/s> need each other"),
    ],
)
def test_a_load_that_cannot_be_is_refused_before_anything_runs(
    options: list[str], message: str
) -> None:
    done = CliRunner().invoke(app, ["bench", *options])
    assert isinstance(done.exception, LabError)
    assert str(done.exception).startswith(message)
