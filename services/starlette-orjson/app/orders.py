"""Orders and their invoices."""

from uuid import uuid4

from starlette.exceptions import HTTPException
from starlette.requests import Request

from app.authentication import open_user_session
from app.invoices import publish_invoice
from app.lifespan import State
from app.models import Order, Task, now
from app.queries import count_orders, order_by_id, orders_on_page
from app.responses import OrjsonResponse
from app.schemas import LAST_PAGE
from app.serialization import order_json
from app.settings import PAGE_SIZE
from app.validation import read_order_id, read_page


async def list_orders(request: Request[State]) -> OrjsonResponse:
    async with open_user_session(request) as session:
        page = read_page(request)
        total = await count_orders(session)
        orders = await orders_on_page(session, page) if page <= LAST_PAGE else []
    if not orders and page > 1:
        raise HTTPException(404, "The page is past the last.")
    return OrjsonResponse(
        {
            "results": [order_json(order) for order in orders],
            "page": page,
            "page_size": PAGE_SIZE,
            "total": total,
            "pages": -(-total // PAGE_SIZE),
        }
    )


async def get_order(request: Request[State]) -> OrjsonResponse:
    async with open_user_session(request) as session:
        order = await order_by_id(session, read_order_id(request))
    if order is None:
        raise HTTPException(404, "There is no such order.")
    return OrjsonResponse(order_json(order))


async def create_invoice(request: Request[State]) -> OrjsonResponse:
    async with open_user_session(request) as session:
        order_id = read_order_id(request)
        if await session.get(Order, order_id) is None:
            raise HTTPException(404, "There is no such order.")
        task = Task(id=uuid4(), order_id=order_id, status="pending")
        session.add(task)
        await session.commit()  # gives the connection back: none is held while publishing
        if not await publish_invoice(task.id):
            task.status, task.finished_at = "failed", now()
            await session.commit()
            raise HTTPException(503, "The broker is unavailable.")
    location = request.app.url_path_for("get_task", task_id=task.id)
    return OrjsonResponse(
        {"task_id": str(task.id), "status": "pending"}, 202, headers={"Location": location}
    )
