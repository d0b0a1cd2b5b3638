"""Whole runs that are interrupted or end early."""

from dataclasses import replace
from typing import ClassVar, get_args

import pytest

from levelbench.analysis.derive import final_trials
from levelbench.bench import resume
from levelbench.contestants.service import Service
from levelbench.errors import LabError
from levelbench.lab.site import EngineError, EngineGoneError
from levelbench.model.folder import load_run
from levelbench.model.run import load_run_record
from levelbench.model.trial import Phase
from levelbench.verify import verify as verification
from tests.unit.bench.runs import Bench, numbers
from tests.unit.lab.memory import Container, Site, ends
from tests.unit.verify.test_verify import outcome


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
