"""The table of parity rules, and the audit that runs it."""

from types import SimpleNamespace
from typing import cast

import pytest

from levelbench.contestants.discovery import discover
from levelbench.errors import LabError
from levelbench.lab.address import Address
from levelbench.lab.up import Running
from levelbench.model.config import ROOT
from levelbench.model.rules import RULES, Rule
from levelbench.verify import parity
from levelbench.verify.contract import MismatchError
from levelbench.verify.parity.ground import Ground
from levelbench.verify.parity.rules import TABLE, Check, ParityRule, check_for, markdown

KNOWN = discover()


def running(name: str) -> Running:
    contestant = SimpleNamespace(name=name, service=KNOWN[name])
    endpoint = Address("http://127.0.0.1:9", name)
    return cast(Running, SimpleNamespace(contestant=contestant, endpoint=endpoint))


def writes(*rules: Rule) -> Check:
    def check(ground: Ground) -> None:
        for rule in rules:
            ground.record(rule, "x", "1", "1")

    return check


def fails(error: Exception) -> Check:
    def check(ground: Ground) -> None:
        raise error

    return check


def test_the_table_has_every_rule_in_order() -> None:
    assert tuple(rule.name for rule in TABLE) == RULES


def test_the_documentation_shows_the_table() -> None:
    assert markdown() in (ROOT / "docs" / "equal-work.md").read_text()


def test_a_contestant_must_follow_every_rule() -> None:
    assert all(check_for(rule, KNOWN["flask"].spec) is rule.check for rule in TABLE)


def test_an_exhibit_is_exempt_from_what_it_does_not_serve() -> None:
    spec = KNOWN["flask-as-published"].spec
    replaced = {rule.name for rule in TABLE if check_for(rule, spec) not in (None, rule.check)}
    exempt = {rule.name for rule in TABLE if check_for(rule, spec) is None}
    assert replaced == {"behaviour", "statements and rows"}
    assert exempt == {"data", "password hash", "tasks", "connections",
                      "logging, debug, keep-alive", "included"}  # fmt: skip


def test_the_ledger_is_in_the_order_of_the_rules_without_lines_of_an_exempt_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    table = (
        ParityRule("choices", "", writes("choices", "traits", "data"), last=writes("choices")),
        ParityRule("data", "", fails(ValueError()), needs=("login",)),
        ParityRule("traits", "", writes("choices")),
    )
    monkeypatch.setattr(parity, "TABLE", table)
    said: list[str] = []
    found = parity.audit(running("flask-as-published"), said.append)
    assert said == ["choices", "traits"]
    assert [entry.rule for entry in found.entries] == ["choices: x"] * 3 + ["traits: x"]


@pytest.mark.parametrize(
    "error",
    [
        MismatchError("a", "b"),
        LabError("c"),
        KeyError("d"),
        SyntaxError("e"),
        UnicodeDecodeError("utf-8", b"", 0, 1, "f"),
    ],
)
def test_a_check_that_cannot_be_completed_breaks_its_rule(
    monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    monkeypatch.setattr(parity, "TABLE", (ParityRule("data", "", fails(error)),))
    (line,) = parity.audit(running("flask"), lambda rule: None).entries
    assert (line.rule, line.holds) == ("data: check completed", False)


def test_of_a_value_of_a_sweep_the_rules_that_show_the_value_are_checked() -> None:
    spec = KNOWN["flask"].spec
    applied = {rule.name for rule in TABLE if check_for(rule, spec, swept=True)}
    assert applied == {"connections", "traits"}
