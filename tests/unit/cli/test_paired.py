"""`levelbench bench-paired` and `bench-release` with prepared runs."""

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
from levelbench.contestants import at_commit, release
from levelbench.contestants.service import Service
from levelbench.errors import LabError
from levelbench.model.release import Pin, Release
from tests.unit.factories import make_run, write_run
from tests.unit.factories.counts import SAME, changed, make_pair


class Prepared:
    """Both commands: what a bench and a count are asked for, and what they find."""

    @pytest.fixture
    def asked(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[Options]:
        """What a bench is asked for; it measures what `rates` says."""
        asked: list[Options] = []

        @contextmanager
        def with_base(
            name: str, commit: str, services: Mapping[str, Service]
        ) -> Iterator[dict[str, Service]]:
            yield {name: services[name], f"{name}-base": services[name]}

        @contextmanager
        def with_releases(
            service: Service, package: str, before: str, after: str
        ) -> Iterator[tuple[dict[str, Service], Release]]:
            found = Release(
                service=service.name,
                package=package,
                from_version=before,
                to_version=after,
                direct=True,
                differs={"pydantic": Pin(before="2.12.0", after="2.13.0")},
                shared={},
            )
            yield {f"{service.name}-{side}": service for side in ("after", "base")}, found

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
        monkeypatch.setattr(release, "with_releases", with_releases)

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


class TestBenchPaired(Prepared):
    def measured(self, *options: str, by: str = "time") -> Result:
        command = ["bench-paired", "fastapi", "--base=main", f"--by={by}", *options]
        return CliRunner().invoke(app, command)

    def test_a_guest_is_compared_by_time(self, asked: list[Options]) -> None:
        """Only endpoints of the contract are counted."""
        command = ["bench-paired", "url-shortener", "--base=main", "--workload=closed"]
        done = CliRunner().invoke(app, command)
        assert done.exit_code == 0
        assert (self.counted, len(asked)) == ([], 1)

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
        monkeypatch.setattr(Prepared, "logs", logs)
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
        monkeypatch.setattr(Prepared, "rates", (360.0, 400.0))
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


class TestBenchRelease(Prepared):
    def compared(self, *options: str) -> Result:
        command = ["bench-release", "--package=fastapi", "--from=0.129.0", "--to=0.130.0"]
        return CliRunner().invoke(app, [*command, *options])

    def test_both_releases_are_counted_and_measured_in_one_run_each(
        self, asked: list[Options], tmp_path: Path
    ) -> None:
        file = tmp_path / "verdict.md"
        done = self.compared(f"--markdown={file}", "--endpoints=detail", "--profile=smoke")
        assert done.exit_code == 0
        (timed,), (counted,) = asked, self.counted
        for options in (timed, counted):
            assert list(options.services) == ["fastapi-after", "fastapi-base"]
            assert options.base_commit is None
            assert options.release
            assert (options.release.from_version, options.release.to_version) == (
                "0.129.0", "0.130.0",
            )  # fmt: skip
        assert not counted.counting.packages
        forced = "The two sides differ in fastapi 0.129.0 -> 0.130.0, and in what this forces: pyd"
        assert done.stdout.startswith(forced)
        assert forced in file.read_text().replace("\\>", ">")
        assert "Not slower by 5% or more" in done.stdout

    @pytest.mark.parametrize(
        ("logs", "status"),
        [(SAME, 0), (changed(0.01), 1), ([30 * value for value in SAME], 3)],
    )
    def test_it_has_the_three_states(
        self,
        asked: list[Options],
        monkeypatch: pytest.MonkeyPatch,
        logs: Sequence[float],
        status: int,
    ) -> None:
        monkeypatch.setattr(Prepared, "logs", logs)
        assert self.compared("--by=instructions", "--service=starlette").exit_code == status
        assert list(self.counted[0].services) == ["starlette-after", "starlette-base"]
        assert asked == []

    def test_a_package_that_is_no_framework_needs_a_service(self, asked: list[Options]) -> None:
        done = CliRunner().invoke(
            app, ["bench-release", "--package=uvicorn", "--from=0.1", "--to=0.2"]
        )
        assert isinstance(done.exception, LabError)
        assert "Name a contestant that has the package: SERVICE=<name>." in str(done.exception)
        assert asked == []
