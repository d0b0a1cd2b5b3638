"""What makes an answer to a list the right one, from the module that k6 runs."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from levelbench.contestants.discovery import discover
from tests.unit.k6.conftest import K6

RIGHT: dict[str, Any] = {
    "page": 1,
    "page_size": 20,
    "total": 2,
    "pages": 1,
    "ids": [2, 1],
    "times": ["2026-01-02T00:00:00Z", "2026-01-01T00:00:00Z"],
    "users": [7, 8],
    "items": [1, 3],
}
"""The fields of a right answer to page 1 of 2 orders, as k6 takes them out."""

Check = Callable[..., str | None]


@pytest.fixture(scope="module")
def failed_check(k6: K6) -> Check:
    """The name of the check that an answer fails, if it fails one."""

    def check(
        unchecked: dict[str, list[str]] | None = None, status: int = 200, **changes: Any
    ) -> str | None:
        fields = {name: value for name, value in {**RIGHT, **changes}.items() if value is not None}
        found: str | None = k6.script(f"""
            import {{ createCheck }} from './lab/lib/checks.js';
            const failedCheck = createCheck(2, {json.dumps(unchecked or {})});
            const response = {{ status: {status}, json: () => ({json.dumps(fields)}) }};
            console.log(JSON.stringify(failedCheck({{ endpoint: 'list', page: 1 }}, response)));
        """)
        return found

    return check


@pytest.mark.parametrize(
    ("changes", "failed"),
    [
        ({}, None),
        ({"status": 503}, "status_503"),
        ({"page": 2}, "page"),
        ({"total": None, "pages": None}, "total"),
        ({"ids": [2]}, "results"),
        ({"users": []}, "user"),
        ({"items": [1, 0]}, "items"),
        ({"times": RIGHT["times"][::-1]}, "newest_first"),
        ({"ids": None}, "shape"),
    ],
)
def test_a_contestants_answer_is_held_to_all_checks(
    failed_check: Check, changes: dict[str, Any], failed: str | None
) -> None:
    assert failed_check(**changes) == failed


@pytest.mark.parametrize(
    ("name", "lacks"),
    [
        ("django", {"users": [], "items": []}),
        ("flask", {}),
        ("fastapi", {"users": [], "total": None, "pages": None}),
        ("starlette", {"users": [], "items": [], "total": None, "pages": None}),
    ],
)
def test_an_exhibits_answer_is_held_to_all_that_apply(
    failed_check: Check, name: str, lacks: dict[str, Any]
) -> None:
    exhibit = discover()[f"{name}-as-published"].spec.exhibit
    assert exhibit is not None
    unchecked = {"list": list(exhibit.unchecked())}
    unordered = {**lacks, "times": RIGHT["times"][::-1]}
    assert failed_check(unchecked, **unordered) is None
    assert failed_check(**unordered) is not None
    assert failed_check(unchecked, **{**unordered, "ids": [2]}) == "results"
    assert failed_check(unchecked, status=500, **unordered) == "status_500"
