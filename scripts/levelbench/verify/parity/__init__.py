"""Equal work, audited from outside: every rule of fairness, held against a running contestant.

    audit(running) -> Audit: the ledger's lines, and the statements of each endpoint
    audit_exhibit(running) -> Audit: the same of what an exhibit declares instead

What only the inside knows (native modules, processes, caps) is read from the running container.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import httpx

from levelbench.errors import LabError
from levelbench.lab.up import Running
from levelbench.model.ledger import ParityEntry
from levelbench.model.rules import RULES, Rule
from levelbench.model.vocabulary import Endpoint
from levelbench.verify.contract import MismatchError, Subject
from levelbench.verify.parity import (
    as_published,
    behaviour,
    caps,
    conduct,
    connections,
    data,
    included,
    passwords,
    processes,
    schema,
    settings,
    statements,
    work,
)
from levelbench.verify.parity.ground import Ground

REQUESTS = 24
"""Requests of each kind whose statements are counted."""

Say = Callable[[str], None]


@dataclass(frozen=True)
class Audit:
    """What was found out about one contestant."""

    entries: tuple[ParityEntry, ...]
    statements_per_request: dict[Endpoint, float]


Hold = Callable[[Rule, Callable[[Ground], None]], None]
Auditor = Callable[[Running, Say], Audit]


def audit(running: Running, say: Say, requests: int = REQUESTS) -> Audit:
    """Hold every rule. The contestant stays up; its seeded rows are as they were."""
    per_request: dict[Endpoint, float] = {}
    with _auditing(running, say) as (ground, hold):
        idle: list[conduct.IdleConnection] = []
        hold("logging, debug, keep-alive", lambda g: idle.append(conduct.IdleConnection(g)))
        hold("schema and indexes", schema.audit)
        hold("CPU and memory", caps.audit)
        hold("server settings", settings.audit)
        hold("statements and rows", lambda g: per_request.update(statements.audit(g, requests)))
        hold("data", data.audit)
        hold("password hash", passwords.audit)
        hold("tasks", work.audit)
        hold("connections", connections.audit)
        hold("processes", processes.audit)
        hold("logging, debug, keep-alive", conduct.audit)
        hold("logging, debug, keep-alive", lambda _: conduct.hold_all(idle))
        hold("behaviour", behaviour.audit)
        hold("included", included.audit)
        hold("data", data.hold_checksum)  # last: nothing of the above has changed a row
    return Audit(_in_order(ground), per_request)


def audit_exhibit(running: Running, say: Say, requests: int = REQUESTS) -> Audit:
    """Hold an exhibit to what it declares instead of equal work, and to what it runs on as
    everybody does. It stays up."""
    per_request: dict[Endpoint, float] = {}
    with _auditing(running, say) as (ground, hold):
        hold("schema and indexes", schema.audit)
        hold("CPU and memory", caps.audit)
        hold("server settings", settings.audit)
        hold("behaviour", as_published.answers)
        hold("statements and rows",
             lambda g: per_request.update(as_published.statements_run(g, requests)))  # fmt: skip
        hold("processes", processes.audit)
    return Audit(_in_order(ground), per_request)


@contextmanager
def _auditing(running: Running, say: Say) -> Iterator[tuple[Ground, Hold]]:
    with Subject(running.endpoint) as subject:
        ground = Ground(running, subject)

        def hold(rule: Rule, step: Callable[[Ground], None]) -> None:
            say(rule)
            _hold(ground, rule, step)

        yield ground, hold


def _in_order(ground: Ground) -> tuple[ParityEntry, ...]:
    """The ledger's lines, rule by rule."""
    names: list[str] = list(RULES)
    return tuple(
        sorted(ground.entries, key=lambda entry: names.index(entry.rule.partition(":")[0]))
    )


def _hold(ground: Ground, rule: Rule, step: Callable[[Ground], None]) -> None:
    """Hold one rule; an answer that makes it impossible breaks it."""
    try:
        step(ground)
    except MismatchError as mismatch:
        ground.hold(rule, "could be audited", mismatch.expected, mismatch.seen, holds=False)
    except (LabError, httpx.HTTPError, KeyError, TypeError, ValueError) as error:
        ground.hold(rule, "could be audited", "yes", f"no: {error!r}", holds=False)
