"""Parsing of loads that are disturbed by logins or by an overload."""

from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from levelbench.load.disturbed_document import recovered_s
from levelbench.load.parser import parse_summary
from levelbench.model.bracket import Bracket
from levelbench.model.measurement import Disturbed
from tests.unit.load.recorded import changed, recorded, refusals

NAMES = ("interference", "overload")


def disturbed(text: str) -> Disturbed:
    found = parse_summary(text).disturbed
    assert found
    return found


@pytest.mark.parametrize("name", NAMES)
def test_each_part_is_counted(name: str, snapshot: SnapshotAssertion) -> None:
    assert disturbed(recorded(name)) == snapshot


@pytest.mark.parametrize("name", NAMES)
def test_one_window_has_all_requests_and_no_rate(name: str) -> None:
    summary = parse_summary(recorded(name))
    found = disturbed(recorded(name))
    sent = [
        *found.others.values(),
        *found.health.values(),
        *([found.logins] if found.logins else []),
    ]
    assert summary.window.requests == sum(part.requests for part in sent)
    assert (summary.window.throughput_rps, len(summary.bounds)) == (None, 1)


def test_what_an_overload_refuses_is_no_error_of_the_window() -> None:
    found = disturbed(recorded("overload"))
    assert parse_summary(recorded("overload")).window.errors == found.others["before"].errors
    during = found.others["during"]
    assert during.answered + during.refused + during.timeouts == during.requests
    assert during.not_sent == max(0, during.due - during.requests)


@pytest.mark.parametrize("name", NAMES)
def test_what_does_not_add_up_is_refused(name: str, snapshot: SnapshotAssertion) -> None:
    def fewer(document: dict[str, Any]) -> None:
        document["answers"]["list"]["requests"] -= 1

    changes = {
        "answers": fewer,
        "seconds": lambda document: document["seconds"].pop(),
        "window": lambda document: document["window"].update(end_epoch_ms=0),
    }
    assert refusals(name, changes) == snapshot


@pytest.mark.parametrize(
    ("since", "seconds"),
    [
        ([20.0, 20.0, 20.0], 0),
        ([900.0, 31.0, 30.0, 20.0, 30.0, 99.0], 2),
        ([900.0, 20.0, 900.0, 20.0, 20.0, 20.0], 3),
        ([20.0, None, 20.0, 20.0], None),
        ([900.0, 900.0, 20.0, 20.0], None),
    ],
)
def test_p95_is_back_after_three_seconds_no_worse_than_the_worst_before(
    since: list[float | None], seconds: int | None
) -> None:
    assert recovered_s([20.0, 30.0, None], since) == seconds


def test_a_contestant_that_does_not_recover_has_a_lower_bound() -> None:
    def stays_slow(document: dict[str, Any]) -> None:
        before = document["settings"]["disturbance"]["before_s"]
        for second in document["seconds"][before + 5 :]:
            second["p95_ms"] = 60_000

    found = disturbed(changed("overload", stays_slow))
    assert isinstance(found.recovery, Bracket)
    assert (found.recovery.bound, found.recovery.low) == ("at_least", found.watched_s)
