"""Orders and their invoices.

JSON is written as text. Names and the like go through `quote`; numbers, times and money, which
PostgreSQL gives as text in the contract's own form, hold nothing to escape.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cache
from uuid import uuid4

from asyncpg import Record

from app.authentication import check_user, read_user_id
from app.database import pool
from app.errors import not_found, unavailable
from app.http import Request, Response, quote
from app.invoices import publish_invoice
from app.settings import PAGE_SIZE
from app.validation import LAST_PAGE, limit_body, read_order_id, read_page

COUNT_ORDERS = "SELECT count(*) FROM orders"
SELECT_ORDERS = """
    SELECT orders.id, status, total::text, orders.created_at, user_id, username
    FROM orders JOIN users ON users.id = user_id
"""
SELECT_PAGE = f"""{SELECT_ORDERS}
    ORDER BY orders.created_at DESC, orders.id DESC LIMIT {PAGE_SIZE} OFFSET $1
"""
SELECT_ORDER = f"{SELECT_ORDERS} WHERE orders.id = $1"
SELECT_ORDER_ID = "SELECT id FROM orders WHERE id = $1"
INSERT_TASK = "INSERT INTO tasks (id, order_id, status, created_at) VALUES ($1, $2, 'pending', $3)"
FAIL_TASK = "UPDATE tasks SET status = 'failed', finished_at = $2 WHERE id = $1"


@cache
def select_items(orders: int) -> str:
    """The statement for the items of so many orders.

    Not `= ANY($1)`: asyncpg knows no array of bigint, and would ask each connection's catalogue.
    """
    ids = ", ".join(f"${n}" for n in range(1, orders + 1))
    return f"""
        SELECT order_id, id, sku, quantity, unit_price::text
        FROM order_items WHERE order_id IN ({ids}) ORDER BY id
    """


def item_json(item: Record) -> str:
    _, id, sku, quantity, price = item
    return f'{{"id":{id},"sku":{quote(sku)},"quantity":{quantity},"unit_price":"{price}"}}'


def order_json(order: Record, items: Iterable[str]) -> str:
    id, status, total, created_at, user_id, username = order
    return (
        f'{{"id":{id},"status":{quote(status)},"total":"{total}",'
        f'"created_at":"{created_at.isoformat()[:19]}Z",'
        f'"user":{{"id":{user_id},"username":{quote(username)}}},"items":[{",".join(items)}]}}'
    )


async def list_orders(request: Request) -> Response:
    user_id = read_user_id(request)
    async with pool.connection() as connection:
        await check_user(connection, user_id)
        limit_body(request)
        page = read_page(request)
        total = await connection.fetchval(COUNT_ORDERS)
        orders = items = []
        if page <= LAST_PAGE:
            orders = await connection.fetch(SELECT_PAGE, (page - 1) * PAGE_SIZE)
        if orders:
            ids = [order[0] for order in orders]
            items = await connection.fetch(select_items(len(ids)), *ids)
        elif page > 1:
            raise not_found("The page is past the last.")
    texts: dict[int, list[str]] = {order[0]: [] for order in orders}
    for item in items:
        texts[item[0]].append(item_json(item))
    results = ",".join([order_json(order, texts[order[0]]) for order in orders])
    return Response(
        200,
        f'{{"results":[{results}],"page":{page},"page_size":{PAGE_SIZE},"total":{total},'
        f'"pages":{-(-total // PAGE_SIZE)}}}',
    )


async def get_order(request: Request) -> Response:
    user_id = read_user_id(request)
    async with pool.connection() as connection:
        await check_user(connection, user_id)
        limit_body(request)
        order_id = read_order_id(request)
        order = await connection.fetchrow(SELECT_ORDER, order_id)
        if order is None:
            raise not_found("There is no such order.")
        items = await connection.fetch(select_items(1), order_id)
    return Response(200, order_json(order, map(item_json, items)))


async def create_invoice(request: Request) -> Response:
    user_id = read_user_id(request)
    async with pool.connection() as connection:
        await check_user(connection, user_id)
        limit_body(request)
        order_id = read_order_id(request)
        if await connection.fetchval(SELECT_ORDER_ID, order_id) is None:
            raise not_found("There is no such order.")
        task_id = str(uuid4())
        await connection.execute(INSERT_TASK, task_id, order_id, datetime.now(UTC))
    # Only now, so that no connection is held while publishing.
    if not await publish_invoice(task_id):
        async with pool.connection() as connection:
            await connection.execute(FAIL_TASK, task_id, datetime.now(UTC))
        raise unavailable()
    location = f"/api/v1/tasks/{task_id}".encode()
    return Response(
        202, f'{{"task_id":"{task_id}","status":"pending"}}', ((b"location", location),)
    )
