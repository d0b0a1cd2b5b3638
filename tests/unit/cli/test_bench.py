"""`levelbench bench-paired` with prepared runs, and the end of a run in the terminal."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from levelbench.bench.count import count as counting
from levelbench.bench.options import Options
from levelbench.bench.run import OngoingRun
from levelbench.cli import bench as commands
from levelbench.cli.app import app
from levelbench.contestants import at_commit, discovery, selection
from levelbench.contestants.discovery import Service
from levelbench.errors import LabError
from levelbench.model.config import Config, Profile, load_config
from levelbench.model.finding import Finding
from tests.unit.factories import make_run, write_run
from tests.unit.factories.counts import SAME, changed, make_pair
from tests.unit.factories.sweeps import sweep_run


class TestBenchPaired:
    @pytest.fixture
    def asked(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[Options]:
        """What a bench is asked for; it measures what `rates` says."""
        asked: list[Options] = []

        @contextmanager
        def with_base(
            name: str, commit: str, services: Mapping[str, Service]
        ) -> Iterator[dict[str, Service]]:
            yield {name: services[name], f"{name}-base": services[name]}

        def bench(options: Options, *_: object) -> OngoingRun:
            asked.append(options)
            run = make_run(
                throughput=dict(zip(options.services, self.rates, strict=True)),
                control=next(iter(options.services)),
            )
            folder = write_run(tmp_path / run.record.run_id, run)
            return OngoingRun(folder, run.record, list(run.trials))

        monkeypatch.setattr(at_commit, "resolve", lambda ref: "0123456789abcdef")
        monkeypatch.setattr(at_commit, "with_base", with_base)

        def count(options: counting.Options, *_: object) -> OngoingRun:
            counted.append(options)
            run = make_pair({"detail": self.logs})
            folder = write_run(tmp_path / run.record.run_id, run)
            return OngoingRun(folder, run.record)

        counted: list[counting.Options] = []
        self.counted = counted
        monkeypatch.setattr(commands, "run_bench", bench)
        monkeypatch.setattr(counting, "count", count)
        return asked

    rates = (400.0, 400.0)
    logs = SAME

    def measured(self, *options: str, by: str = "time") -> Result:
        command = ["bench-paired", "fastapi", "--base=main", f"--by={by}", *options]
        return CliRunner().invoke(app, command)

    def test_counts_come_first_and_each_has_its_verdict(
        self, asked: list[Options], tmp_path: Path
    ) -> None:
        file = tmp_path / "verdict.md"
        done = self.measured(f"--markdown={file}", "--endpoints=detail", "--seeds=6", by="both")
        assert done.exit_code == 0
        (counted,) = self.counted
        assert list(counted.services) == ["fastapi", "fastapi-base"]
        assert (counted.endpoints, counted.seeds) == (("detail",), 6)
        assert counted.base_commit == "0123456789abcdef"
        assert len(asked) == 1
        instructions, time = "No more than 0.5% added: at most 0.1%", "Not slower by 5% or more"
        for text in (done.stdout, file.read_text()):
            assert -1 < text.index(instructions) < text.index(time)

    @pytest.mark.parametrize(
        ("logs", "status"),
        [(SAME, 0), (changed(0.01), 1), ([30 * value for value in SAME], 3)],
    )
    def test_counts_alone_decide_the_status(
        self,
        asked: list[Options],
        monkeypatch: pytest.MonkeyPatch,
        logs: Sequence[float],
        status: int,
    ) -> None:
        monkeypatch.setattr(TestBenchPaired, "logs", logs)
        assert self.measured(by="instructions").exit_code == status
        assert asked == []
        assert self.measured(by="both").exit_code == status

    def test_time_alone_counts_nothing(self, asked: list[Options]) -> None:
        assert self.measured(by="time").exit_code == 0
        assert self.counted == []

    def test_both_are_measured_in_one_run(self, asked: list[Options]) -> None:
        assert self.measured("--profile=smoke", "--seed=7").exit_code == 0
        (options,) = asked
        assert list(options.services) == ["fastapi", "fastapi-base"]
        assert (options.profile_name, options.seed) == ("smoke", 7)
        assert options.workloads == {"closed": 1}
        assert options.base_commit == "0123456789abcdef"

    def test_the_same_is_status_0(self, asked: list[Options]) -> None:
        done = self.measured()
        assert done.exit_code == 0
        assert "FastAPI and Fastapi-base tie: they differ by less than 2%" in done.stdout
        assert "Not slower by 5% or more: at most 0.4%" in done.stdout

    def test_what_no_interval_decides_is_status_3(self, asked: list[Options]) -> None:
        done = self.measured("--margin=0.1%")
        assert done.exit_code == 3
        assert "Undecided: a slowdown of up to 0.4% is not excluded (margin: 0.1%)." in done.stdout

    def test_a_job_gets_its_markdown(self, asked: list[Options], tmp_path: Path) -> None:
        file = tmp_path / "verdict.md"
        assert self.measured(f"--markdown={file}").exit_code == 0
        assert file.read_text().startswith("## FastAPI compared with Fastapi-base\n\n**Not slower")

    @pytest.mark.parametrize("margin", ["5", "0%", "100%", "-1%", "five", ""])
    def test_a_bad_margin_is_refused_before_anything_runs(
        self, asked: list[Options], margin: str
    ) -> None:
        done = self.measured(f"--margin={margin}")
        assert isinstance(done.exception, LabError)
        assert str(done.exception).startswith(f"--margin {margin!r} is not a percentage")
        assert asked == []

    @pytest.mark.parametrize("precision", ["3", "0%", "100%", "narrow", ""])
    def test_a_bad_precision_is_refused_before_anything_runs(
        self, asked: list[Options], precision: str
    ) -> None:
        done = self.measured(f"--precision={precision}")
        assert isinstance(done.exception, LabError)
        assert str(done.exception).startswith(f"--precision {precision!r} is not a percentage")
        assert asked == []

    def test_a_precision_has_the_blocks_of_the_last_look(self, asked: list[Options]) -> None:
        assert self.measured("--precision=3%", "--profile=nightly").exit_code == 0
        (options,) = asked
        assert options.precision
        assert (options.precision.workload, options.precision.target) == ("closed", 0.03)
        assert options.precision.looks == (8, 11, 15, 20, 30)
        assert options.workloads == {
            "closed": 30, "open-50": 5, "open-80": 5, "endpoints": 5, "closed-no-auth": 8,
        }  # fmt: skip

    def test_a_precision_of_no_closed_workload_is_refused(self, asked: list[Options]) -> None:
        done = self.measured("--precision=3%", "--workload=open")
        assert isinstance(done.exception, LabError)
        assert done.exception.cause == (
            "PRECISION needs a closed workload, and this run has open-50, open-80"
        )
        assert asked == []

    def test_a_slower_head_is_status_1_and_named(
        self, asked: list[Options], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(TestBenchPaired, "rates", (360.0, 400.0))
        done = self.measured()
        assert done.exit_code == 1
        assert "FastAPI served 9.8% fewer requests than Fastapi-base" in done.stdout

    def test_a_list_without_workloads_does_not_measure_everything(
        self, asked: list[Options]
    ) -> None:
        done = self.measured("--workload=,")
        assert isinstance(done.exception, LabError)
        assert str(done.exception).startswith("',' names no workload. Choose from: closed, ")
        assert asked == []

    def test_an_unknown_service_is_refused(self, asked: list[Options]) -> None:
        done = CliRunner().invoke(app, ["bench-paired", "nope", "--base=main"])
        assert isinstance(done.exception, LabError)
        assert str(done.exception).startswith("there is no service 'nope'. Choose from: ")
        assert asked == []


@pytest.mark.parametrize(("interrupted", "status"), [(False, 1), (True, 130)])
def test_a_run_that_measured_nothing_prints_its_findings_and_its_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], interrupted: bool, status: int
) -> None:
    record = make_run(blocks=1).record
    found = Finding(code="engine-gone", severity="error", cause="no [engine]", remedy="start it")
    run = OngoingRun(tmp_path, record.model_copy(update={"findings": (found,)}), [])
    run.interrupted = interrupted
    assert commands._conclude(run) == status
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
    aim = commands._aim(None, blocks, services, changed, "standard")
    assert (aim is not None) == aimed
    assert commands._with_looks(blocks, aim) == ({"closed": 30} if aimed else blocks)
    assert commands._aim(None, blocks, services, config, "standard") is None


def test_a_precision_needs_two_contestants() -> None:
    services = selection.select("fastapi,floor", discovery.discover())
    with pytest.raises(LabError, match="PRECISION needs two contestants"):
        commands._aim("3%", {"closed": 5}, services, load_config(), "quick")


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
