"""An open load of more than a contestant can do: it failed, and no latency is claimed of it."""

from tests.full.checkout import Checkout, Command
from tests.full.faults import contestants
from tests.full.private_engine import PrivateEngine

HEALTHY = "starlette"
WORKLOADS = ("open-50", "open-80")


def test_one_that_cannot_keep_the_rates_of_another_is_overloaded(
    checkout: Checkout, engine: PrivateEngine
) -> None:
    contestants.add_overtaxed(checkout)
    # Few users, so that all of them soon wait for an answer.
    with checkout.configured("open_vus = 200", "open_vus = 50", HEALTHY, "overtaxed"):
        rates_of = calibrated(checkout)
        with bench(checkout, "overtaxed", "open", f"--rates={rates_of}") as command:
            assert command.end() == 1, command.said()

    assert sorted(trial.workload for trial in checkout.run.trials) == list(WORKLOADS)
    for trial in checkout.run.trials:
        assert trial.status == "failed"
        # Beside it some may have waited for a connection too long, and been refused.
        errors = {f.code for f in trial.findings if f.severity == "error"}
        assert "overloaded" in errors
        assert errors <= {"overloaded", "errors"}
        assert trial.window
        assert trial.window.dropped_iterations
    for workload in WORKLOADS:
        found = checkout.results.workloads[workload].services["overtaxed"]
        assert (found.trials, found.requests, found.rank) == (0, 0, None)
        assert found.metrics["latency_p95_ms"].value is None
    assert (engine.leftovers(), engine.clients()) == ([], [])


def bench(checkout: Checkout, name: str, workload: str, *more: str) -> Command:
    return checkout.start(
        "bench", f"--services={name}", "--profile=smoke", f"--workload={workload}", "--seed=1",
        *more,
    )  # fmt: skip


def calibrated(checkout: Checkout) -> str:
    """A run that has the rates of the healthy one; whether it kept them itself is not asked."""
    with bench(checkout, HEALTHY, "open-50") as command:
        assert command.end() in (0, 1), command.said()
    rates = checkout.run.record.rates
    assert rates
    return rates.calibrated_by
