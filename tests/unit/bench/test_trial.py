"""Whole trials on an engine in memory: what is recorded and what is left."""

import itertools
import json
import os
from dataclasses import replace
from typing import get_args

import pytest

from levelbench.bench import trial
from levelbench.bench.generate import Load
from levelbench.lab.lab import Lab
from levelbench.lab.meters import clocks
from levelbench.lab.meters.sampler import Sample
from levelbench.load.parser import parse_summary
from levelbench.load.summary import Bounds, Summary
from levelbench.model.config import load_config
from levelbench.model.measurement import EndpointWindow
from levelbench.model.trial import Phase
from tests.unit.bench.trials import RECORDED, Make, codes, load_of, run
from tests.unit.factories import make_run
from tests.unit.lab.memory import (
    Container,
    Counters,
    Memory,
    Site,
    ends,
    prints,
)


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
        "seconds.csv", "service.log", "worker.log", "k6.log",
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
