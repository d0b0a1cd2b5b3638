"""The container engine goes away in the middle of a load: comes back, or does not."""

import signal
from collections.abc import Iterator

import pytest

from tests.full.checkout import Checkout, Command
from tests.full.events import Events
from tests.full.private_engine import PrivateEngine


@pytest.fixture(autouse=True)
def running_again(engine: PrivateEngine) -> Iterator[None]:
    """However a test ends, the next finds an engine."""
    yield
    if not engine.is_running:
        engine.start()


def reach_second_load(engine: PrivateEngine, bench: Command) -> None:
    with Events(engine) as events:
        bench.wait_line("trial 1/4")
        events.forget()
        events.wait_load()


@pytest.mark.parametrize("way", [signal.SIGTERM, signal.SIGKILL])
def test_restarted_it_spoils_one_trial_and_its_block_is_run_once_more(
    checkout: Checkout, engine: PrivateEngine, way: signal.Signals
) -> None:
    with checkout.start_bench("starlette", profile="quick") as bench:
        reach_second_load(engine, bench)
        engine.stop(way)
        engine.start()
        assert bench.end() == 0, bench.said()
    trials = checkout.run.trials
    assert [(trial.number, trial.attempt, trial.status) for trial in trials] == [
        (1, 1, "valid"), (1, 2, "valid"), (2, 1, "invalid"), (2, 2, "valid"),
        (3, 1, "valid"), (4, 1, "valid"),
    ]  # fmt: skip
    assert [finding.code for finding in trials[2].findings] == ["lab-fault"]
    assert checkout.results.status == "complete"
    assert engine.leftovers() == []


def test_gone_for_good_it_ends_the_run_with_a_report_of_the_rest(
    checkout: Checkout, engine: PrivateEngine
) -> None:
    with checkout.start_bench("starlette", profile="quick") as bench:
        reach_second_load(engine, bench)
        engine.stop(signal.SIGKILL)
        assert bench.end() == 1, bench.said()
    assert any("run-ended: " in line and "engine went away" in line for line in bench.output)
    results = checkout.results
    assert results.status == "partial"
    ended = [finding for finding in results.findings if finding.severity == "error"]
    assert [finding.code for finding in ended] == ["run-ended"]
    assert [trial.status for trial in checkout.run.trials] == ["valid"]

    refused = checkout.bench("starlette")
    assert refused.status == 2
    assert len(refused.errors) == 1
    assert "no container engine answers" in refused.errors[0]

    engine.start()
    assert engine.leftovers() != []
    after = checkout.bench("starlette")
    assert after.status == 0, after.said()
    assert engine.leftovers() == []
