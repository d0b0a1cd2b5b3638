"""Commands on what was measured, with runs that were made for them."""

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from levelbench.cli import app as cli
from levelbench.cli import terminal
from levelbench.cli.app import app
from levelbench.errors import LabError
from levelbench.model.folder import Run
from levelbench.report.readme import COPIES
from tests.unit.analysis.two_runs.pairs import AFTER, BEFORE, repeated
from tests.unit.factories import make_run, parameters, write_run


class TestCompare:
    @pytest.fixture(autouse=True)
    def reports(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        reports = tmp_path / "reports"
        monkeypatch.setattr(terminal, "REPORTS", reports)
        write_run(reports / BEFORE, repeated(1, run_id=BEFORE))
        return reports

    def compared(self, reports: Path, after: Run, *options: str) -> Result:
        write_run(reports / AFTER, after)
        return CliRunner().invoke(app, ["compare", BEFORE, AFTER, *options])

    def test_shown_not_slower_is_status_0(self, reports: Path) -> None:
        write_run(reports / BEFORE, repeated(1, run_id=BEFORE, noise=0.001))
        done = self.compared(reports, repeated(2, noise=0.001))
        assert done.exit_code == 0
        assert "Not slower by 5% or more" in done.stdout

    def test_a_regression_is_status_1(self, reports: Path) -> None:
        done = self.compared(reports, repeated(2, factors={"flask": 0.7}))
        assert done.exit_code == 1
        assert "Slower: at full speed (closed), Flask served 30% fewer requests" in done.stdout

    def test_undecided_is_status_3_and_a_wider_margin_may_decide(self, reports: Path) -> None:
        after = repeated(2, noise=0.003)
        done = self.compared(reports, after, "--margin=0.5%")
        assert done.exit_code == 3
        assert "Undecided: a slowdown of up to " in done.stdout
        assert self.compared(reports, after, "--margin=20%").exit_code == 0

    def test_a_slower_machine_decides_nothing(self, reports: Path) -> None:
        assert self.compared(reports, repeated(2, machine=0.7), "--margin=20%").exit_code == 0

    def test_a_job_gets_its_markdown(self, reports: Path, tmp_path: Path) -> None:
        file = tmp_path / "comparison.md"
        done = self.compared(reports, repeated(2, factors={"flask": 0.7}), f"--markdown={file}")
        assert done.exit_code == 1
        assert file.read_text().startswith(f"# Run {AFTER} (B) compared with {BEFORE} (A)\n")

    def test_what_cannot_be_compared_is_refused_and_writes_nothing(
        self, reports: Path, tmp_path: Path
    ) -> None:
        file = tmp_path / "comparison.md"
        other = make_run(run_id=AFTER, workloads={"closed": parameters(vus=50)})
        done = self.compared(reports, other, f"--markdown={file}")
        assert isinstance(done.exception, LabError)
        assert "cannot be compared: closed: " in str(done.exception)
        assert not file.exists()

    def test_a_run_is_not_compared_with_itself(self, reports: Path) -> None:
        (reports / "latest").symlink_to(BEFORE)
        for name in (BEFORE, "latest"):
            done = CliRunner().invoke(app, ["compare", BEFORE, name])
            assert isinstance(done.exception, LabError)
            assert str(done.exception).endswith("are the same run. Name two different runs.")

    @pytest.mark.parametrize("name", ["{reports}/{run}", "{reports}/{run}/", "{run}/"])
    def test_a_run_may_be_completed_by_the_shell(self, reports: Path, name: str) -> None:
        write_run(reports / AFTER, repeated(2, noise=0.001))
        words = [name.format(reports=reports, run=run) for run in (BEFORE, AFTER)]
        assert CliRunner().invoke(app, ["compare", *words]).exit_code in (0, 3)

    @pytest.mark.parametrize("name", ["nope", "", "..", f"../reports/{BEFORE}"])
    def test_what_is_no_run_is_refused(self, name: str) -> None:
        done = CliRunner().invoke(app, ["compare", BEFORE, name])
        assert isinstance(done.exception, LabError)
        assert str(done.exception).startswith(f"there is no run {name!r}")


def said(*arguments: str) -> str:
    done = CliRunner().invoke(app, arguments, catch_exceptions=False)
    assert done.exit_code == 0
    return done.stdout


class TestSummary:
    @pytest.fixture(autouse=True)
    def reports(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        write_run(tmp_path / "a-run", make_run())
        (tmp_path / "latest").symlink_to("a-run")
        monkeypatch.setattr(terminal, "REPORTS", tmp_path)
        return tmp_path

    def test_it_prints_markdown(self) -> None:
        assert said("summary", "a-run").startswith("# Levelbench: 20260102T030405-quick\n")

    def test_it_takes_the_latest_run_by_default(self) -> None:
        assert said("summary") == said("summary", "a-run")

    def test_it_writes_nothing(self, reports: Path) -> None:
        before = sorted(reports.rglob("*"))
        said("summary", "a-run")
        assert sorted(reports.rglob("*")) == before

    def test_a_run_that_is_not_there_is_said(self) -> None:
        with pytest.raises(LabError, match="there is no run 'nonesuch' in"):
            said("summary", "nonesuch")


class TestReadme:
    @pytest.fixture(autouse=True)
    def readme(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        write_run(tmp_path / "a-run", make_run())
        monkeypatch.setattr(terminal, "REPORTS", tmp_path)
        (tmp_path / "lab").mkdir()
        file = tmp_path / "lab" / "README.md"
        parts = ("results", "figures")
        file.write_text("".join(f"<!-- {name} -->\n<!-- /{name} -->\n" for name in parts))
        return file

    def test_it_gets_the_results_the_pictures_and_the_report(self, readme: Path) -> None:
        said("report", "a-run", f"--readme={readme}")
        text = readme.read_text()
        for name, place in COPIES.items():
            assert place in text
            assert (readme.parent / place).read_text() == (
                readme.parents[1] / "a-run" / name
            ).read_text()

    def test_without_its_places_nothing_is_written(self, readme: Path) -> None:
        readme.write_text("# Lab\n")
        with pytest.raises(LabError, match="has 0 places for the results of a run"):
            said("report", "a-run", f"--readme={readme}")
        assert [path.name for path in readme.parent.rglob("*")] == ["README.md"]


def future(folder: Path) -> None:
    record = json.loads((folder / "run.json").read_text())
    (folder / "run.json").write_text(json.dumps(record | {"schema_version": 2}))


def truncated(folder: Path) -> None:
    text = (folder / "run.json").read_text()
    (folder / "run.json").write_text(text[: len(text) // 2])


def truncated_trial(folder: Path) -> None:
    next(folder.glob("trials/*/trial.json")).write_text('{"schema_version": 1, "num')


def missing_trial(folder: Path) -> None:
    (folder / "trials" / "001-closed-fastapi" / "trial.json").unlink()


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (future, "run.json has schema_version 2; this version of the lab reads 1"),
        (truncated, "run.json is not complete JSON"),
        (truncated_trial, "trial.json is not complete JSON"),
        (missing_trial, "001-closed-fastapi/trial.json is missing, and the run is complete"),
    ],
)
def test_a_damaged_run_gets_no_report_but_one_line_and_status_2(
    damage: Callable[[Path], None],
    message: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder = write_run(tmp_path / "a-run", make_run(blocks=1))
    assert (folder / "trials" / "001-closed-fastapi").is_dir()
    damage(folder)
    monkeypatch.setattr(terminal, "REPORTS", tmp_path)
    monkeypatch.setattr(sys, "argv", ["levelbench", "report", "a-run"])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 2
    said = capsys.readouterr()
    assert message in said.err
    assert len(said.err.splitlines()) == 1
    assert said.out == ""
    assert not list(folder.glob("re*.*"))
