"""Contestants that take turns: up together, one at a time is asked, and each is its own trial."""

import itertools
import json
from pathlib import Path

import pytest

from levelbench.model.config import load_config
from levelbench.model.trial import TrialRecord
from tests.full.checkout import Checkout
from tests.full.events import Events
from tests.full.faults import contestants
from tests.full.private_engine import PrivateEngine

PROFILE = "quick"
SLICES = 3


@pytest.fixture(scope="module", autouse=True)
def turns(checkout: Checkout) -> None:
    """Two blocks of windows of three slices of one second."""
    checkout.set(f"profiles.{PROFILE}", "slices", str(SLICES))
    checkout.take_for_verified("starlette", "flask")
    contestants.add_for_turns(checkout)


def slices(folder: Path) -> list[tuple[int, int]]:
    summary = json.loads((folder / "k6-summary.json").read_text())
    return [(own["start_epoch_ms"], own["end_epoch_ms"]) for own in summary["turns"]["slices"]]


def test_one_at_a_time_is_asked_and_every_trial_adds_up(
    checkout: Checkout, engine: PrivateEngine
) -> None:
    done = checkout.bench("starlette", "flask", profile=PROFILE)
    assert done.status == 0, done.said()
    run = checkout.run
    assert [trial.status for trial in run.trials] == ["valid"] * 6, done.said()
    for trial in run.trials:
        assert trial.window
        assert (trial.window.slices, trial.window.seconds) == (SLICES, 3)
        assert trial.rows
        assert trial.rows.users_added == trial.rows.registrations_201
        assert trial.rows.tasks_added == trial.rows.invoices_202
        assert trial.tasks
        assert trial.tasks.lost == 0
        assert trial.resources["service"].cpu_ms
        assert trial.resources["k6"].cpu_ms
    folders = sorted((checkout.runs[-1] / "trials").iterdir())
    for block in (folders[:3], folders[3:]):
        windows = sorted(own for folder in block for own in slices(folder))
        assert len(windows) == 3 * SLICES
        for (_, end_ms), (start_ms, _) in itertools.pairwise(windows):
            assert end_ms < start_ms
    assert engine.leftovers() == []


def test_one_that_the_lab_spoils_has_its_block_run_again(
    checkout: Checkout, engine: PrivateEngine
) -> None:
    """A load generator dies: the other two trials of its block are run again with it."""
    with (
        Events(engine) as events,
        checkout.start_bench("starlette", "flask", profile=PROFILE) as bench,
    ):
        engine.docker("kill", events.wait_load())
        assert bench.end() == 0, bench.said()
    found: dict[tuple[int, int], list[str]] = {}
    for trial in checkout.run.trials:
        found.setdefault((trial.block, trial.attempt), []).append(trial.status)
    assert sorted(found.pop((1, 1))) == ["invalid", "valid", "valid"], bench.said()
    assert found == {(1, 2): ["valid"] * 3, (2, 1): ["valid"] * 3}, bench.said()
    services = checkout.results.workloads["closed"].services
    assert all(service.trials == 2 for service in services.values())
    assert engine.leftovers() == []


def test_one_that_dies_spoils_its_own_trial_only(checkout: Checkout, engine: PrivateEngine) -> None:
    contestants.add_all(checkout)
    done = checkout.bench("starlette", "dies-under-load", profile=PROFILE)
    assert done.status == 1, done.said()
    found = {trial.service: trial for trial in checkout.run.trials if not trial.is_control}
    assert found["starlette"].status == "valid", done.said()
    assert found["dies-under-load"].status == "failed"
    assert "contestant-gone" in {f.code for f in found["dies-under-load"].findings}
    assert engine.leftovers() == []


def test_no_window_holds_cpu_time_of_a_slow_contestant(
    checkout: Checkout, engine: PrivateEngine
) -> None:
    """At a third of the speed its requests in flight take three times as long to finish."""
    checkout.bench("starlette", "flask", "slowed-to-a-third", profile=PROFILE)
    trials = [trial for trial in checkout.run.trials if trial.others_cpu_share]
    assert {trial.service for trial in trials} == {"starlette", "flask", "slowed-to-a-third"}
    limit = load_config().limits.others_cpu_share_max
    for trial in trials:
        for label, share in trial.others_cpu_share.items():
            assert share is not None, (trial.label, label)
            assert share <= limit, (trial.label, label)
    rate = {
        trial.service: trial.window.throughput_rps
        for trial in trials
        if trial.window and trial.window.throughput_rps
    }
    assert rate["slowed-to-a-third"] < rate["starlette"]
    assert engine.leftovers() == []


def test_a_contestant_that_is_busy_beyond_its_turn_voids_the_windows_of_others(
    checkout: Checkout, engine: PrivateEngine
) -> None:
    limit = load_config().limits.others_cpu_share_max
    checkout.set("limits", "others_cpu_share_max", str(limit))
    checkout.take_for_verified("starlette", "busy-after-its-answer")  # of this configuration
    try:
        checkout.bench("starlette", "busy-after-its-answer", profile=PROFILE)
    finally:
        checkout.set("limits", "others_cpu_share_max", "1.0")
    trials = [trial for trial in checkout.run.trials if trial.window]

    def share(trial: TrialRecord) -> float:
        return max(own or 0.0 for own in trial.others_cpu_share.values())

    victims = [one for one in trials if one.service == "starlette" and share(one) > limit]
    assert victims
    for trial in victims:
        (finding,) = [f for f in trial.findings if f.code == "slices-overlap"]
        assert "busy-after-its-answer" in finding.cause
        assert trial.status == "invalid"
    for trial in trials:  # what it did itself voids nothing
        found = "slices-overlap" in {finding.code for finding in trial.findings}
        assert found == (share(trial) > limit)
    assert engine.leftovers() == []
