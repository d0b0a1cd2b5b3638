"""Orders and their invoices."""

from uuid import uuid4

from litestar import Request, Response, get, post
from litestar.exceptions import NotFoundException, ServiceUnavailableException
from sqlalchemy.ext.asyncio import AsyncSession

from app.invoices import publish_invoice
from app.models import Order, Task, now
from app.parameters import FIRST_PAGE, OrderId, PageNumber
from app.queries import count_orders, order_by_id, orders_on_page
from app.responses import OrderDTO, OrderPage, TaskPendingOut
from app.schemas import LAST_PAGE
from app.settings import PAGE_SIZE


@get("/orders", return_dto=OrderDTO)
async def list_orders(db_session: AsyncSession, page: PageNumber = FIRST_PAGE) -> OrderPage[Order]:
    total = await count_orders(db_session)
    orders = await orders_on_page(db_session, page) if page <= LAST_PAGE else []
    if not orders and page > 1:
        raise NotFoundException("The page is past the last.")
    return OrderPage(list(orders), page, total, pages=-(-total // PAGE_SIZE))


@get("/orders/{order_id:str}", return_dto=OrderDTO)
async def get_order(db_session: AsyncSession, order_id: OrderId) -> Order:
    order = await order_by_id(db_session, order_id)
    if order is None:
        raise NotFoundException("There is no such order.")
    return order


@post("/orders/{order_id:str}/invoice", status_code=202)
async def create_invoice(
    request: Request, db_session: AsyncSession, order_id: OrderId
) -> Response[TaskPendingOut]:
    if await db_session.get(Order, order_id) is None:
        raise NotFoundException("There is no such order.")
    task = Task(id=uuid4(), order_id=order_id, status="pending")
    db_session.add(task)
    await db_session.commit()  # gives the connection back: none is held while publishing
    if not await publish_invoice(task.id):
        task.status, task.finished_at = "failed", now()
        await db_session.commit()
        raise ServiceUnavailableException("The broker is unavailable.")
    location = request.app.route_reverse("get_task", task_id=str(task.id))
    return Response(TaskPendingOut(task.id), headers={"Location": location})
