"""The engine's disk is nearly full; the reports' disk is full."""

from collections.abc import Iterator

import pytest

from tests.full.checkout import Checkout
from tests.full.events import Events
from tests.full.private_engine import PrivateEngine


@pytest.fixture(autouse=True)
def room_again(engine: PrivateEngine) -> Iterator[None]:
    """However a test ends, the next finds room."""
    yield
    engine.free_disk()


def hold_clean_start(checkout: Checkout, engine: PrivateEngine) -> None:
    engine.free_disk()
    after = checkout.bench("starlette")
    assert after.status == 0, after.said()
    assert engine.leftovers() == []


def test_full_before_the_database_is_made(checkout: Checkout, engine: PrivateEngine) -> None:
    engine.fill_disk(leave_mib=20)
    bench = checkout.bench("starlette")
    assert bench.status == 2, bench.said()
    assert len(bench.errors) == 1
    assert "the engine's disk is nearly full: 20 MiB are left" in bench.errors[0]
    assert engine.leftovers() == []
    hold_clean_start(checkout, engine)


def test_no_room_for_the_report(checkout: Checkout, engine: PrivateEngine) -> None:
    reports = str(checkout.folder / "reports")
    verified = (checkout.folder / "reports" / "verify" / "starlette.json").read_text()
    engine.run("mount", "-t", "tmpfs", "-o", "size=40k", "tmpfs", reports)
    try:
        engine.run("mkdir", f"{reports}/verify")
        engine.run("tee", f"{reports}/verify/starlette.json", stdin=verified)
        bench = checkout.bench("starlette")
    finally:
        engine.run("umount", reports)
    assert bench.status == 2, bench.said()
    assert len(bench.errors) == 1
    assert "cannot be written: No space left on device" in bench.errors[0]
    assert engine.leftovers() == []


def test_full_under_load(checkout: Checkout, engine: PrivateEngine) -> None:
    with checkout.start_bench("starlette", "flask", profile="quick") as bench:
        with Events(engine) as events:
            bench.wait_line("trial 1/6")
            events.forget()
            events.wait_load()
        engine.fill_disk(leave_mib=0)
        assert bench.end() == 1, bench.said()
    assert engine.leftovers() == []
    trials = {(trial.number, trial.attempt): trial for trial in checkout.run.trials}
    second = trials[2, 1]
    # Errors for lack of room are nothing that a contestant did.
    assert (trials[1, 1].status, second.status) == ("valid", "invalid")
    assert ["the engine's disk is nearly full" in finding.cause for finding in second.findings]
    assert not [trial for trial in checkout.run.trials if trial.status == "failed"]
    hold_clean_start(checkout, engine)
