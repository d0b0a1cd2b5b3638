"""Audit of equal work: check every parity rule on a running contestant.

    audit(running, say) -> Audit: the ledger's lines, and the statements per request by endpoint

The rules are the rows of `rules.TABLE`.
"""

from collections.abc import Callable
from dataclasses import dataclass

import httpx

from levelbench.errors import LabError
from levelbench.lab.up import Running
from levelbench.model.ledger import ParityEntry
from levelbench.model.rules import RULES, Rule
from levelbench.model.vocabulary import Endpoint
from levelbench.verify.contract import MismatchError, Subject
from levelbench.verify.parity.ground import Ground
from levelbench.verify.parity.rules import TABLE, Check, check_for

Say = Callable[[Rule], None]


@dataclass(frozen=True)
class Audit:
    """Result of the audit of one contestant."""

    entries: tuple[ParityEntry, ...]
    statements_per_request: dict[Endpoint, float]


def audit(running: Running, say: Say) -> Audit:
    """Check every rule that applies. The contestant stays up; its seeded rows do not change."""
    service = running.contestant.service
    swept = bool(service.environment)
    found = ((rule, check_for(rule, service.spec, swept=swept)) for rule in TABLE)
    checks = {rule: check for rule, check in found if check is not None}
    with Subject(running.endpoint) as subject:
        ground = Ground(running, subject)
        for rule, check in checks.items():
            say(rule.name)
            _run(ground, rule.name, check)
        for rule in checks:
            if rule.last is not None:
                _run(ground, rule.name, rule.last)
    return Audit(_ledger(ground, {rule.name for rule in checks}), ground.statements_per_request)


def _run(ground: Ground, rule: Rule, check: Check) -> None:
    """Run a check; an error that stops it breaks the rule."""
    try:
        check(ground)
    except MismatchError as mismatch:
        ground.record(rule, "check completed", mismatch.expected, mismatch.seen, holds=False)
    except (LabError, httpx.HTTPError, KeyError, SyntaxError, TypeError, ValueError) as error:
        ground.record(rule, "check completed", "yes", f"no: {error!r}", holds=False)


def _ledger(ground: Ground, applied: set[Rule]) -> tuple[ParityEntry, ...]:
    """Lines of the rules that apply, in the rules' order. A check may write lines of several."""
    by_rule: dict[str, list[ParityEntry]] = {rule: [] for rule in RULES if rule in applied}
    for entry in ground.entries:
        by_rule.get(entry.rule.partition(":")[0], []).append(entry)
    return tuple(entry for entries in by_rule.values() for entry in entries)
