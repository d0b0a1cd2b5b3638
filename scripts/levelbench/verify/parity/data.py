"""Parity rule "data": the same dataset for all, and responses read from it at request time."""

import hashlib
from typing import Any

from levelbench.lab.database import COLUMNS
from levelbench.verify.contract.reply import Reply
from levelbench.verify.contract.subject import ORDERS, POOL_SIZE
from levelbench.verify.parity.ground import Ground

PAGES = (1, 2, 400)
NEW_ORDERS = 3
# Orders as JSON of the contract; {where} selects them.
_ORDERS_SQL = """
SELECT coalesce(json_agg(shown ORDER BY created_at DESC, id DESC), '[]') FROM (
  SELECT o.created_at, o.id, json_build_object(
    'id', o.id, 'status', o.status, 'total', o.total::text,
    'created_at', to_char(o.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
    'user', json_build_object('id', u.id, 'username', u.username),
    'items', (SELECT coalesce(json_agg(json_build_object('id', i.id, 'sku', i.sku,
      'quantity', i.quantity, 'unit_price', i.unit_price::text) ORDER BY i.id), '[]')
      FROM order_items AS i WHERE i.order_id = o.id)) AS shown
  FROM orders AS o JOIN users AS u ON u.id = o.user_id {where}) AS t
"""
_CHANGE_SQL = """
BEGIN;
CREATE TABLE lab_before AS
  SELECT o.id, o.status, o.total, u.id AS user_id, u.username
  FROM orders AS o JOIN users AS u ON u.id = o.user_id WHERE o.id = {order};
UPDATE orders SET status = 'changed', total = total + 1 WHERE id = {order};
UPDATE users SET username = 'changed' WHERE id = (SELECT user_id FROM lab_before);
UPDATE order_items SET quantity = quantity + 100 WHERE order_id = {order};
INSERT INTO orders (id, user_id, status, total, created_at)
  SELECT last + n, 1, 'new', n, newest
  FROM generate_series(1, {new}) AS n,
    (SELECT max(id) AS last, max(created_at) AS newest FROM orders) AS known;
COMMIT;
"""
_CHANGE_BACK_SQL = """
BEGIN;
DELETE FROM orders WHERE id > {last};
UPDATE order_items SET quantity = quantity - 100 WHERE order_id = {order};
UPDATE users SET username = b.username FROM lab_before AS b WHERE users.id = b.user_id;
UPDATE orders SET status = b.status, total = b.total FROM lab_before AS b WHERE orders.id = b.id;
DROP TABLE lab_before;
COMMIT;
"""


def audit(ground: Ground) -> None:
    """Compare responses with the database, before and after the lab changes rows."""
    order = _page(ground, 2)[0]["id"]
    _check_answers(ground, "answers equal the database", order)
    _check_changed(ground, order)
    _check_deleted_user(ground)


def check_rows(ground: Ground) -> None:
    """Compare the rows of the dataset byte for byte."""
    for table, columns in COLUMNS.items():
        wanted = getattr(ground.running.rows, table)
        last = wanted.rstrip("\n").rpartition("\n")[2].partition("\t")[0]
        seen = ground.sql(
            f"COPY (SELECT {columns} FROM {table} WHERE id <= {last} ORDER BY id) TO STDOUT"
        )
        ground.record("data", f"rows of {table}", _fingerprint(wanted), _fingerprint(seen))


def _fingerprint(rows: str) -> str:
    lines = rows.strip("\n")
    count = lines.count("\n") + 1 if lines else 0
    return f"{count} rows, SHA-256 {hashlib.sha256(lines.encode()).hexdigest()[:16]}"


def _check_answers(ground: Ground, what: str, order: int) -> None:
    """Compare pages and one order, several times each, so that each process answers."""
    total = int(ground.sql("SELECT count(*) FROM orders"))
    for page in PAGES:
        expected = {
            "results": _page(ground, page),
            "page": page,
            "page_size": 20,
            "total": total,
            "pages": -(-total // 20),
        }
        target = f"{ORDERS}?page={page}"
        replies = ground.each(lambda n, t=target: ground.subject.get(t), POOL_SIZE)  # type: ignore[misc]
        _check_equal(ground, f"{what}, list, page {page}", expected, replies)
    (detail,) = _orders(ground, f"WHERE o.id = {order}")
    replies = ground.each(lambda n: ground.subject.get(f"{ORDERS}/{order}"), POOL_SIZE)
    _check_equal(ground, f"{what}, detail", detail, replies)


def _page(ground: Ground, page: int) -> list[dict[str, Any]]:
    offset = 20 * (page - 1)
    where = (
        "WHERE o.id IN (SELECT id FROM orders ORDER BY created_at DESC, id DESC "
        f"LIMIT 20 OFFSET {offset})"
    )
    return _orders(ground, where)


def _orders(ground: Ground, where: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = ground.json(_ORDERS_SQL.format(where=where))
    return found


def _check_equal(ground: Ground, what: str, expected: Any, replies: list[Reply]) -> None:
    wrong = [r for r in replies if r.status != 200 or r.json() != expected]
    observed = f"{len(wrong)} of {len(replies)} answers differ: {wrong[0]}" if wrong else ""
    ground.record("data", what, f"{len(replies)} answers equal", observed
                or f"{len(replies)} answers equal")  # fmt: skip


def _check_changed(ground: Ground, order: int) -> None:
    """Change rows and the index directly in the database, then compare responses again.

    With the contract's index, PostgreSQL returns tied orders by id descending even without ORDER BY
    id. With an index in the reverse order, only a statement that asks for it gets this order.
    """
    last = int(ground.sql("SELECT max(id) FROM orders"))
    index, definition = ground.sql(
        "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'orders' "
        "AND indexdef LIKE '%(created_at DESC, id DESC)'"
    ).split("|") or ("", "")
    ground.sql(f'DROP INDEX "{index}"; CREATE INDEX lab_ties ON orders (created_at DESC, id ASC);')
    ground.sql(_CHANGE_SQL.format(order=order, new=NEW_ORDERS))
    try:
        _check_answers(ground, "a change in the database is seen", order)
        _check_ties(ground, last)
    finally:
        ground.sql(_CHANGE_BACK_SQL.format(order=order, last=last))
        ground.sql(f"DROP INDEX lab_ties; {definition};")


def _check_ties(ground: Ground, last: int) -> None:
    wanted = ", ".join(str(last + n) for n in range(NEW_ORDERS, 0, -1))
    reply = ground.subject.get(ORDERS)
    body = reply.json()
    seen = [str(order["id"]) for order in body.get("results", []) if order["id"] > last]
    ground.record(
        "data", "orders with the same time are sorted by id, newest first", wanted, ", ".join(seen)
    )


def _check_deleted_user(ground: Ground) -> None:
    """Every process refuses a deleted user with a valid token."""
    subject = ground.subject
    user = subject.register()
    token = subject.sign_in(user)

    def order(number: int) -> Reply:
        return subject.call("GET", f"{ORDERS}/{subject.order['id']}", token=token)

    before = {reply.status for reply in ground.each(order, POOL_SIZE)}
    ground.sql(f"DELETE FROM users WHERE id = {user.id}")
    after = {reply.status for reply in ground.each(order, POOL_SIZE)}
    ground.record("data", "a deleted user is refused", "200 before, 401 after",
                f"{_statuses(before)} before, {_statuses(after)} after")  # fmt: skip


def _statuses(found: set[int]) -> str:
    return " and ".join(map(str, sorted(found)))
