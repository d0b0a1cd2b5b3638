"""Parsing of sessions: users with think time, up a ladder."""

from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from levelbench.load.parser import parse_summary
from levelbench.load.session_document import users_held
from levelbench.model.measurement import LatencySummary, UserStep
from tests.unit.load.recorded import changed, recorded, refusals

NAME = "session-held"


def test_each_step_has_its_users_and_times(snapshot: SnapshotAssertion) -> None:
    summary = parse_summary(recorded(NAME))
    assert (summary.user_steps, summary.users_held, summary.polls) == snapshot


def test_a_step_that_misses_the_objective_ends_the_ladder() -> None:
    def stricter(document: dict[str, Any]) -> None:
        document["settings"]["objective_ms"] = 900

    assert parse_summary(changed(NAME, stricter)).users_held is None


def test_littles_law_is_met() -> None:
    for step in parse_summary(recorded(NAME)).user_steps:
        assert step.by_littles_law == pytest.approx(step.users, rel=0.02)


def test_the_steps_together_have_no_rate() -> None:
    summary = parse_summary(recorded(NAME))
    assert summary.window.seconds == 10 * len(summary.user_steps)
    assert summary.window.requests == sum(step.requests for step in summary.user_steps)
    assert (summary.window.throughput_rps, summary.window.latency.p95_ms) == (None, None)
    assert len(summary.step_bounds) == len(summary.user_steps)


def test_what_does_not_add_up_is_refused(snapshot: SnapshotAssertion) -> None:
    def ended_early(document: dict[str, Any]) -> None:
        document["settings"]["steps_users"] = [*document["settings"]["steps_users"], 900]

    assert (
        refusals(
            NAME,
            {
                "polls": lambda document: document["polls"].update(requests=0),
                "users": lambda document: document["steps"][0].update(users=1),
                "window": lambda document: document["steps"][0]["window"].update(end_epoch_ms=0),
                "a step less": lambda document: document["steps"].pop(),
                "no step": lambda document: document["steps"].clear(),
            },
        )
        == snapshot
    )
    with pytest.raises(Exception, match="although every step held"):
        parse_summary(changed(NAME, ended_early))


def step(users: int, p95_ms: float | None, errors: int = 0) -> UserStep:
    latency = LatencySummary(count=1000 - errors, p95_ms=p95_ms)
    return UserStep(
        users=users, seconds=10, requests=1000, errors=errors, throughput_rps=100,
        latency=latency, response_ms=20, think_ms=7000,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("steps", "held"),
    [
        ([step(700, 200.0), step(770, 200.1)], 700),
        ([step(700, 201.0), step(770, 50.0)], None),
        ([step(700, 50.0, errors=1), step(770, 50.0, errors=2)], 700),
        ([step(700, 50.0), step(770, None)], 700),
        ([step(700, 50.0), step(770, 60.0)], 770),
    ],
)
def test_users_hold_within_both_limits_with_all_below_them(
    steps: list[UserStep], held: int | None
) -> None:
    assert users_held(steps, 200.0, 0.001) == held
