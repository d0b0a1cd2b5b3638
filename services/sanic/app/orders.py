"""Orders and their invoices."""

from uuid import uuid4

from sanic import Blueprint, HTTPResponse, Request
from sanic.exceptions import NotFound, ServiceUnavailable
from sanic.response import json
from sqlalchemy.ext.asyncio import AsyncSession

from app.authentication import protected
from app.invoices import publish_invoice
from app.models import Order, Task, now
from app.queries import count_orders, order_by_id, orders_on_page
from app.schemas import LAST_PAGE
from app.serialization import order_json
from app.settings import PAGE_SIZE
from app.validation import parse_order_id, read_page

orders = Blueprint("orders", url_prefix="/orders")


@orders.get("")
@protected
async def list_orders(request: Request, session: AsyncSession) -> HTTPResponse:
    page = read_page(request)
    total = await count_orders(session)
    found = await orders_on_page(session, page) if page <= LAST_PAGE else []
    if not found and page > 1:
        raise NotFound("The page is past the last.")
    return json(
        {
            "results": [order_json(order) for order in found],
            "page": page,
            "page_size": PAGE_SIZE,
            "total": total,
            "pages": -(-total // PAGE_SIZE),
        }
    )


@orders.get("/<order_id>")
@protected
async def get_order(request: Request, session: AsyncSession, order_id: str) -> HTTPResponse:
    order = await order_by_id(session, parse_order_id(order_id))
    if order is None:
        raise NotFound("There is no such order.")
    return json(order_json(order))


# ignore_body: Sanic reads a body before it calls the handler, and 401 and 413 do not wait for it.
@orders.post("/<order_id>/invoice", ignore_body=True)
@protected
async def create_invoice(request: Request, session: AsyncSession, order_id: str) -> HTTPResponse:
    await request.receive_body()
    number = parse_order_id(order_id)
    if await session.get(Order, number) is None:
        raise NotFound("There is no such order.")
    task = Task(id=uuid4(), order_id=number, status="pending")
    session.add(task)
    await session.commit()  # gives the connection back: none is held while publishing
    if not await publish_invoice(task.id):
        task.status, task.finished_at = "failed", now()
        await session.commit()
        raise ServiceUnavailable("The broker is unavailable.")
    location = request.app.url_for("tasks.get_task", task_id=task.id)
    return json({"task_id": str(task.id), "status": "pending"}, 202, headers={"Location": location})
