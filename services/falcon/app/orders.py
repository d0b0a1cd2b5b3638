"""Orders and their invoices."""

from uuid import uuid4

import falcon
from falcon.asgi import Request, Response

from app.invoices import publish_invoice
from app.models import Order, Task, now
from app.queries import count_orders, order_by_id, orders_on_page
from app.schemas import LAST_PAGE
from app.serialization import order_json
from app.settings import PAGE_SIZE
from app.validation import read_page


class ListOrders:
    async def on_get(self, req: Request, resp: Response) -> None:
        page = read_page(req)
        session = req.context.session
        total = await count_orders(session)
        orders = await orders_on_page(session, page) if page <= LAST_PAGE else []
        if not orders and page > 1:
            raise falcon.HTTPNotFound(title="The page is past the last.")
        resp.media = {
            "results": [order_json(order) for order in orders],
            "page": page,
            "page_size": PAGE_SIZE,
            "total": total,
            "pages": -(-total // PAGE_SIZE),
        }


class GetOrder:
    async def on_get(self, req: Request, resp: Response, order_id: int) -> None:
        order = await order_by_id(req.context.session, order_id)
        if order is None:
            raise falcon.HTTPNotFound(title="There is no such order.")
        resp.media = order_json(order)


class CreateInvoice:
    async def on_post(self, req: Request, resp: Response, order_id: int) -> None:
        session = req.context.session
        if await session.get(Order, order_id) is None:
            raise falcon.HTTPNotFound(title="There is no such order.")
        task = Task(id=uuid4(), order_id=order_id, status="pending")
        session.add(task)
        await session.commit()  # gives the connection back: none is held while publishing
        if not await publish_invoice(task.id):
            task.status, task.finished_at = "failed", now()
            await session.commit()
            raise falcon.HTTPServiceUnavailable(title="The broker is unavailable.")
        resp.status = falcon.HTTP_ACCEPTED
        resp.location = f"/api/v1/tasks/{task.id}"
        resp.media = {"task_id": str(task.id), "status": "pending"}
