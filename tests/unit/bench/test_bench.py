"""Whole runs on an engine in memory: from the choice of contestants to the report."""

import io
import re
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, ClassVar, cast, get_args

import pytest
from rich.console import Console

from levelbench import report
from levelbench.analysis.derive import final_trials
from levelbench.bench import bench as benching
from levelbench.bench import precision, resume
from levelbench.bench import run as running
from levelbench.bench.options import Options
from levelbench.bench.run import OngoingRun
from levelbench.contestants import discovery
from levelbench.contestants.discovery import Service
from levelbench.errors import LabError
from levelbench.lab import engines
from levelbench.lab.site import EngineError, EngineGoneError
from levelbench.load import timeline
from levelbench.model.config import Config, Profile
from levelbench.model.folder import Run, load_run
from levelbench.model.results import load_results
from levelbench.model.run import Look, Precision, load_run_record
from levelbench.model.trial import Phase
from levelbench.progress import Display
from levelbench.verify import verify as verification
from tests.unit.lab.memory import Container, Memory, Program, Site, ends
from tests.unit.verify.test_verify import outcome

KNOWN = discovery.discover()


class Interrupting(Display):
    """A display that is interrupted when it is to show something."""

    at: Callable[[str], bool] = staticmethod(lambda text: False)

    def say(self, message: str) -> None:
        super().say(message)
        if self.at(message):
            raise KeyboardInterrupt

    def trial(self, label: str, phase: str) -> None:
        super().trial(label, phase)
        if self.at(f"{label}: {phase}"):
            raise KeyboardInterrupt


@dataclass
class Bench:
    """What a run is made with."""

    engine: Memory
    config: Config
    reports: Path
    display: Interrupting
    refreshed: int = 0
    started: list[str] = field(default_factory=list)
    """Contestants whose load was started, in order."""

    def options(
        self, names: str = "fastapi,flask", workload: str = "closed", **profile: Any
    ) -> Options:
        changes = {"blocks": 2, "slices": 1, "control": False, **profile}
        chosen = self.config.profile("quick").model_copy(update=changes)
        self.config.profiles["quick"] = chosen
        return Options(
            profile_name="quick", profile=chosen, services=discovery.select(names, KNOWN),
            workload=workload, workloads={workload: chosen.blocks}, seed=7, mix="journey",
            scale=1, source="standin", reports=self.reports,
        )  # fmt: skip

    def run(self, options: Options) -> OngoingRun:
        def refresh(run: OngoingRun) -> None:
            self.refreshed += 1

        self.started.clear()
        return benching.bench(options, self.config, self.display, refresh)

    def resumed(self, run: OngoingRun) -> Options:
        run_id = run.record.run_id
        return resume.options_of(run_id, self.config, KNOWN, "standin", self.reports)

    def loading(self, change: Callable[[Site, Container], None]) -> None:
        """Let something happen as the load of a trial starts."""
        usual = self.engine.programs["workloads/closed.js"]

        def start(site: Site, container: Container) -> None:
            usual(site, container)
            change(site, container)

        self.engine.programs["workloads/closed.js"] = start

    @property
    def said(self) -> str:
        return cast(io.StringIO, self.display.console.file).getvalue()


@pytest.fixture
def bench(
    engine: Memory, config: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Bench]:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))  # the lock is there
    monkeypatch.setattr(engines, "connect", lambda: engine)
    monkeypatch.setattr(running, "measure", lambda folder: None)  # counting code takes seconds
    monkeypatch.setattr(verification, "remembered", lambda *_: None)
    monkeypatch.setattr(verification, "remember", lambda *_: None)
    monkeypatch.setattr(verification, "verify", lambda *_, **__: outcome(True))
    small = config.model_copy(
        update={
            "dataset": config.dataset.model_copy(update={"users": 10, "orders": 20}),
            "profiles": dict(config.profiles),
        }
    )
    console = Console(file=io.StringIO(), force_terminal=False, width=200)
    with Interrupting(console) as display:
        found = Bench(engine, small, tmp_path / "reports", display)
        found.loading(
            lambda site, _: found.started.append(site.containers["service"].variables["SERVICE"])
        )
        yield found


def numbers(run: OngoingRun) -> list[tuple[int, int, str]]:
    return [(trial.number, trial.attempt, trial.status) for trial in run.trials]


def test_a_run_measures_every_contestant_in_every_block(bench: Bench) -> None:
    run = bench.run(bench.options())
    assert numbers(run) == [(n, 1, "valid") for n in range(1, 5)]
    assert bench.started == [planned.service for planned in run.record.plan]
    assert bench.refreshed == 1  # the last block's report is written at the end
    assert bench.engine.made == {}
    record = load_run_record(run.folder)
    assert record == run.record
    assert (record.status, record.finished_at is not None) == ("complete", True)
    assert record.environment.versions["postgres"] == "17.11"
    fastapi = record.services["fastapi"]
    assert (fastapi.verified, fastapi.image_mib, fastapi.memory_idle_mib) == (True, 1.0, 100.0)


def test_a_run_ends_in_a_report(bench: Bench) -> None:
    run = bench.run(bench.options(blocks=1))
    report.build(run.folder, timeline.read)
    results = load_results(run.folder)
    assert set(results.workloads["closed"].services) == {"fastapi", "flask"}
    assert (run.folder / "report.html").exists()


def test_contestants_that_take_turns_are_measured_block_by_block(bench: Bench) -> None:
    run = bench.run(bench.options(slices=2, control=True))
    assert numbers(run) == [(n, 1, "valid") for n in range(1, 7)]
    assert sum(trial.is_control for trial in run.trials) == 2
    assert "up bench-2 service" in bench.engine.asked


def test_open_loads_are_calibrated_by_the_slowest(bench: Bench) -> None:
    run = bench.run(bench.options(workload="open-50", blocks=1))
    assert run.record.rates
    assert run.record.rates.calibrated_by == run.record.run_id
    assert len(bench.started) == 3 * 2  # trials of each
    assert {trial.workload for trial in run.trials} == {"open-50"}


def test_an_exhibit_is_measured_on_its_contestants_database(bench: Bench) -> None:
    run = bench.run(bench.options("flask,flask-as-published", workload="list", blocks=1))
    assert len(run.trials) == 2
    assert [a for a in bench.engine.asked if a.endswith("migrate")] == ["up bench migrate"]


@pytest.mark.parametrize("seed", range(4))
def test_a_reference_is_no_control_where_there_is_a_contestant(bench: Bench, seed: int) -> None:
    names = [name for name, one in KNOWN.items() if one.spec.role == "reference"]
    chosen = bench.options(f"fastapi,{names[0]}", control=True, blocks=1)
    run = bench.run(replace(chosen, seed=seed))
    assert {trial.label for trial in run.trials} == {"fastapi", "fastapi@control", names[0]}


class TestPrecision:
    """A run with a precision target ends at the first look at which it is reached."""

    LOOKS = (3, 4, 6)

    def options(self, bench: Bench, workload: str = "closed", target: float = 0.03) -> Options:
        options = bench.options(workload=workload, blocks=6)
        aim = Precision(workload="closed", target=target, looks=self.LOOKS)
        return replace(options, precision=aim)

    def measured(self, monkeypatch: pytest.MonkeyPatch, *widths: float | None) -> list[int]:
        """The widths that are found from the third block on; the blocks that are looked at."""
        seen: list[int] = []

        def half_width(run: Run, workload: str, blocks: int) -> float | None:
            seen.append(blocks)
            return widths[blocks - 3]

        monkeypatch.setattr(precision, "half_width", half_width)
        monkeypatch.setattr(precision, "SHOWN_FROM", 3)
        return seen

    def test_it_ends_where_equal_contestants_are_measured_precisely(self, bench: Bench) -> None:
        """All trials in memory are alike."""
        run = bench.run(self.options(bench))
        assert len(run.trials) == len(run.record.plan) == 6
        assert run.record.status == "complete"
        aim = load_run_record(run.folder).precision
        assert aim
        assert (aim.made, aim.ended) == ((Look(blocks=3, half_width=0.0),), "precise")
        assert bench.refreshed == 2
        load_run(run.folder)  # no planned trial is missing
        assert "closed: precision ±0.0% after 3 rounds, target ±3.0%: reached" in bench.said

    def test_it_ends_only_at_a_look(self, bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
        """Block 5 was precise enough, and is none."""
        seen = self.measured(monkeypatch, 0.08, 0.03, 0.01, 0.05)
        run = bench.run(self.options(bench))
        aim = run.record.precision
        assert aim
        assert [(one.blocks, one.half_width) for one in aim.made] == [
            (3, 0.08), (4, 0.03), (6, 0.05),
        ]  # fmt: skip
        assert (aim.ended, len(run.trials), seen) == ("last look", 12, [3, 4, 5, 6])
        said = re.sub(r"\d+:\d\d (to|left)", r"m:ss \1", bench.said)
        assert (
            "closed: precision ±8.0% after 3 rounds, target ±3.0%; "
            "m:ss to the next look (round 4), m:ss to the last (round 6)" in said
        )
        assert ", at most m:ss left" in said
        assert "after 6 rounds, target ±3.0%: not reached at the last look" in said

    def test_a_pair_without_an_interval_is_not_precise(
        self, bench: Bench, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.measured(monkeypatch, None, 0.02)
        run = bench.run(self.options(bench))
        assert run.record.precision
        assert run.record.precision.ended == "precise"
        assert len(run.trials) == 8
        assert "no interval of every pair yet after 3 rounds" in bench.said

    def test_without_a_ratio_it_has_the_blocks_of_its_profile(
        self, bench: Bench, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """One of two contestants was left out."""

        def verify(service: Service, *_: object, **__: object) -> object:
            return outcome(service.name == "flask")

        monkeypatch.setattr(verification, "verify", verify)
        options = self.options(bench)
        short = Profile(**{**dict(options.profile), "blocks": 2, "workloads": {"closed": 2}})
        run = bench.run(replace(options, profile=short))
        assert [trial.service for trial in run.trials] == ["flask"] * 2
        assert (run.record.precision, run.record.status) == (None, "complete")

    def test_other_workloads_keep_their_blocks(self, bench: Bench) -> None:
        options = self.options(bench)
        run = bench.run(replace(options, workloads={"closed": 6, "list": 2}))
        assert [(t.workload, t.block) for t in run.trials[::2]] == [
            ("closed", 1), ("closed", 2), ("closed", 3), ("list", 1), ("list", 2),
        ]  # fmt: skip
        assert run.record.status == "complete"

    def test_a_resumed_run_keeps_its_target_and_its_looks(
        self, bench: Bench, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        seen = self.measured(monkeypatch, 0.08, 0.02)
        bench.display.at = lambda text: text.endswith(": restore") and len(bench.started) == 6
        run = bench.run(self.options(bench))
        assert (run.interrupted, len(run.trials), seen) == (True, 6, [3])
        bench.display.at = lambda text: False
        again = bench.run(bench.resumed(run))
        aim = load_run_record(again.folder).precision
        assert aim
        assert [one.blocks for one in aim.made] == [3, 4]
        assert (aim.ended, len(again.trials), again.record.status) == ("precise", 8, "complete")


class TestSpoiled:
    """Only a block that the lab spoiled is run again, once, and as a whole."""

    def spoil(self, bench: Bench, programs: dict[int, Program]) -> None:
        """Something else than the usual in some trials, by the count of their starts."""

        def start(site: Site, container: Container) -> None:
            if program := programs.get(len(bench.started)):
                program(site, container)

        bench.loading(start)

    @pytest.mark.parametrize(
        ("spoiled", "trials"),
        [
            (
                {1: ends(107)},
                [(1, 1, "invalid"), (2, 1, "valid"), (1, 2, "valid"), (2, 2, "valid")],
            ),
            (
                {1: ends(107), 4: ends(107)},
                [(1, 1, "invalid"), (2, 1, "valid"), (1, 2, "valid"), (2, 2, "invalid")],
            ),
            (
                {1: lambda site, _: site.containers["service"].end(3)},
                [(1, 1, "failed"), (2, 1, "valid")],
            ),
        ],
    )
    def test_trials(
        self, bench: Bench, spoiled: dict[int, Program], trials: list[tuple[int, int, str]]
    ) -> None:
        self.spoil(bench, spoiled)
        assert numbers(bench.run(bench.options(blocks=1))) == trials

    def test_in_turn_all_are_run_again(self, bench: Bench) -> None:
        """On 5a844a9 only the spoiled one was, and its second attempt met the others' first."""

        def fails_once(site: Site, container: Container) -> None:
            if site.name == "bench-1" and len(bench.started) <= 2:
                container.stdout = ""

        bench.loading(fails_once)
        run = bench.run(bench.options(blocks=1, slices=2))
        assert numbers(run) == [
            (1, 1, "valid"), (2, 1, "invalid"), (1, 2, "valid"), (2, 2, "valid"),
        ]  # fmt: skip
        label = run.trials[1].label
        again = f"closed, round 1 is measured again as a whole (attempt 2): {label} invalid"
        assert again in bench.said

    def test_other_blocks_are_not(self, bench: Bench) -> None:
        self.spoil(bench, {3: ends(107)})
        run = bench.run(bench.options())
        attempts = [(trial.block, trial.attempt) for trial in run.trials]
        assert attempts == [(1, 1), (1, 1), (2, 1), (2, 1), (2, 2), (2, 2)]
        assert bench.refreshed == 1


class TestInterrupted:
    WHOLE: ClassVar = [(1, 2, "valid"), (2, 2, "valid"), (3, 1, "valid"), (4, 1, "valid")]
    """The trials of a resumed run whose first block was cut short."""

    @pytest.mark.parametrize("phase", get_args(Phase))
    def test_in_a_phase_it_keeps_what_was_measured_and_goes_on_there(
        self, bench: Bench, phase: Phase
    ) -> None:
        seen: list[str] = []

        def second(text: str) -> bool:
            if text.endswith(f": {phase}"):
                seen.append(text)
            return text.endswith(f": {phase}") and len(seen) == 2

        bench.display.at = second
        run = bench.run(bench.options())
        assert run.interrupted
        assert [trial.number for trial in run.trials] == [1]
        assert load_run_record(run.folder).status == "partial"
        assert bench.engine.made == {}
        again = bench.run(bench.resumed(run))
        assert numbers(again) == [(1, 1, "valid"), *self.WHOLE]
        assert load_run_record(run.folder).status == "complete"
        assert sorted(numbers(again)) == [
            (t.number, t.attempt, t.status) for t in load_run(run.folder).trials
        ]
        final = final_trials(again.trials)
        assert [(t.number, t.attempt) for t in final] == [(1, 2), (2, 2), (3, 1), (4, 1)]

    def test_an_attempt_that_was_cut_short_does_not_count_as_one(self, bench: Bench) -> None:
        """Neither of the two that are made of a spoiled block is lost."""
        bench.display.at = lambda text: text.endswith(": restore") and len(bench.started) == 1
        run = bench.run(bench.options())
        assert numbers(run) == [(1, 1, "valid")]
        once = iter([ends(107)])
        bench.loading(lambda site, container: next(once, lambda *_: None)(site, container))
        bench.display.at = lambda text: False
        again = bench.run(bench.resumed(run))
        assert numbers(again) == [
            (1, 1, "valid"), (1, 2, "invalid"), (2, 2, "valid"), (1, 3, "valid"), (2, 3, "valid"),
            (3, 1, "valid"), (4, 1, "valid"),
        ]  # fmt: skip
        assert "closed, round 1 was interrupted: measuring it again as a whole" in bench.said

    @pytest.mark.parametrize(
        "text", ["building flask", "verifying flask", "starting PostgreSQL", "preparing flask"]
    )
    def test_before_the_first_trial_it_leaves_nothing_but_its_record(
        self, bench: Bench, text: str
    ) -> None:
        bench.display.at = lambda shown: shown.startswith(text)
        run = bench.run(bench.options())
        assert (run.interrupted, run.trials) == (True, [])
        assert bench.engine.made == {}
        bench.display.at = lambda shown: False
        assert len(bench.run(bench.resumed(run)).trials) == 4

    def test_a_resumed_run_gives_a_spoiled_trial_its_second_attempt(self, bench: Bench) -> None:
        once = iter([ends(107)])
        bench.loading(lambda site, container: next(once, lambda *_: None)(site, container))
        bench.display.at = lambda text: text.endswith(": restore") and len(bench.started) == 1
        run = bench.run(bench.options())
        assert numbers(run) == [(1, 1, "invalid")]
        bench.display.at = lambda text: False
        again = bench.run(bench.resumed(run))
        assert numbers(again) == [(1, 1, "invalid"), *self.WHOLE]

    def test_a_run_whose_image_changed_is_not_resumed_and_left_as_it_was(
        self, bench: Bench
    ) -> None:
        bench.display.at = lambda text: text.endswith(": drain")
        run = bench.run(bench.options())
        bench.display.at = lambda text: False
        options = bench.resumed(run)
        reference = run.record.environment.images["k6"].reference
        bench.engine.held[reference] = replace(bench.engine.held[reference], id="another")
        before = load_run_record(run.folder)
        with pytest.raises(resume.ResumeError, match="image k6 has changed since the run started"):
            bench.run(options)
        assert load_run_record(run.folder) == before


class TestEndsEarly:
    def test_an_engine_that_goes_away_keeps_what_was_measured(
        self, bench: Bench, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def gone(engine: object) -> None:
            raise EngineGoneError

        def second(site: Site, container: Container) -> None:
            if len(bench.started) == 2:
                bench.engine.gone = True
                raise EngineGoneError

        monkeypatch.setattr("levelbench.bench.trial.wait_back", gone)
        bench.loading(second)
        run = bench.run(bench.options())
        assert [trial.number for trial in run.trials] == [1]
        assert run.record.findings[-1].code == "run-ended"
        assert "the container engine went away" in run.record.findings[-1].cause
        assert "the containers are still there" in bench.said

    def test_nothing_measured_is_an_error(self, bench: Bench) -> None:
        bench.engine.free_mib = 100.0
        with pytest.raises(EngineError, match="nearly full"):
            bench.run(bench.options())
        assert bench.engine.made == {}

    def test_a_contestant_that_cannot_be_prepared_is_left_out_without_its_password(
        self, bench: Bench
    ) -> None:
        def fails(site: Site, container: Container) -> None:
            ok = container.variables["SERVICE"] == "fastapi"
            container.stderr = f"cannot reach {container.variables['DATABASE_URL']}\n"
            container.end(0 if ok else 1)

        bench.engine.programs["migrate"] = fails
        run = bench.run(bench.options(blocks=1))
        assert [trial.label for trial in run.trials] == ["fastapi"]
        failure = run.record.services["flask"].failure
        assert failure
        assert "it could not be prepared: migrate exited with status 1" in failure
        assert "[redacted]" in failure
        assert run.record.findings[0].code == "contestant-left-out"

    def test_an_image_that_is_missing_ends_it(
        self, bench: Bench, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refuses(*_: object) -> None:
            raise EngineError("python:3 could not be pulled", "Or use stand-ins: IMAGES=standin.")

        monkeypatch.setattr(bench.engine, "pull", refuses)
        with pytest.raises(LabError, match="could not be pulled"):
            bench.run(replace(bench.options(), source="registry"))

    def test_nobody_who_does_equal_work_ends_it(
        self, bench: Bench, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def verify(service: Service, *_: object, **__: object) -> object:
            return outcome(False)

        monkeypatch.setattr(verification, "verify", verify)
        with pytest.raises(LabError, match="no contestant could be measured"):
            bench.run(bench.options())
        assert bench.engine.made == {}
