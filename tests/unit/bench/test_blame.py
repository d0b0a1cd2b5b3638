"""Whole trials on an engine in memory: which side a fault is attributed to."""

import json
from collections.abc import Callable
from functools import partial

import pytest

from levelbench.analysis.checks import table
from levelbench.bench import trial
from levelbench.errors import LabError
from levelbench.lab.engine import wait_back
from levelbench.lab.lab import Lab
from levelbench.lab.meters import cpus, sampler
from levelbench.lab.meters.cpus import CountersError
from levelbench.lab.site import EngineError, EngineGoneError
from tests.unit.bench.trials import RECORDED, Make, codes, fault, run
from tests.unit.lab.memory import (
    TURNS,
    Container,
    Counters,
    Memory,
    Site,
    ends,
    gate,
    prints,
)


class TestBlame:
    """Which side a fault is attributed to. What is not understood is the lab's."""

    def while_loading(self, engine: Memory, change: Callable[[Site], None]) -> None:
        usual = engine.programs["workloads/closed.js"]

        def start(site: Site, container: Container) -> None:
            usual(site, container)
            change(site)

        engine.programs["workloads/closed.js"] = start

    def test_a_contestant_that_exits(self, lab: Lab, entry: Make, engine: Memory) -> None:
        one = entry()
        self.while_loading(engine, lambda site: site.containers["service"].end(3))
        found = fault(lab, one)
        assert (found.code, found.trials) == ("contestant-gone", (1,))
        assert found.cause == "the contestant exited with status 3 under load"

    def test_a_contestant_that_never_starts(self, lab: Lab, entry: Make, engine: Memory) -> None:
        one = entry()
        engine.programs["service"] = ends(1, "ImportError: no module\n")
        found = fault(lab, one)
        assert found.code == "contestant-gone"
        assert found.cause.endswith("its last line: ImportError: no module")

    def test_a_contestant_that_is_killed_for_its_memory(
        self, lab: Lab, entry: Make, engine: Memory
    ) -> None:
        one = entry()
        self.while_loading(
            engine, lambda site: site.containers["service"].end(137, out_of_memory=True)
        )
        assert fault(lab, one).code == "contestant-out-of-memory"

    def test_a_process_of_it_that_is_killed_for_its_memory(
        self, lab: Lab, entry: Make, engine: Memory
    ) -> None:
        one = entry()
        self.while_loading(
            engine, lambda site: vars(site.containers["service"]).update(oom_kills=1)
        )
        found = fault(lab, one)
        assert (found.code, found.cause) == (
            "contestant-out-of-memory", "the contestant ran out of memory under load",
        )  # fmt: skip

    def test_a_server_that_ended_is_named(self, lab: Lab, entry: Make, engine: Memory) -> None:
        one = entry()
        self.while_loading(engine, lambda site: site.containers["postgres"].end(137))
        found = fault(lab, one)
        assert (found.code, found.cause.partition(" under")[0]) == (
            "lab-fault", "postgres exited with status 137",
        )  # fmt: skip

    def test_a_server_that_ended_is_started_again_for_the_next_trial(
        self, lab: Lab, entry: Make
    ) -> None:
        one = entry()
        lab.site.stop("redis")
        assert run(lab, one)[0].status == "valid"

    @pytest.mark.parametrize(
        ("output", "cause"),
        [
            ("", "k6 printed no summary"),
            (RECORDED[:4000], "k6's summary is not complete JSON"),
            ('{"workload": "closed"}', "k6's summary is malformed"),
        ],
    )
    def test_a_load_generator_without_a_whole_summary(
        self, lab: Lab, entry: Make, engine: Memory, output: str, cause: str
    ) -> None:
        one = entry()
        engine.programs["workloads/closed.js"] = prints(output, exit_code=107)
        found = fault(lab, one)
        assert found.code == "lab-fault"
        assert found.cause.startswith(f"k6 ended with status 107: {cause}")
        assert (one.folder / "k6-summary.json").read_text() == output

    def test_a_load_generator_that_ends_at_once(
        self, lab: Lab, entry: Make, engine: Memory
    ) -> None:
        one = entry()
        engine.programs["workloads/closed.js"] = ends(107)
        assert fault(lab, one).code == "lab-fault"

    def test_counters_that_are_not_understood(
        self, lab: Lab, entry: Make, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """On 8c3f4cc the thread that reads them ended without a word, and the trial was valid."""
        one = entry()

        def read(counters: Counters) -> None:
            raise TypeError("'NoneType' object is not subscriptable")

        monkeypatch.setattr(Counters, "read", read)
        found = fault(lab, one)
        assert (found.code, "NoneType" in found.cause) == ("lab-fault", True)

    @pytest.mark.parametrize("dies", ["at the start", "under load"])
    def test_a_gate_between_turns_that_dies(
        self, lab: Lab, entry: Make, engine: Memory, dies: str
    ) -> None:
        entries = [entry("fastapi", 1), entry("flask", 2)]

        def ends_early(site: Site) -> None:
            gate = engine.made["bench"].containers["turns"]
            gate.stdout = ""
            gate.end(137)

        if dies == "at the start":
            engine.programs["turns"] = ends(1, "no PLAN\n")
        else:
            self.while_loading(engine, ends_early)
        for record in run(lab, *entries, slices=2):
            assert (record.status, codes(record)) == ("invalid", {"gate-failed"})

    def test_a_gate_that_a_load_generator_lost(self, lab: Lab, entry: Make, engine: Memory) -> None:
        entries = [entry("fastapi", 1), entry("flask", 2)]

        def loses(site: Site) -> None:
            container = site.containers["k6"]
            if site.name == "bench-1":
                container.stdout = json.dumps({"workload": "closed"})
                container.stderr = "lost the gate between the turns: connection reset\n"

        self.while_loading(engine, loses)
        first, second = run(lab, *entries, slices=2)
        assert (first.status, codes(second)) == ("valid", {"gate-failed"})

    def test_slices_that_differ_from_the_gate_s(
        self, lab: Lab, entry: Make, engine: Memory
    ) -> None:
        def another(site: Site, container: Container) -> None:
            gate(site, container)
            container.stdout = container.stdout.replace('"measure_ms": 1', '"measure_ms": 2', 1)

        engine.programs["turns"] = another
        first, second = run(lab, entry("fastapi", 1), entry("flask", 2), slices=2)
        assert sorted([*codes(first), *codes(second)]) == ["gate-failed"]

    @pytest.mark.parametrize("output", ["", TURNS])
    def test_users_that_do_not_come_back_to_the_gate(
        self, lab: Lab, entry: Make, engine: Memory, output: str
    ) -> None:
        entries = [entry("fastapi", 1), entry("flask", 2)]

        def misses(site: Site) -> None:
            log = engine.made["bench"].containers["turns"]
            if site.name == "bench-1":
                log.stdout = f'{{"contestant": 1, "missing": 3}}\n{log.stdout}'
                site.containers["k6"].stdout = output

        self.while_loading(engine, misses)
        first, second = run(lab, *entries, slices=2)
        assert (first.status, codes(second)) == ("valid", {"turn-missed"})
        assert second.findings[0].cause == "3 users did not come back after a turn"

    def test_a_full_disk(self, lab: Lab, entry: Make, engine: Memory) -> None:
        one = entry()
        engine.free_mib = 10.0
        found = fault(lab, one)
        assert (found.code, "nearly full" in found.cause) == ("lab-fault", True)

    def test_an_engine_that_restarts(self, lab: Lab, entry: Make, engine: Memory) -> None:
        one = entry()
        answers = iter([False, False, True])

        def goes(site: Site, container: Container) -> None:
            site.containers["postgres"].end(137)
            raise EngineGoneError

        def is_back() -> bool:
            return next(answers, True)

        engine.programs["workloads/closed.js"] = goes
        vars(engine)["answers"] = is_back
        found = fault(lab, one)
        assert (found.code, found.cause) == ("lab-fault", str(EngineGoneError()))

    def test_an_engine_that_stays_away_ends_the_run(
        self, lab: Lab, entry: Make, engine: Memory, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        one = entry()

        def goes(site: Site, container: Container) -> None:
            engine.gone = True
            raise EngineGoneError

        engine.programs["workloads/closed.js"] = goes
        monkeypatch.setattr(trial, "wait_back", partial(wait_back, timeout_s=0))
        with pytest.raises(EngineGoneError):
            run(lab, one)

    def test_a_refusing_engine_is_named_where_states_are_unknown(
        self, lab: Lab, entry: Make, engine: Memory, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """On 8c3f4cc the refusal was passed over without a word."""
        one = entry()
        seat = lab.seats[0]
        engine.refuses = "too many open files"
        check, cause = trial._blame(lab, seat, EngineError("psql failed"))
        assert check == table.LAB_FAULT
        assert "psql failed; and the containers' state is unknown" in cause
        assert "too many open files" in cause
        engine.refuses = ""
        assert trial._blame(lab, seat, EngineError("no such image"))[1] == "no such image"
        assert one.attempt == 1

    def test_an_error_of_another_kind_is_never_the_contestants(self, lab: Lab, entry: Make) -> None:
        """On 8c3f4cc any error was blamed on a contestant that had run out of memory."""
        lab.start_contestant(entry().prepared.contestant, "trial_0")
        lab.site.containers["service"].out_of_memory = True  # type: ignore[attr-defined]
        for error in (EngineError("the disk is full"), LabError("not understood")):
            assert trial._blame(lab, lab.seats[0], error) == (table.LAB_FAULT, str(error))

    def test_impossible_counters_are_the_labs(
        self, lab: Lab, entry: Make, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def decreased(*_: object) -> None:
            raise CountersError("the counter cpu_ms decreased from 10 to 5")

        monkeypatch.setattr(sampler, "use", decreased)
        found = fault(lab, entry())
        assert (found.code, found.cause) == (
            "counters-impossible", "the counter cpu_ms decreased from 10 to 5",
        )  # fmt: skip

    def test_a_sampler_that_fails_is_the_labs(
        self, lab: Lab, entry: Make, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """On 8c3f4cc its thread ended unnoticed, and the trial was valid without counters."""

        def broken() -> None:
            raise TypeError("'NoneType' object is not subscriptable")

        one = entry()
        monkeypatch.setattr(cpus, "read", broken)
        found = fault(lab, one)
        assert found.code == "lab-fault"
        assert found.cause.startswith("the counters of the CPUs could not be read: TypeError")

    def test_a_defect_of_the_lab_is_no_finding(self, lab: Lab, entry: Make, engine: Memory) -> None:
        one = entry()

        def fails(sql: str) -> None:
            if "finished_epoch_ms" in sql:
                raise KeyError("finished_at")

        engine.on_sql = fails
        with pytest.raises(KeyError):
            run(lab, one)
        assert set(engine.made["bench"].containers) == {"postgres", "redis"}
        assert not (one.folder / "trial.json").exists()

    def test_a_finding_holds_no_secret(self, lab: Lab, entry: Make, engine: Memory) -> None:
        one = entry()
        engine.programs["service"] = ends(1, f"no access: {lab.secrets.contestant_password}\n")
        assert fault(lab, one).cause.endswith("no access: [redacted]")
        assert "[redacted]" in (one.folder / "service.log").read_text()
