"""Equal work, audited from outside: every rule of fairness, held against a running contestant.

    audit(running) -> Audit: the ledger's lines, and the statements of each endpoint

What only the inside knows (native modules, processes, caps) is read from the running container.
"""

from collections.abc import Callable
from dataclasses import dataclass

import httpx

from levelbench.contract import MismatchError, Subject
from levelbench.errors import LabError
from levelbench.ledger import ParityEntry
from levelbench.parity import (
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
from levelbench.parity.ground import Ground
from levelbench.rules import RULES, Rule
from levelbench.stack import Running
from levelbench.words import Endpoint

REQUESTS = 24
"""Requests of each kind whose statements are counted."""

Say = Callable[[str], None]


@dataclass(frozen=True)
class Audit:
    """What was found out about one contestant."""

    entries: tuple[ParityEntry, ...]
    statements_per_request: dict[Endpoint, float]


def audit(running: Running, say: Say, requests: int = REQUESTS) -> Audit:
    """Hold every rule. The contestant stays up; its seeded rows are as they were."""
    per_request: dict[Endpoint, float] = {}
    with Subject(running.endpoint) as subject:
        ground = Ground(running, subject)

        def hold(rule: Rule, step: Callable[[Ground], None]) -> None:
            say(rule)
            _hold(ground, rule, step)

        idle = conduct.IdleConnection(ground)
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
        hold("logging, debug, keep-alive", lambda g: idle.hold())
        hold("behaviour", behaviour.audit)
        hold("included", included.audit)
        hold("data", data.hold_checksum)  # last: nothing of the above has changed a row
    names: list[str] = list(RULES)
    entries = sorted(ground.entries, key=lambda entry: names.index(entry.rule.partition(":")[0]))
    return Audit(tuple(entries), per_request)


def _hold(ground: Ground, rule: Rule, step: Callable[[Ground], None]) -> None:
    """Hold one rule; an answer that makes it impossible breaks it."""
    try:
        step(ground)
    except MismatchError as mismatch:
        ground.hold(rule, "could be audited", mismatch.expected, mismatch.seen, holds=False)
    except (LabError, httpx.HTTPError, KeyError, TypeError, ValueError) as error:
        ground.hold(rule, "could be audited", "yes", f"no: {error!r}", holds=False)
