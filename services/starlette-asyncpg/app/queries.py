"""The statements."""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any
from uuid import UUID

from asyncpg import Pool, Record

from app.settings import PAGE_SIZE

SELECT_USER = "SELECT id FROM users WHERE id = $1"
SELECT_PASSWORD = "SELECT id, password FROM users WHERE username = $1"
INSERT_USER = """
    INSERT INTO users (username, password, created_at) VALUES ($1, $2, $3) RETURNING id, username
"""
COUNT_ORDERS = "SELECT count(*) FROM orders"
SELECT_ORDERS = """
    SELECT orders.id, status, total, orders.created_at, user_id, username
    FROM orders JOIN users ON users.id = user_id
"""
SELECT_PAGE = f"""{SELECT_ORDERS}
    ORDER BY orders.created_at DESC, orders.id DESC LIMIT {PAGE_SIZE} OFFSET $1
"""
SELECT_ORDER = f"{SELECT_ORDERS} WHERE orders.id = $1"
SELECT_ORDER_ID = "SELECT id FROM orders WHERE id = $1"
INSERT_TASK = "INSERT INTO tasks (id, order_id, status, created_at) VALUES ($1, $2, 'pending', $3)"
FAIL_TASK = "UPDATE tasks SET status = 'failed', finished_at = $2 WHERE id = $1"
SELECT_TASK = "SELECT id, status, result FROM tasks WHERE id = $1"


@cache
def select_items(orders: int) -> str:
    """The statement for the items of so many orders.

    Not `= ANY($1)`: asyncpg would ask each connection's catalogue for the type of the array.
    """
    ids = ", ".join(f"${n}" for n in range(1, orders + 1))
    return f"""
        SELECT order_id, id, sku, quantity, unit_price
        FROM order_items WHERE order_id IN ({ids}) ORDER BY id
    """


async def find_user(pool: Pool, user_id: int) -> Record | None:
    return await pool.fetchrow(SELECT_USER, user_id)


async def find_password(pool: Pool, username: str) -> Record | None:
    return await pool.fetchrow(SELECT_PASSWORD, username)


async def insert_user(pool: Pool, username: str, password_hash: str) -> dict[str, Any]:
    """Raises asyncpg.UniqueViolationError if the name is taken."""
    return dict(await pool.fetchrow(INSERT_USER, username, password_hash, datetime.now(UTC)))


async def count_orders(pool: Pool) -> int:
    return await pool.fetchval(COUNT_ORDERS)


async def orders_on_page(pool: Pool, page: int) -> list[dict[str, Any]]:
    """The orders of a page, newest first."""
    orders = await pool.fetch(SELECT_PAGE, (page - 1) * PAGE_SIZE)
    return await with_items(pool, orders) if orders else []


async def order_by_id(pool: Pool, order_id: int) -> dict[str, Any] | None:
    order = await pool.fetchrow(SELECT_ORDER, order_id)
    return (await with_items(pool, [order]))[0] if order else None


async def with_items(pool: Pool, orders: Sequence[Record]) -> list[dict[str, Any]]:
    """Orders with their users and items, the items of all of them in one statement."""
    ids = [order["id"] for order in orders]
    items: dict[int, list[dict[str, Any]]] = {order_id: [] for order_id in ids}
    for item in await pool.fetch(select_items(len(ids)), *ids):
        items[item["order_id"]].append(dict(item))
    return [
        {
            **order,
            "user": {"id": order["user_id"], "username": order["username"]},
            "items": items[order["id"]],
        }
        for order in orders
    ]


async def order_exists(pool: Pool, order_id: int) -> bool:
    return await pool.fetchval(SELECT_ORDER_ID, order_id) is not None


async def insert_task(pool: Pool, task_id: UUID, order_id: int) -> None:
    await pool.execute(INSERT_TASK, task_id, order_id, datetime.now(UTC))


async def fail_task(pool: Pool, task_id: UUID) -> None:
    await pool.execute(FAIL_TASK, task_id, datetime.now(UTC))


async def find_task(pool: Pool, task_id: UUID) -> Record | None:
    return await pool.fetchrow(SELECT_TASK, task_id)
