"""Orders and their invoices.

JSON is written as text. Names and the like go through `quote`; numbers, times and money, which
PostgreSQL gives as text in the contract's own form, hold nothing to escape.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from kombu.exceptions import OperationalError as BrokerError

from app.authentication import check_user, read_user_id
from app.broker import COMPUTE_INVOICE, celery
from app.database import connection
from app.errors import not_found, unavailable
from app.http import Request, Response, quote
from app.settings import PAGE_SIZE
from app.validation import LAST_PAGE, limit_body, read_order_id, read_page

type Row = tuple[Any, ...]

COUNT_ORDERS = "SELECT count(*) FROM orders"
SELECT_ORDERS = """
    SELECT orders.id, status, total::text, orders.created_at, user_id, username
    FROM orders JOIN users ON users.id = user_id
"""
SELECT_PAGE = f"""{SELECT_ORDERS}
    ORDER BY orders.created_at DESC, orders.id DESC LIMIT {PAGE_SIZE} OFFSET %s
"""
SELECT_ORDER = f"{SELECT_ORDERS} WHERE orders.id = %s"
SELECT_ORDER_ID = "SELECT id FROM orders WHERE id = %s"
SELECT_ITEMS = """
    SELECT order_id, id, sku, quantity, unit_price::text
    FROM order_items WHERE order_id = ANY(%s) ORDER BY id
"""
INSERT_TASK = "INSERT INTO tasks (id, order_id, status, created_at) VALUES (%s, %s, 'pending', %s)"
FAIL_TASK = "UPDATE tasks SET status = 'failed', finished_at = %s WHERE id = %s"


def item_json(item: Row) -> str:
    _, id, sku, quantity, price = item
    return f'{{"id":{id},"sku":{quote(sku)},"quantity":{quantity},"unit_price":"{price}"}}'


def order_json(order: Row, items: Iterable[str]) -> str:
    id, status, total, created_at, user_id, username = order
    return (
        f'{{"id":{id},"status":{quote(status)},"total":"{total}",'
        f'"created_at":"{created_at.isoformat()[:19]}Z",'
        f'"user":{{"id":{user_id},"username":{quote(username)}}},"items":[{",".join(items)}]}}'
    )


def list_orders(request: Request) -> Response:
    user_id = read_user_id(request)
    database = connection()
    check_user(database, user_id)
    limit_body(request)
    page = read_page(request)
    (total,) = database.execute(COUNT_ORDERS).fetchone()
    orders = items = []
    if page <= LAST_PAGE:
        orders = database.execute(SELECT_PAGE, ((page - 1) * PAGE_SIZE,)).fetchall()
    if orders:
        items = database.execute(SELECT_ITEMS, ([order[0] for order in orders],)).fetchall()
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


def get_order(request: Request) -> Response:
    user_id = read_user_id(request)
    database = connection()
    check_user(database, user_id)
    limit_body(request)
    order_id = read_order_id(request)
    order = database.execute(SELECT_ORDER, (order_id,)).fetchone()
    if order is None:
        raise not_found("There is no such order.")
    items = database.execute(SELECT_ITEMS, ([order_id],)).fetchall()
    return Response(200, order_json(order, map(item_json, items)))


def create_invoice(request: Request) -> Response:
    user_id = read_user_id(request)
    database = connection()
    check_user(database, user_id)
    limit_body(request)
    order_id = read_order_id(request)
    if database.execute(SELECT_ORDER_ID, (order_id,)).fetchone() is None:
        raise not_found("There is no such order.")
    task_id = str(uuid4())
    database.execute(INSERT_TASK, (task_id, order_id, datetime.now(UTC)))
    try:
        celery.send_task(COMPUTE_INVOICE, (task_id,), ignore_result=True)
    except BrokerError:
        database.execute(FAIL_TASK, (datetime.now(UTC), task_id))
        raise unavailable() from None
    location = f"/api/v1/tasks/{task_id}"
    return Response(202, f'{{"task_id":"{task_id}","status":"pending"}}', (("Location", location),))
