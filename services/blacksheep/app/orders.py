"""Orders and their invoices."""

from uuid import uuid4

from blacksheep import Response, json
from blacksheep.exceptions import HTTPException, NotFound
from blacksheep.server.authorization import auth
from blacksheep.server.routing import URLResolver

from app.binders import FromOrderId, FromPage, FromUserSession
from app.invoices import publish_invoice
from app.models import Order, Task, now
from app.queries import count_orders, order_by_id, orders_on_page
from app.routing import get, post
from app.schemas import LAST_PAGE
from app.serialization import order_json
from app.settings import PAGE_SIZE


@auth()
@get("/api/v1/orders")
async def list_orders(session: FromUserSession, page: FromPage) -> Response:
    total = await count_orders(session.value)
    orders = await orders_on_page(session.value, page.value) if page.value <= LAST_PAGE else []
    if not orders and page.value > 1:
        raise NotFound("The page is past the last.")
    return json(
        {
            "results": [order_json(order) for order in orders],
            "page": page.value,
            "page_size": PAGE_SIZE,
            "total": total,
            "pages": -(-total // PAGE_SIZE),
        }
    )


@auth()
@get("/api/v1/orders/{order_id}")
async def get_order(session: FromUserSession, order_id: FromOrderId) -> Response:
    order = await order_by_id(session.value, order_id.value)
    if order is None:
        raise NotFound("There is no such order.")
    return json(order_json(order))


@auth()
@post("/api/v1/orders/{order_id}/invoice")
async def create_invoice(
    session: FromUserSession, order_id: FromOrderId, urls: URLResolver
) -> Response:
    if await session.value.get(Order, order_id.value) is None:
        raise NotFound("There is no such order.")
    task = Task(id=uuid4(), order_id=order_id.value, status="pending")
    session.value.add(task)
    await session.value.commit()  # gives the connection back: none is held while publishing
    if not await publish_invoice(task.id):
        task.status, task.finished_at = "failed", now()
        await session.value.commit()
        raise HTTPException(503, "The broker is unavailable.")
    response = json({"task_id": str(task.id), "status": "pending"}, 202)
    response.add_header(b"Location", urls.url_for("get_task", task_id=str(task.id)).encode())
    return response
