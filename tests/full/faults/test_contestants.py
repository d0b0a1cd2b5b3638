"""Contestants that misbehave, beside one that does not: each has its own fate, told plainly."""

import pytest

from levelbench.model.results import Results
from tests.full.checkout import Checkout, Command
from tests.full.faults import contestants
from tests.full.private_engine import PrivateEngine

HEALTHY = "starlette"


@pytest.fixture(scope="module")
def broken(checkout: Checkout) -> tuple[str, ...]:
    return contestants.add_all(checkout)


@pytest.fixture(scope="module")
def command(checkout: Checkout, broken: tuple[str, ...]) -> Command:
    """One bench of them all."""
    return checkout.bench(HEALTHY, *broken)


@pytest.fixture(scope="module")
def results(checkout: Checkout, command: Command) -> Results:
    return checkout.results


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("not-built", "its image does not build: `docker build` failed:"),
        ("never-ready", "it could not be verified: service was not ready within 60 s"),
        ("answers-500", "it does not do equal work: "),
        ("dies-when-ready", "it could not be prepared: the load's users could not be created:"),
    ],
)
def test_one_that_cannot_be_measured_is_left_out_and_said_so(
    command: Command, results: Results, name: str, why: str
) -> None:
    assert sum(f"{name} is left out: {why}" in line for line in command.output) == 1
    assert name not in results.workloads["closed"].services
    failure = results.services[name].failure
    assert failure is not None
    assert failure.startswith(why)
    found = [f for f in results.findings if f.code == "contestant-left-out" and name in f.cause]
    assert len(found) == 1


@pytest.mark.parametrize(
    ("name", "code", "cause"),
    [
        ("dies-under-load", "contestant-gone", "exited with status 3 under load"),
        ("fails-under-load", "errors", "requests failed"),
    ],
)
def test_one_that_fails_under_load_is_reported_as_failed_and_not_as_fast(
    checkout: Checkout, command: Command, results: Results, name: str, code: str, cause: str
) -> None:
    trials = [trial for trial in checkout.run.trials if trial.service == name]
    assert [trial.status for trial in trials] == ["failed"]  # its own fault: not tried again
    assert [(f.code, cause in f.cause) for f in trials[0].findings if f.severity == "error"] == [
        (code, True)
    ]
    assert any(code in line and cause in line for line in command.output)
    found = results.workloads["closed"].services[name]
    assert found.metrics["throughput_rps"].value is None
    assert found.rank is None


def test_the_endpoint_that_failed_is_named_by_its_error_rate(results: Results) -> None:
    endpoints = results.workloads["closed"].services["fails-under-load"].endpoints
    assert endpoints["detail"].error_rate == 1.0
    assert endpoints["list"].error_rate == 0.0


def test_the_rest_is_measured(results: Results) -> None:
    found = results.workloads["closed"].services[HEALTHY]
    assert found.trials == 1
    assert found.metrics["throughput_rps"].value is not None


def test_the_exit_status_says_that_not_all_is_well(command: Command, results: Results) -> None:
    assert command.status == 1
    assert results.status == "complete"


def test_the_log_of_the_one_that_died_is_kept(checkout: Checkout, results: Results) -> None:
    logs = list(checkout.runs[-1].glob("trials/*dies-under-load*/service.log"))
    assert any("giving up under load" in log.read_text() for log in logs)


@pytest.mark.usefixtures("command")
def test_nothing_is_left_behind(engine: PrivateEngine) -> None:
    assert engine.leftovers() == []
