"""Parity rules: one row per rule, with what it proves, the function that checks it and its needs.

`check_for` decides which rules a service must follow: exempt a service from a rule there.
docs/equal-work.md shows `TABLE`.
"""

from collections.abc import Callable
from dataclasses import dataclass

from levelbench.contestants.specification import Spec
from levelbench.model.rules import Rule
from levelbench.model.vocabulary import ENDPOINTS, Endpoint
from levelbench.verify.parity import (
    as_published,
    behaviour,
    caps,
    choices,
    conduct,
    connections,
    data,
    included,
    passwords,
    schema,
    settings,
    statements,
    traits,
    work,
)
from levelbench.verify.parity.ground import Ground

Check = Callable[[Ground], None]
"""Writes ledger lines. Raises MismatchError, LabError and others if it cannot be completed."""

SIGN_IN: tuple[Endpoint, ...] = ("register", "login")


@dataclass(frozen=True)
class ParityRule:
    """A row: what is equal in every contestant."""

    name: Rule
    proves: str
    check: Check
    needs: tuple[Endpoint, ...] = ()
    """Endpoints that the check calls."""
    instead: Check | None = None
    """For a service without these endpoints; None: the rule does not apply to it."""
    last: Check | None = None
    """Runs after the checks of all other rules."""
    of_settings: bool = False
    """Whether it depends on a setting that a sweep varies."""


def check_for(rule: ParityRule, spec: Spec, *, swept: bool = False) -> Check | None:
    """The check of a rule for a service; None: the service is exempt from the rule.

    An exhibit serves only the list, so it is exempt from the rules that need other endpoints. Of a
    value of a sweep (`swept`), the rules are checked that show the value: all others are checked of
    its contestant.
    """
    if swept and not rule.of_settings:
        return None
    return rule.check if set(rule.needs) <= set(spec.serves) else rule.instead


TABLE: tuple[ParityRule, ...] = (
    ParityRule(
        "finished",
        "nothing is left to do in TODO.md, which `make new` writes",
        choices.audit_finished,
    ),
    ParityRule(
        "choices",
        "every option, setting and argument that the sources set is named in a `[[choices]]` entry "
        "of service.toml with its value",
        choices.audit,
    ),
    ParityRule(
        "schema and indexes",
        "columns, types, keys, indexes and triggers in PostgreSQL's catalogue; additional tables "
        "and indexes only if service.toml declares them",
        schema.audit,
    ),
    ParityRule(
        "CPU and memory",
        "the kernel's cgroup files, read in each container",
        caps.audit,
    ),
    ParityRule(
        "server settings",
        "PostgreSQL's settings; no session, role or database changes one that matters",
        settings.audit,
    ),
    ParityRule(
        "statements and rows",
        "each kind of request is sent 24 times. `pg_stat_statements` must show exactly the "
        "statements of the table below, with exactly the rows that the data requires, on page 1 "
        "and page 400, for orders with 1 and with 5 items. PostgreSQL's log must show the same "
        "counts",
        statements.audit,
        needs=ENDPOINTS,
        instead=as_published.statements_run,
    ),
    ParityRule(
        "data",
        "responses equal the result of SQL for the same page. Then the lab changes rows directly "
        "in the database: the next response of every process must show the change. A deleted user "
        "must be refused. Orders with the same time must be sorted by id while an index exists "
        "that returns them in the reverse order. After all other checks, the rows of the dataset "
        "must be the same byte for byte",
        data.audit,
        needs=(*SIGN_IN, "list", "detail"),
        last=data.check_rows,
    ),
    ParityRule(
        "password hash",
        "argon2id and its parameters, read from stored hashes. The lab writes another user's hash "
        "into a row: from then on that user's password must be accepted",
        passwords.audit,
        needs=SIGN_IN,
    ),
    ParityRule(
        "tasks",
        "a trigger records each state of a task and the role that wrote it: pending by the "
        "contestant, then running and succeeded, with the result, by the worker. The times in the "
        "task's row, from which its lag is computed, must agree with PostgreSQL's clock at each "
        "state. While the order's items are locked, no task may succeed",
        work.audit,
        needs=(*SIGN_IN, "list", "task"),
    ),
    ParityRule(
        "connections",
        "sessions in `pg_stat_activity` while 100 clients send requests: exactly 12, and every "
        "answer is 200. The worker has its own database role and is counted separately",
        connections.audit,
        needs=(*SIGN_IN, "list"),
        of_settings=True,
    ),
    ParityRule(
        "traits",
        "each declared trait is read from the running container as the table below says; another "
        "value than the declared one is refused, and what cannot be read is marked as declared",
        traits.audit,
        of_settings=True,
    ),
    ParityRule(
        "logging, debug, keep-alive",
        "requests write no log line. While a table is renamed, the response is the contract's "
        "error and contains no traceback. An idle connection still answers after ten seconds (the "
        "defaults of the servers are 2 and 5)",
        conduct.audit,
        needs=(*SIGN_IN, "list", "detail"),
    ),
    ParityRule(
        "behaviour",
        "the contract suite (`services/CONTRACT.md`): about 675 cases per contestant, with valid "
        "and invalid input, races, tokens, and a stopped database or broker",
        behaviour.audit,
        needs=ENDPOINTS,
        instead=as_published.answers,
    ),
    ParityRule(
        "included",
        "features that service.toml declares as included (docs/code-costs.md): the proof of each "
        "entry runs in the running container",
        included.audit,
        needs=ENDPOINTS,
    ),
)


def markdown() -> str:
    """The table of docs/equal-work.md."""
    rows = (f"| {rule.name} | {rule.proves} |" for rule in TABLE)
    return "\n".join(("| rule | how it is checked |", "|---|---|", *rows))
