"""The check table, its text, and the tables of docs/method.md that are made from it."""

import ast
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

import levelbench
from levelbench.analysis.checks.check import Check
from levelbench.analysis.checks.table import CHECKS
from levelbench.model.config import load_config
from levelbench.model.limits import Limits, Statistics
from tests.unit.analysis.checks.document import DOCUMENT, TABLES
from tests.unit.simulation.markdown import replace_table

CONFIG = load_config()
SEEN: dict[str, object] = {
    "accepted": 120, "added": 59, "all": 5, "answered": 60, "answers": "registrations answered 201",
    "found": 801.2, "users": 840, "part": "before", "due": 2900,
    "burst": 150.0, "busy": 0.8, "count": "2 trials", "counts": "flask 2 of 5",
    "direction": "back", "dropped": 12,
    "effect": "the run has no ranks",
    "error": "the engine ended", "errors": 9, "failed": 2, "high": 1.08, "label": "flask",
    "lag_ms": 12.5, "late": 40, "late_ms": 900.0, "lost": 1, "low": 1.06,
    "others": "flask (4.9%) and django (2.0%)",
    "name": "flask", "rate": 250.0, "ratio": 0.9, "remedy": "Make room. ",
    "requests": 3000, "step_ms": 250.0,
    "run": 9001, "service": "flask", "share": 0.5, "table": "users", "used": 0.3, "vus": 100,
    "wanted": "9000", "what": "CPU time of the load generator", "where": "list alone: ",
    "workload": "closed",
    "which": "the contestant's core, CPU 1", "who": "postgres kept CPU 0 busy",
    "why": "its image does not build",
}  # fmt: skip


def limits_of(check: Check) -> Limits | Statistics:
    known = check.limits and check.limits[0] in Statistics.model_fields
    return CONFIG.statistics if known else CONFIG.limits


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.code)
def test_every_finding_has_its_approved_text(check: Check, snapshot: SnapshotAssertion) -> None:
    finding = check.finding(limits_of(check), **SEEN)
    assert finding.model_dump(include={"code", "severity", "cause", "remedy"}) == snapshot


def test_codes_are_unique() -> None:
    assert len({check.code for check in CHECKS}) == len(CHECKS)


def test_every_limit_is_a_field_of_levelbench_toml() -> None:
    known = Limits.model_fields.keys() | Statistics.model_fields.keys()
    for check in CHECKS:
        assert set(check.limits) <= known, check.code


def test_every_finding_is_made_from_the_table() -> None:
    """A code that is not in the table is impossible."""
    makers = {
        path.name
        for path in Path(levelbench.__file__).parent.rglob("*.py")
        for call in ast.walk(ast.parse(path.read_text()))
        if isinstance(call, ast.Call) and getattr(call.func, "id", None) == "Finding"
    }
    assert makers == {"check.py", "finding.py"}  # the latter copies one to other trials


@pytest.mark.parametrize("name", TABLES)
def test_the_method_shows_the_table(name: str) -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    assert replace_table(text, name, TABLES[name]()) == text, (
        "docs/method.md is out of date: run `python -m tests.unit.analysis.checks`"
    )
