"""Parity rule "statements and rows": equal SQL per request in all contestants."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from levelbench.lab import statements
from levelbench.lab.database import OWNER
from levelbench.lab.statements import COUNT_ORDERS, USER_LOOKUP, Tally
from levelbench.model.vocabulary import ENDPOINTS, Endpoint
from levelbench.verify.contract.cases.tasks import accepted
from levelbench.verify.contract.reply import Reply
from levelbench.verify.contract.subject import LOGIN, ORDERS, POOL_SIZE, REGISTER
from levelbench.verify.parity import statement_log
from levelbench.verify.parity.ground import AT_ONCE, Ground

PAGES = (1, 400)
ITEMS = (1, 5)
WARM_LIMIT_S = 15.0
"""How long a pool may take to open. Reasoned: beyond it the rule `connections` reports the pool."""
PREPARED_TOLERANCE = 0.05
"""Share of reads that may be prepared or not against the declaration: a read after a COMMIT may
still use a prepared statement that a ROLLBACK discards. Reasoned: a driver prepares all or none."""
PASSWORD = "correct horse 1"
LIST_LABELS = (USER_LOOKUP, COUNT_ORDERS, "SELECT orders", "SELECT order_items")
DETAIL_LABELS = (USER_LOOKUP, "SELECT orders", "SELECT order_items")
TASK_LABELS = (USER_LOOKUP, "SELECT orders", "INSERT tasks")


@dataclass(frozen=True)
class Kind:
    """A kind of request and its expected statements."""

    what: str
    endpoint: Endpoint
    labels: tuple[str, ...]
    """Data statements per request."""
    rows: int
    """Rows that these statements return or write."""
    status: int
    call: Callable[[int], Reply]


@dataclass(frozen=True)
class Count:
    """Counts for one kind of request, from PostgreSQL's statistics and from its log."""

    kind: Kind
    tally: Tally
    logged_data: int
    logged_transaction: int
    logged_prepared: int
    """Executions of a prepared statement."""
    logged_simple: int
    """Executions by the simple protocol."""
    wrong: Reply | None
    """A response with another status, if there was one."""


def audit(ground: Ground) -> None:
    """Count the statements of each kind of request."""
    warm(ground)
    with statement_log.logging(ground):
        counts = [count(ground, kind) for kind in kinds(ground)]
    for counted in counts:
        _check_kind(ground, counted)
    _check_transactions(ground, counts)
    _check_log(ground, counts)
    ground.protocol = protocol(counts)
    ground.statements_per_request = {
        counted.kind.endpoint: counted.tally.per_request(counted.tally.data_calls)
        for counted in reversed(counts)  # of two kinds of an endpoint, the first
    }


def warm(ground: Ground) -> None:
    """Open all connections to database and broker, so that their setup is not counted."""
    order = ground.subject.order["id"]
    targets = [ORDERS, f"{ORDERS}/{order}"]
    open_pool(ground, lambda n: ground.subject.get(targets[n % 2]))
    ground.each(lambda n: _invoice(ground, order), AT_ONCE)


def open_pool(ground: Ground, call: Callable[[int], Reply]) -> None:
    """Open the whole pool in every process by calls that need the database."""
    deadline = time.monotonic() + WARM_LIMIT_S
    while True:
        ground.subject.reconnect()  # gives each process other client connections
        ground.each(call, 4 * AT_ONCE, AT_ONCE)
        if ground.connections() >= POOL_SIZE or time.monotonic() > deadline:
            break


def kinds(ground: Ground) -> Iterator[Kind]:
    """Kinds of requests in the load, with the pages and orders that differ most."""
    subject = ground.subject

    def get(targets: Sequence[str]) -> Callable[[int], Reply]:
        return lambda n: subject.get(targets[n % len(targets)])

    for page in PAGES:
        rows = 1 + 1 + 20 + _items_on_page(ground, page)
        call = get([f"{ORDERS}?page={page}"])
        yield Kind(f"list, page {page}", "list", LIST_LABELS, rows, 200, call)
    ids: list[int] = []
    for items in ITEMS:
        ids = _orders_with_items(ground, items)
        what = f"detail, {items} item{'s' if items > 1 else ''}"
        call = get([f"{ORDERS}/{id}" for id in ids])
        yield Kind(what, "detail", DETAIL_LABELS, 1 + 1 + items, 200, call)
    yield Kind("task", "task", TASK_LABELS, 3, 202, lambda n: _invoice(ground, ids[n % len(ids)]))
    credentials = [
        {"username": subject.new_username(), "password": PASSWORD} for _ in range(ground.requests)
    ]
    call = _post(ground, REGISTER, credentials)
    yield Kind("register", "register", ("INSERT users",), 1, 201, call)
    call = _post(ground, LOGIN, credentials)
    yield Kind("login", "login", (USER_LOOKUP,), 1, 200, call)


def _post(ground: Ground, target: str, bodies: Sequence[dict[str, str]]) -> Callable[[int], Reply]:
    return lambda n: ground.subject.post(target, bodies[n])


def count(ground: Ground, kind: Kind) -> Count:
    """Send requests of a kind while PostgreSQL logs, and count the statements."""
    lab, name, requests = ground.running.lab, ground.running.database, ground.requests
    statements.reset(lab.database, name)
    since_s = statement_log.now_s()
    replies = ground.each(kind.call, requests)
    tally = Tally.of(statements.read(lab.database, name, OWNER), requests)
    logged = [
        (statements.Statement(execution.query, 1, 0), execution)
        for execution in statement_log.read(ground, since_s)
    ]
    logged_tally = Tally.of([statement for statement, _ in logged], requests)
    data = [execution for statement, execution in logged if not statement.is_transaction]
    return Count(
        kind,
        tally,
        logged_data=logged_tally.data_calls,
        logged_transaction=logged_tally.transaction,
        logged_prepared=sum(execution.name is not None for execution in data),
        logged_simple=sum(execution.simple for execution in data),
        wrong=next((reply for reply in replies if reply.status != kind.status), None),
    )


def _check_kind(ground: Ground, counted: Count) -> None:
    kind, tally = counted.kind, counted.tally
    expected = {label: kind.labels.count(label) for label in sorted(kind.labels)}
    ground.record(
        "statements and rows",
        kind.what,
        _shown(expected, len(kind.labels), kind.rows),
        _shown(
            {label: tally.per_request(calls) for label, calls in tally.data.items()},
            tally.per_request(tally.data_calls),
            tally.per_request(tally.rows),
        )
        + (f"; one response was {counted.wrong}" if counted.wrong else ""),
    )
    for label, what in ((USER_LOOKUP, "one user look-up"), (COUNT_ORDERS, "one COUNT")):
        if label in kind.labels and len(kind.labels) > 1:
            ground.record("statements and rows", f"{what}, {kind.what}", "1",
                        f"{tally.per_request(tally.data.get(label, 0)):g}")  # fmt: skip


def _shown(labels: dict[str, int] | dict[str, float], total: float, rows: float) -> str:
    parts = ", ".join(f"{calls:g} {label}" for label, calls in labels.items())
    return f"{total:g} data statements per request ({parts or 'none'}), {rows:g} rows"


def _check_transactions(ground: Ground, counts: list[Count]) -> None:
    declared = ground.spec.transaction_statements
    seen = {
        counted.kind.endpoint: counted.tally.per_request(counted.tally.transaction)
        for counted in reversed(counts)
    }
    ground.record(
        "statements and rows",
        "transaction statements, as declared",
        ", ".join(f"{endpoint} {declared[endpoint]:g}" for endpoint in ENDPOINTS),
        ", ".join(f"{endpoint} {seen[endpoint]:g}" for endpoint in ENDPOINTS),
    )


def _check_log(ground: Ground, counts: list[Count]) -> None:
    """Compare two independent counts by PostgreSQL."""
    ground.record(
        "statements and rows",
        "same counts in PostgreSQL's log",
        ", ".join(f"{c.kind.what}: {c.tally.data_calls} + {c.tally.transaction}" for c in counts),
        ", ".join(f"{c.kind.what}: {c.logged_data} + {c.logged_transaction}" for c in counts),
    )


def protocol(counts: Sequence[Count]) -> tuple[str, ...]:
    """How reads may have run: by the trait `protocol`, as far as the log shows it.

    Only reads count: psycopg discards prepared statements at a ROLLBACK, which ends transactions
    that only read. A read after a COMMIT may still use one: hence the tolerance.
    """
    reads = [counted for counted in counts if counted.kind.endpoint in ("list", "detail")]
    data = sum(counted.logged_data for counted in reads)
    prepared = sum(counted.logged_prepared for counted in reads)
    simple = sum(counted.logged_simple for counted in reads)
    if prepared >= (1 - PREPARED_TOLERANCE) * data:
        return ("prepared",)
    if prepared > PREPARED_TOLERANCE * data:
        return (f"{prepared} of {data} prepared",)
    return ("text",) if simple >= (1 - PREPARED_TOLERANCE) * data else ("text", "binary")


def _invoice(ground: Ground, order: int) -> Reply:
    subject = ground.subject
    reply = subject.call("POST", f"{ORDERS}/{order}/invoice", token=subject.token)
    accepted(reply)
    return reply


def _items_on_page(ground: Ground, page: int) -> int:
    return int(
        ground.sql(
            "SELECT count(*) FROM order_items WHERE order_id IN (SELECT id FROM orders "
            f"ORDER BY created_at DESC, id DESC LIMIT 20 OFFSET {20 * (page - 1)})"
        )
    )


def _orders_with_items(ground: Ground, items: int) -> list[int]:
    found: list[int] = ground.json(
        "SELECT json_agg(order_id) FROM (SELECT order_id FROM order_items GROUP BY order_id "
        f"HAVING count(*) = {items} ORDER BY order_id LIMIT 50) AS found"
    )
    return found
