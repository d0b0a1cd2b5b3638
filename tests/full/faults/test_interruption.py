"""A bench that is interrupted, in each of its phases and in each way."""

import signal
from pathlib import Path

import pytest

from levelbench.model.folder import load_run
from tests.full.checkout import Checkout, Command
from tests.full.events import Events
from tests.full.faults import phases
from tests.full.private_engine import PrivateEngine

pytestmark = pytest.mark.usefixtures("slow")

BEFORE_THE_LOAD = {"build": ("slow-build",), "verify": ("unverified",)}
"""Which contestants make a phase last; `slow-worker` for all others."""


def start_and_reach(checkout: Checkout, engine: PrivateEngine, phase: str) -> Command:
    """A bench that has come to a phase."""
    with Events(engine) as events:
        bench = checkout.start_bench(*BEFORE_THE_LOAD.get(phase, ("slow-worker",)))
        try:
            phases.PHASES[phase](bench, events)
        except BaseException:
            bench.__exit__(None, None, None)
            raise
    return bench


def hold_record(folder: Path, *, status: str) -> None:
    """What a run's folder holds is readable, and its trials are whole ones."""
    run = load_run(folder)
    assert run.record.status == status
    assert [trial.status for trial in run.trials if trial.window is None] == []


@pytest.mark.parametrize("phase", phases.PHASES)
@pytest.mark.parametrize("way", ["SIGINT of a terminal", "SIGTERM"])
def test_ends_in_order(checkout: Checkout, engine: PrivateEngine, phase: str, way: str) -> None:
    before = checkout.runs
    with start_and_reach(checkout, engine, phase) as bench:
        if way == "SIGTERM":
            bench.send(signal.SIGTERM)
        else:
            bench.send(signal.SIGINT, group=True)
        assert bench.end() == 130
    assert engine.leftovers() == []
    assert engine.clients() == []
    (folder,) = set(checkout.runs) - set(before)
    hold_record(folder, status="partial")
    # Nothing had been measured before the interruption, and the last line says so.
    assert bench.output[-1].startswith("Nothing was measured. The folder of the run: reports/")
    assert bench.errors == []


@pytest.mark.parametrize("phase", phases.PHASES)
def test_killed_it_is_cleared_up_by_the_next(
    checkout: Checkout, engine: PrivateEngine, phase: str
) -> None:
    before = checkout.runs
    with start_and_reach(checkout, engine, phase) as bench:
        bench.send(signal.SIGKILL)
        assert bench.end() == -signal.SIGKILL
        engine.wait_no_client()  # what it had started does not go on without it
    (folder,) = set(checkout.runs) - set(before)
    hold_record(folder, status="partial")
    left = [name for name in engine.leftovers() if "bench" in name or "verify" in name]

    after = checkout.bench("starlette")
    assert after.status == 0, after.said()
    cleared = any("removing what an interrupted run left" in line for line in after.output)
    assert cleared == bool(left)
    assert engine.leftovers() == []
    assert engine.clients() == []
    hold_record(checkout.runs[-1], status="complete")
    assert checkout.results.workloads["closed"].services["starlette"].trials == 1


def test_a_second_interruption_changes_nothing(checkout: Checkout, engine: PrivateEngine) -> None:
    with start_and_reach(checkout, engine, "load") as bench:
        for _ in range(5):
            bench.send(signal.SIGINT, group=True)
            bench.send(signal.SIGTERM)
        assert bench.end() == 130
    assert engine.leftovers() == []


def test_what_was_measured_before_is_kept(checkout: Checkout, engine: PrivateEngine) -> None:
    """Of the second trial nothing is in the report, of the first all."""
    with Events(engine) as events, checkout.start_bench("starlette", profile="quick") as bench:
        bench.wait_line("trial 1/4")
        events.forget()
        events.wait_load()
        bench.send(signal.SIGINT, group=True)
        assert bench.end() == 130
    assert engine.leftovers() == []
    assert len(checkout.run.trials) == 1
    assert checkout.results.status == "partial"
    assert "Interrupted: the report contains what was measured until then." in bench.output


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_contestant_on_its_way_up_goes_down_again(
    checkout: Checkout, engine: PrivateEngine, number: signal.Signals
) -> None:
    with Events(engine) as events, checkout.start("up", "starlette") as up:
        events.wait_start("postgres")
        up.send(number)
        assert up.end() == 130
    assert up.errors == ["levelbench: interrupted"]
    assert (engine.leftovers(), engine.clients()) == ([], [])
