"""PostgreSQL or Redis dies in the middle of a trial: the lab's fault, and not the contestant's."""

import pytest

from tests.full.checkout import Checkout
from tests.full.events import Events
from tests.full.private_engine import PrivateEngine


@pytest.mark.parametrize("server", ["postgres", "redis"])
def test_the_trial_is_invalid_and_its_block_is_run_once_more(
    checkout: Checkout, engine: PrivateEngine, server: str
) -> None:
    with Events(engine) as events, checkout.start_bench("starlette", "flask") as bench:
        events.wait_load()
        engine.docker("kill", engine.container(server))
        assert bench.end() == 0, bench.said()

    trials = checkout.run.trials
    assert [(trial.number, trial.attempt, trial.status) for trial in trials] == [
        (1, 1, "invalid"), (1, 2, "valid"), (2, 1, "valid"), (2, 2, "valid"),
    ]  # fmt: skip
    first = trials[0]
    assert "lab-fault" in {finding.code for finding in first.findings}
    assert any(server in finding.cause for finding in first.findings)

    services = checkout.results.workloads["closed"].services
    assert sorted(services) == ["flask", "starlette"]
    assert all(service.metrics["throughput_rps"].value is not None for service in services.values())
    assert engine.leftovers() == []
