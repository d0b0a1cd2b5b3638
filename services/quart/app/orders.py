"""Orders and their invoices."""

from uuid import uuid4

from pydantic import TypeAdapter, ValidationError
from quart import Blueprint, abort, g, request, url_for
from quart.typing import ResponseReturnValue

from app.errors import validation_error
from app.invoices import publish_invoice
from app.models import Order, Task, now
from app.queries import count_orders, order_by_id, orders_on_page
from app.requests import close_session, limit_body, require_user
from app.schemas import LAST_PAGE, PageNumber
from app.serialization import order_json
from app.settings import PAGE_SIZE

blueprint = Blueprint("orders", __name__)
blueprint.before_request(require_user)
blueprint.before_request(limit_body)
blueprint.teardown_request(close_session)

page_numbers = TypeAdapter[int](PageNumber)


@blueprint.get("")
async def list_orders() -> ResponseReturnValue:
    try:
        page = page_numbers.validate_python(request.args.get("page", "1"))
    except ValidationError:
        return validation_error(["page"])
    total = await count_orders(g.session)
    orders = await orders_on_page(g.session, page) if page <= LAST_PAGE else []
    if not orders and page > 1:
        abort(404, "The page is past the last.")
    return {
        "results": [order_json(order) for order in orders],
        "page": page,
        "page_size": PAGE_SIZE,
        "total": total,
        "pages": -(-total // PAGE_SIZE),
    }


@blueprint.get("/<bigint:order_id>")
async def get_order(order_id: int) -> ResponseReturnValue:
    order = await order_by_id(g.session, order_id)
    if order is None:
        abort(404, "There is no such order.")
    return order_json(order)


@blueprint.post("/<bigint:order_id>/invoice")
async def create_invoice(order_id: int) -> ResponseReturnValue:
    if await g.session.get(Order, order_id) is None:
        abort(404, "There is no such order.")
    task = Task(id=uuid4(), order_id=order_id, status="pending")
    g.session.add(task)
    await g.session.commit()  # gives the connection back: none is held while publishing
    if not await publish_invoice(task.id):
        task.status, task.finished_at = "failed", now()
        await g.session.commit()
        abort(503, "The broker is unavailable.")
    location = url_for("tasks.get_task", task_id=task.id)
    return {"task_id": task.id, "status": "pending"}, 202, {"Location": location}
