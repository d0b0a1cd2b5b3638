"""Invalid settings end k6 before the first request, with an error that names the variable."""

from typing import Any

from syrupy.assertion import SnapshotAssertion

from levelbench.model.config import load_config
from tests.unit.k6.conftest import K6
from tests.unit.k6.test_open_load import LADDER

VALID: dict[str, Any] = {
    **LADDER,
    "RATE": 2,
    "WARMUP_S": 1,
    "MEASURE_S": 2,
    "DISTURBANCE": {**load_config().overload.model_dump(), "rates_rps": [50, 200, 50]},
    "VISIT": load_config().session.visit.model_dump(),
}
INVALID: list[tuple[str, str, Any]] = [
    ("open", "RATE", "1.5"),
    ("open", "RATE", "0"),
    ("open", "ARRIVALS", "random"),
    ("open", "PAGES", [{"first": 1, "last": 501, "weight": 1}]),
    ("open", "PAGES", []),
    ("open", "USERS", []),
    ("open", "TRIAL", "A-1"),
    ("open", "WEIGHTS", {"list": 1}),
    ("capacity", "OBJECTIVE_MS", "fast"),
    ("capacity", "ERROR_RATE_MAX", "-1"),
    ("capacity", "STEP_MEASURE_S", "0"),
    ("capacity", "K6_ADDRESS", ""),
    *(("capacity", "STEPS", steps) for steps in ([], [2, 2], [3, 2], [1.5], "2", [0, 1])),
    ("session", "VISIT", {"median_s": 5}),
    ("session", "STEPS", [3, 2]),
    ("overload", "DISTURBANCE", {"before_s": 1}),
    ("closed", "UNCHECKED", {"list": ["users"]}),
    ("closed", "GATE", "http://turns:8000/0"),
]


def test_an_invalid_setting_is_an_error(k6: K6, snapshot: SnapshotAssertion) -> None:
    errors = k6.errors((workload, {**VALID, name: value}) for workload, name, value in INVALID)
    assert [
        f"{workload} {name}={value}: {error}"
        for (workload, name, value), error in zip(INVALID, errors, strict=True)
    ] == snapshot


def test_valid_settings_are_no_error(k6: K6) -> None:
    workloads = ("closed", "endpoints", "open", "capacity", "session", "overload")
    assert k6.errors((workload, VALID) for workload in workloads) == [None] * 6


def test_users_may_be_continued_in_further_variables(k6: K6) -> None:
    whole = '[{"username": "u", "password": "p", "token": "t"}]'
    parts = {"USERS": whole[:9], "USERS_1": whole[9:20], "USERS_2": whole[20:]}
    assert k6.errors([("open", {**VALID, **parts, "USERS_3": "", "USERS_4": "]"})]) == [None]
