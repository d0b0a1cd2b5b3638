"""Whole trials on an engine in memory: what is recorded, what is blamed on whom, what is left."""

import itertools
import json
import os
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import get_args

import pytest

from levelbench.analysis.checks import table
from levelbench.bench import trial
from levelbench.bench.generate import Load
from levelbench.bench.trial import Entry
from levelbench.contestants.discovery import discover
from levelbench.errors import LabError
from levelbench.lab import prepare
from levelbench.lab.engine import wait_back
from levelbench.lab.lab import Contestant, Lab
from levelbench.lab.meters import clocks, cpus, sampler
from levelbench.lab.meters.cpus import CountersError
from levelbench.lab.meters.sampler import Sample
from levelbench.lab.site import ContainerFailedError, EngineError, EngineGoneError
from levelbench.load import parameters
from levelbench.load.parameters import Parameters
from levelbench.load.parser import parse_summary
from levelbench.load.summary import Bounds, Summary
from levelbench.model.config import Config, load_config
from levelbench.model.finding import Finding
from levelbench.model.measurement import EndpointWindow
from levelbench.model.trial import Phase, TrialRecord
from tests import DATA
from tests.unit.bench.conftest import ROWS
from tests.unit.factories import make_run
from tests.unit.lab.memory import (
    TURNS,
    Container,
    Counters,
    Memory,
    Site,
    ends,
    gate,
    never_ready,
    prints,
)

Make = Callable[..., Entry]
RECORDED = (DATA / "k6" / "closed-fastapi.json").read_text()


def load_of(config: Config, workload: str = "closed", slices: int = 1) -> Parameters:
    profile = config.profile("quick").model_copy(update={"slices": slices})
    return parameters.of_workloads(
        [workload], config, profile, mix="journey", scale=1, seed=7, rates=None
    )[workload]


def run(lab: Lab, *entries: Entry, slices: int = 1) -> list[TrialRecord]:
    return trial.run(lab, entries, load_of(lab.config, slices=slices), say=lambda phase: None)


def fault(lab: Lab, entry: Entry) -> Finding:
    """Why a trial has no figures."""
    (record,) = run(lab, entry)
    (found,) = record.findings
    assert record.window is None
    assert record.resources == {}
    return found


def codes(record: TrialRecord) -> set[str]:
    return {finding.code for finding in record.findings if finding.severity == "error"}


def test_a_trial_records_what_the_load_and_the_counters_say(lab: Lab, entry: Make) -> None:
    (record,) = run(lab, entry())
    assert record.findings == ()
    assert record.status == "valid"
    assert record.window
    assert record.window.requests == json.loads(RECORDED)["phases"]["measure"]["requests"]["count"]
    assert set(record.resources) == {"service", "worker", "postgres", "redis", "k6"}
    assert record.resources["service"].cpu_ms == pytest.approx(200 * 30, rel=0.01)
    assert record.rows
    assert record.rows.users_added == record.rows.registrations_201 == 295
    assert record.tasks
    assert (record.tasks.accepted, record.tasks.completed, record.tasks.lost) == (615, 615, 0)
    assert record.postgres_settings == {"fsync": "on"}
    assert set(record.duration_s) == set(get_args(Phase))
    assert record.cold_start_ms is not None


def test_a_trial_leaves_its_evidence_and_no_container(
    lab: Lab, entry: Make, engine: Memory
) -> None:
    one = entry()
    run(lab, one)
    assert {path.name for path in one.folder.iterdir()} == {
        "trial.json", "k6-summary.json", "resources.json", "cpus.json", "tasks.csv",
        "service.log", "worker.log", "k6.log",
    }  # fmt: skip
    assert set(engine.made["bench"].containers) == {"postgres", "redis"}


def test_trials_in_turn_keep_the_log_of_the_gate(lab: Lab, entry: Make, engine: Memory) -> None:
    entries = [entry("fastapi", 1), entry("flask", 2)]
    for one, record in zip(entries, run(lab, *entries, slices=2), strict=True):
        assert record.status == "valid"
        assert '"over"' in (one.folder / "turns.log").read_text()
    assert set(engine.made["bench"].containers) == {"postgres", "redis"}


def test_contestants_that_take_turns_are_up_together(lab: Lab, entry: Make, engine: Memory) -> None:
    entries = [entry("fastapi", 1), entry("flask", 2)]
    engine.asked.clear()
    first, second = run(lab, *entries, slices=2)
    assert (first.label, second.label) == ("fastapi", "flask")
    assert (first.findings, second.findings) == ((), ())
    assert "up bench service" in engine.asked
    assert "up bench-1 service" in engine.asked


def test_the_place_of_a_turn_is_measured(entry: Make, lab: Lab) -> None:
    summary = parse_summary(RECORDED)

    def loaded(number: int, *starts_ms: int) -> trial._Trial:
        bounds = tuple(Bounds(start_epoch_ms=s, end_epoch_ms=s + 5) for s in starts_ms)
        own = Summary(**{**dict(summary), "bounds": bounds})
        load = Load(own, {}, "cgroup", [], [])
        return trial._Trial(entry(number=number), lab.seat(number), load=load)

    trials = [loaded(1, 10, 30), loaded(2, 0, 40)]
    trial._place_turns(trials)
    assert [one.turns for one in trials] == [(2, 1), (1, 2)]
    whole = loaded(3, 0)
    trial._place_turns([whole])
    assert whole.turns == ()


def test_attempts_of_a_block_have_seeds_of_their_own(entry: Make, lab: Lab) -> None:
    """On 5a844a9 each attempt repeated the requests and the turns of the one before."""
    parameters, first = load_of(lab.config), entry()
    seeds = {
        trial._target(trial._Trial(one, lab.seat(0)), parameters).seed
        for one in (first, replace(first, attempt=2))
    }
    assert len(seeds) == 2


def test_a_window_with_cpu_time_of_another_contestant_is_void(lab: Lab, entry: Make) -> None:
    """Service and worker use 20% of a core each, and the load of both is at the same time."""
    first, second = run(lab, entry("fastapi", 1), entry("flask", 2), slices=2)
    assert first.others_cpu_share == {"flask": pytest.approx(0.4, abs=0.01)}
    assert second.others_cpu_share == {"fastapi": pytest.approx(0.4, abs=0.01)}
    lab.config = load_config()
    first, second = run(lab, entry("fastapi", 1), entry("flask", 2), slices=2)
    assert [codes(record) for record in (first, second)] == [{"slices-overlap"}] * 2
    assert "flask (40.0%)" in first.findings[0].cause
    assert run(lab, entry("fastapi", 1), slices=2)[0].others_cpu_share == {}


def test_another_contestant_that_is_not_counted_voids_the_window(
    lab: Lab, entry: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = Counters.read

    def fails(counters: Counters) -> Sample:
        if counters.site.name == "bench-1" and counters.container.role == "service":
            raise FileNotFoundError
        return read(counters)

    monkeypatch.setattr(Counters, "read", fails)
    first, _ = run(lab, entry("fastapi", 1), entry("flask", 2), slices=2)
    assert first.others_cpu_share == {"flask": None}
    assert codes(first) == {"counters-missing"}
    assert "CPU time of flask" in first.findings[0].cause


def step_clock(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    """Set the machine's clock after its first reading."""
    steps = itertools.chain([0.0], itertools.repeat(seconds))
    passed = itertools.count(step=clocks.INTERVAL_S)

    def read() -> clocks.Reading:
        now_s = next(passed)
        return clocks.Reading(1.8e9 + now_s + next(steps), 50.0 + now_s, 0.0)

    monkeypatch.setattr(clocks, "read", read)


@pytest.mark.parametrize("seconds", [0.05, -3600.0])
def test_a_clock_that_is_set_voids_all_that_were_up(
    lab: Lab, entry: Make, monkeypatch: pytest.MonkeyPatch, seconds: float
) -> None:
    """On 5a844a9 clocks were not compared, and these trials were valid."""
    entries = [entry("fastapi", 1), entry("flask", 2)]
    step_clock(monkeypatch, seconds)
    for record in run(lab, *entries, slices=2):
        assert (record.status, codes(record)) == ("invalid", {"clock-stepped"})
        assert record.window
        assert record.clocks
        assert record.clocks.step_ms == pytest.approx(1e3 * seconds)
        (finding,) = record.findings
        assert "the machine's clock was set" in finding.cause
        assert finding.trials == (record.number,)


def test_a_clock_that_is_set_is_named_where_the_load_failed(
    lab: Lab, entry: Make, engine: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = entry()
    engine.programs["workloads/closed.js"] = prints("", exit_code=107)
    step_clock(monkeypatch, 3600)
    (record,) = run(lab, one)
    assert codes(record) == {"lab-fault", "clock-stepped"}


def test_of_two_in_turn_only_the_one_that_fails_is_without_figures(
    lab: Lab, entry: Make, engine: Memory
) -> None:
    entries = [entry("fastapi", 1), entry("flask", 2)]

    def flask_ends(site: Site, container: Container) -> None:
        if container.variables["SERVICE"] == "flask":
            container.end(3)

    engine.programs["service"] = flask_ends
    first, second = run(lab, *entries, slices=2)
    assert (first.status, codes(second)) == ("valid", {"contestant-gone"})


def test_an_endpoints_window_keeps_all_it_has_as_its_statements_are_added() -> None:
    window = make_run().trials[0].endpoints["list"]
    full = EndpointWindow(**{**dict(window), "seconds": 5.0, "disturbances": 2})
    assert dict(full.with_statements(4.0)) == {**dict(full), "statements_per_request": 4.0}


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


@pytest.mark.parametrize("phase", get_args(Phase))
def test_an_interrupted_trial_leaves_no_container(
    lab: Lab, entry: Make, engine: Memory, phase: Phase
) -> None:
    one = entry()

    def say(now: Phase) -> None:
        if now == phase:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        trial.run(lab, [one], load_of(lab.config), say)
    lab.down()
    assert engine.made == {}
    assert not (one.folder / "trial.json").exists()


def test_nothing_of_an_attempt_that_was_cut_short_passes_for_this_one_s_evidence(
    lab: Lab, entry: Make, engine: Memory
) -> None:
    one = entry()
    one.folder.mkdir(parents=True)
    (one.folder / "k6-summary.json").write_text("{}")
    engine.programs["service"] = ends(1)
    run(lab, one)
    assert {path.name for path in one.folder.iterdir()} == {
        "trial.json", "service.log", "worker.log", "k6.log",
    }  # fmt: skip


def test_the_harness_keeps_off_the_contestants_core(lab: Lab, entry: Make, engine: Memory) -> None:
    seen: list[set[int]] = []
    one = entry()
    engine.on_sql = lambda sql: seen.append(os.sched_getaffinity(0))
    before = os.sched_getaffinity(0)
    run(lab, one)
    assert {0} in seen
    assert os.sched_getaffinity(0) == before


def test_tokens_that_would_expire_under_load_are_renewed(
    lab: Lab, entry: Make, engine: Memory
) -> None:
    one = entry()
    one.prepared.users = [{**user, "expires_at_epoch_s": 0.0} for user in one.prepared.users]
    assert run(lab, one)[0].status == "valid"
    assert one.prepared.tokens_last_s() > 0


class TestPrepare:
    def prepare(self, lab: Lab) -> prepare.Prepared:
        return prepare.prepare(lab, Contestant(discover()["flask"], "flask:1"), ROWS, {})

    def test_registers_users_and_keeps_a_template(self, lab: Lab, engine: Memory) -> None:
        found = self.prepare(lab)
        assert (len(found.users), found.user_rows) == (100, 101)
        assert (found.template, found.memory_idle_mib) == ("flask", 100.0)
        assert set(engine.made["bench"].containers) == {"postgres", "redis"}

    def test_a_migration_that_fails_says_why(self, lab: Lab, engine: Memory) -> None:
        engine.programs["migrate"] = ends(1, "Traceback\nOperationalError: no such table\n")
        with pytest.raises(ContainerFailedError) as caught:
            self.prepare(lab)
        assert caught.value.cause == (
            "migrate exited with status 1: OperationalError: no such table"
        )
        assert caught.value.output == ("Traceback", "OperationalError: no such table")
        assert "migrate" not in engine.made["bench"].containers

    @pytest.mark.parametrize(
        ("program", "cause"),
        [
            (ends(107, "users: 503 instead of 201\n"), "could not be created: users: 503"),
            (ends(0), "could not be read from k6's output"),
        ],
    )
    def test_users_that_cannot_be_created(
        self, lab: Lab, engine: Memory, program: object, cause: str
    ) -> None:
        engine.programs["prepare.js"] = program  # type: ignore[assignment]
        with pytest.raises(EngineError, match=cause):
            self.prepare(lab)
        assert set(engine.made["bench"].containers) == {"postgres", "redis"}

    def test_a_contestant_that_ends_as_users_log_in(self, lab: Lab, engine: Memory) -> None:
        def kills(site: Site, container: Container) -> None:
            site.containers["service"].end(1)
            container.end(107)

        engine.programs["prepare.js"] = kills
        with pytest.raises(EngineError, match="the contestant exited with status 1 as users"):
            self.prepare(lab)

    def test_one_that_does_not_become_ready(self, lab: Lab, engine: Memory) -> None:
        engine.programs["service"] = never_ready
        with pytest.raises(EngineError, match=r"not ready within 0.05 s; its last line: still imp"):
            self.prepare(lab)
