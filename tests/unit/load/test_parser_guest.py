"""Parsing of the loads of a guest: requests of its journey in place of endpoints."""

import pytest

from levelbench.load.parser import parse_summary
from tests.unit.load.recorded import changed, recorded, refusal

NAMES = ("follow", "create", "stats")


@pytest.mark.parametrize("document", ["closed-guest", "open-guest"])
def test_requests_are_the_windows(document: str) -> None:
    summary = parse_summary(recorded(document))
    assert tuple(summary.requests) == NAMES
    assert (summary.endpoints, summary.answers, summary.failed_checks) == ({}, {}, ())
    assert sum(window.requests for window in summary.requests.values()) == summary.window.requests
    assert summary.window.errors == 0


def test_requests_are_dealt_by_weight() -> None:
    requests = parse_summary(recorded("closed-guest")).requests
    total = sum(window.requests for window in requests.values())
    shares = {name: round(window.requests / total, 2) for name, window in requests.items()}
    assert shares == {"follow": 0.85, "create": 0.10, "stats": 0.05}


def test_a_request_that_is_missing_is_noticed() -> None:
    assert "endpoints hold" in refusal(
        changed("closed-guest", lambda found: found["requests"].pop("stats"))
    )


def test_a_contestant_has_no_requests_of_a_guest() -> None:
    """Its weights say that it is none."""
    weights = {"register": 1, "login": 1, "list": 1, "detail": 1, "task": 1}
    said = refusal(changed("closed-guest", lambda found: found["settings"].update(weights=weights)))
    assert "a window with endpoints has no requests of a guest" in said
