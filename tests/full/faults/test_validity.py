"""Whatever can spoil a trial, on real containers: it is named, and no figure rests on it."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from levelbench.lab import machine, topology
from levelbench.load.summary import SUMMARY_FILE
from levelbench.model.results import Results, ServiceResults
from levelbench.model.run import load_run_record
from levelbench.model.topology import parse_cpu_list
from levelbench.model.trial import TrialRecord
from tests.full.checkout import Checkout, Command
from tests.full.events import Events
from tests.full.faults import contestants
from tests.full.private_engine import PrivateEngine

HEALTHY = "starlette"
Spoil = Callable[[PrivateEngine], object]
"""Done to the containers as soon as the load has begun."""


def codes(trial: TrialRecord) -> set[str]:
    return {finding.code for finding in trial.findings}


def measured(results: Results, name: str) -> ServiceResults:
    return results.workloads["closed"].services[name]


def hold_no_figure(found: ServiceResults) -> None:
    """Nothing is claimed of it: no figure, no rank, no request counted."""
    assert (found.trials, found.requests, found.rank) == (0, 0, None)
    assert all(estimate.value is None for estimate in found.metrics.values())


def hold_all_named(results: Results) -> None:
    """Every finding says what it was and what to do."""
    assert all(finding.cause and finding.remedy for finding in results.findings)


# --- contestants that spoil their own figures ---------------------------------------------------


@pytest.fixture(scope="module")
def spoilers(checkout: Checkout) -> tuple[str, ...]:
    return contestants.add_spoilers(checkout)


@pytest.fixture(scope="module")
def spoiled(checkout: Checkout, spoilers: tuple[str, ...]) -> Command:
    """One bench of them all."""
    return checkout.bench(HEALTHY, *spoilers)


@pytest.fixture(scope="module")
def results(checkout: Checkout, spoiled: Command) -> Results:
    return checkout.results


@pytest.fixture(scope="module")
def trials(checkout: Checkout, spoiled: Command) -> tuple[TrialRecord, ...]:
    return checkout.run.trials


@pytest.mark.parametrize(
    ("name", "code", "cause", "status"),
    [
        ("eats-memory", "contestant-out-of-memory", "was killed for lack of memory", "failed"),
        ("eats-memory-again", "contestant-out-of-memory", "ran out of memory", "failed"),
        ("loses-tasks", "tasks-lost", "accepted tasks were never completed", "failed"),
        ("writes-nothing", "rows-differ", "rows were added to users", "invalid"),
        ("writes-twice", "rows-differ", "rows were added to tasks", "invalid"),
        ("asks-more", "statements-differ", "data statements", "invalid"),
        ("hangs-under-load", "no-requests", "no request was completed", "invalid"),
    ],
)
def test_one_that_spoils_its_figures_is_named_and_has_none(
    trials: tuple[TrialRecord, ...],
    results: Results,
    spoiled: Command,
    name: str,
    code: str,
    cause: str,
    status: str,
) -> None:
    own = [trial for trial in trials if trial.service == name]
    # An invalid trial repeats its block, and so the trials of all.
    assert [(trial.attempt, trial.status) for trial in own] == [(1, status), (2, status)]
    for trial in own:
        assert any(f.code == code and cause in f.cause for f in trial.findings), trial.findings
    assert any(f"{code}: " in line and cause in line for line in spoiled.output)
    hold_no_figure(measured(results, name))


def test_the_one_beside_them_is_measured(results: Results) -> None:
    found = measured(results, HEALTHY)
    assert found.trials == 1
    assert found.metrics["throughput_rps"].value is not None


def test_the_run_says_that_not_all_is_well(spoiled: Command, results: Results) -> None:
    assert spoiled.status == 1
    assert results.status == "complete"
    hold_all_named(results)


@pytest.mark.usefixtures("spoiled")
def test_they_leave_nothing_behind(engine: PrivateEngine) -> None:
    assert (engine.leftovers(), engine.clients()) == ([], [])


# --- what others do to the containers -----------------------------------------------------------


def bench_with(checkout: Checkout, engine: PrivateEngine, spoil: Spoil) -> Command:
    """A bench of one contestant, spoiled once, in its first load."""
    with Events(engine) as events, checkout.start_bench(HEALTHY) as bench:
        events.wait_load()
        spoil(engine)
        bench.end()
    assert (engine.leftovers(), engine.clients()) == ([], [])
    return bench


def capped(service: str, cpus: float) -> Spoil:
    return lambda engine: engine.docker(
        "update", f"--cpus={cpus}", engine.container(service)
    )  # fmt: skip


def killed(service: str) -> Spoil:
    return lambda engine: engine.docker("kill", engine.container(service))


@pytest.mark.parametrize(
    ("spoil", "code", "cause"),
    [
        (capped("k6", 0.05), "load-generator-throttled", "the load generator was throttled for"),
        (capped("service", 0.3), "contestant-throttled", "the contestant was throttled for"),
        (capped("worker", 0.01), "worker-throttled", "the worker was throttled for"),
        (killed("k6"), "lab-fault", "k6 ended with status 137: k6 printed no summary"),
    ],
    ids=["load generator starved", "contestant throttled", "worker throttled", "k6 killed"],
)
def test_a_trial_that_others_spoil_is_invalid_and_run_once_more(
    checkout: Checkout, engine: PrivateEngine, spoil: Spoil, code: str, cause: str
) -> None:
    bench = bench_with(checkout, engine, spoil)
    assert bench.status == 0, bench.said()
    first, second = checkout.run.trials
    assert (first.status, second.status) == ("invalid", "valid")
    assert any(f.code == code and cause in f.cause for f in first.findings), first.findings
    assert code not in codes(second)
    found = measured(checkout.results, HEALTHY)
    assert found.trials == 1
    assert second.window is not None
    assert found.metrics["throughput_rps"].value == second.window.throughput_rps
    hold_all_named(checkout.results)


def test_a_contestant_that_is_killed_is_gone_and_not_tried_again(
    checkout: Checkout, engine: PrivateEngine
) -> None:
    bench = bench_with(checkout, engine, killed("service"))
    assert bench.status == 1
    (trial,) = checkout.run.trials
    assert (trial.status, codes(trial)) == ("failed", {"contestant-gone"})
    hold_no_figure(measured(checkout.results, HEALTHY))


def test_a_database_without_processor_time_is_the_limit_and_said_to_be(
    checkout: Checkout, engine: PrivateEngine
) -> None:
    bench = bench_with(checkout, engine, capped("postgres", 0.1))
    (trial,) = checkout.run.trials
    assert trial.status == "valid", bench.said()
    assert "database-bound" in codes(trial)
    found = measured(checkout.results, HEALTHY)
    assert found.database_bound
    assert found.rank is None


NEIGHBOUR = """
import os, sys
os.sched_setaffinity(0, {int(sys.argv[1])})
while True:
    pass
"""
WITHIN_REASON = "0.3"
"""Half a core and more is what the scheduler gives a loop beside the lab. Whatever else the machine
does while it is tested stays below."""


@contextmanager
def neighbour(cpu: int) -> Iterator[None]:
    """A program that wants all of one CPU."""
    with subprocess.Popen([sys.executable, "-c", NEIGHBOUR, str(cpu)]) as process:
        try:
            yield
        finally:
            process.kill()


@pytest.mark.parametrize(
    ("limit", "name", "whose"),
    [
        ("foreign_share_max", HEALTHY, "the contestant's core"),
        ("foreign_beside_share_max", "waits", "postgres and k6"),
    ],
    ids=["on the contestant's core", "on the database's"],
)
def test_a_neighbour_spoils_every_trial_beside_it(
    checkout: Checkout, engine: PrivateEngine, limit: str, name: str, whose: str
) -> None:
    if name == "waits":
        contestants.add_waiting(checkout)
    cores = topology.plan(machine.read())
    cpuset = cores.service if limit == "foreign_share_max" else cores.postgres
    with (
        checkout.configured(f"\n{limit} = 1.0", f"\n{limit} = {WITHIN_REASON}", name),
        neighbour(parse_cpu_list(cpuset)[0]),
    ):
        bench = checkout.bench(name)
    assert bench.status == 1, bench.said()
    assert [trial.status for trial in checkout.run.trials] == ["invalid", "invalid"]
    for trial in checkout.run.trials:
        found = [f.cause for f in trial.findings if f.code == "noisy-neighbour"]
        assert len(found) == 1
        assert whose in found[0]
        assert (trial.cores[cpuset].foreign_share or 0) > float(WITHIN_REASON)
    hold_no_figure(measured(checkout.results, name))
    assert engine.leftovers() == []


# --- a load generator that does not do what it should -------------------------------------------

WORKLOAD = "k6/workloads/closed.js"
PRINTED = "{ stdout: `${JSON.stringify(summary)}\\n` }"
LOAD = "export default settings.gate ? createTurns(settings) : createLoad(settings, slots);"
WITH_PAUSE = """
import {{ sleep }} from 'k6';
const load = createLoad(settings, slots);
export default function () {{ {pause} load(); }}
"""
SUMMARY = "JSON.stringify(summary)"


def said_instead(text: str) -> tuple[str, str]:
    return PRINTED, f"{{ stdout: {text} }}"


def paused_by(statement: str) -> tuple[str, str]:
    return LOAD, WITH_PAUSE.format(pause=statement)


@pytest.mark.parametrize(
    ("edit", "code", "cause"),
    [
        (said_instead("''"), "lab-fault", "k6 printed no summary"),
        (said_instead(f"{SUMMARY}.slice(0, 1500)"), "lab-fault", "is not complete JSON"),
        (said_instead(f"{SUMMARY}.replace('invoices_202', 'invoices')"), "lab-fault",
         "invoices_202: Field required"),
        (said_instead("'{}'"), "lab-fault", "k6's summary"),
        (paused_by("sleep(1);"), "vus-idle", "the load generator was the limit"),
        (paused_by("for (let i = 0; i < 100000; i += 1);"),
         "load-generator-bound", "of its cores: it was"),
    ],
    ids=["empty", "truncated", "a figure missing", "of no shape", "thinks", "computes"],
)  # fmt: skip
def test_a_load_generator_that_fails_gives_no_figure(
    checkout: Checkout, engine: PrivateEngine, edit: tuple[str, str], code: str, cause: str
) -> None:
    # More than this it may not get where this machine does something else.
    share = ("generator_cpu_share_max = 0.70", "generator_cpu_share_max = 0.05")
    with checkout.edited(WORKLOAD, *edit), checkout.configured(*share, HEALTHY):
        bench = checkout.bench(HEALTHY)
    assert bench.status == 1, bench.said()
    assert [trial.status for trial in checkout.run.trials] == ["invalid", "invalid"]
    for trial in checkout.run.trials:
        assert any(f.code == code and cause in f.cause for f in trial.findings), trial.findings
        assert (checkout.runs[-1] / "trials" / trial.folder_name / SUMMARY_FILE).exists()
    hold_no_figure(measured(checkout.results, HEALTHY))
    hold_all_named(checkout.results)
    assert (engine.leftovers(), engine.clients()) == ([], [])


# --- a run that cannot tell anything apart ------------------------------------------------------


def test_nobody_is_ranked_where_a_contestant_differs_from_itself(
    checkout: Checkout, engine: PrivateEngine
) -> None:
    contestants.add_slow_by_a_file(checkout)
    with (
        checkout.configured("blocks = 2", "blocks = 3", "slow-by-a-file"),
        Events(engine) as events,
        checkout.start_bench("slow-by-a-file", profile="quick") as bench,
    ):
        for position in range(6):
            events.wait_load()
            plan = load_run_record(checkout.runs[-1]).plan
            if plan[position].label.endswith("@control"):
                engine.docker("exec", engine.container("service"), "touch", "/tmp/slow")
        assert bench.end() == 0, bench.said()
    assert [trial.status for trial in checkout.run.trials] == ["valid"] * 6
    results = checkout.results
    (finding,) = [f for f in results.findings if f.code == "a-a-too-wide"]
    assert "the run has no ranks" in finding.cause
    assert not results.publishable
    assert engine.leftovers() == []
