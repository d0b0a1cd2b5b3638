"""Orders and their invoices."""

from uuid import uuid4

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse

from app.authentication import require_user
from app.invoices import publish_invoice
from app.lifespan import State
from app.queries import (
    count_orders,
    fail_task,
    insert_task,
    order_by_id,
    order_exists,
    orders_on_page,
)
from app.schemas import LAST_PAGE
from app.serialization import order_json
from app.settings import PAGE_SIZE
from app.validation import read_order_id, read_page


async def list_orders(request: Request[State]) -> JSONResponse:
    await require_user(request)
    page, pool = read_page(request), request.state["pool"]
    total = await count_orders(pool)
    orders = await orders_on_page(pool, page) if page <= LAST_PAGE else []
    if not orders and page > 1:
        raise HTTPException(404, "The page is past the last.")
    return JSONResponse(
        {
            "results": [order_json(order) for order in orders],
            "page": page,
            "page_size": PAGE_SIZE,
            "total": total,
            "pages": -(-total // PAGE_SIZE),
        }
    )


async def get_order(request: Request[State]) -> JSONResponse:
    await require_user(request)
    order = await order_by_id(request.state["pool"], read_order_id(request))
    if order is None:
        raise HTTPException(404, "There is no such order.")
    return JSONResponse(order_json(order))


async def create_invoice(request: Request[State]) -> JSONResponse:
    await require_user(request)
    order_id, pool = read_order_id(request), request.state["pool"]
    if not await order_exists(pool, order_id):
        raise HTTPException(404, "There is no such order.")
    task_id = uuid4()
    await insert_task(pool, task_id, order_id)
    if not await publish_invoice(task_id):
        await fail_task(pool, task_id)
        raise HTTPException(503, "The broker is unavailable.")
    location = request.app.url_path_for("get_task", task_id=task_id)
    return JSONResponse(
        {"task_id": str(task_id), "status": "pending"}, 202, headers={"Location": location}
    )
