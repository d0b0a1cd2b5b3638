"""Orders and their invoices."""

from typing import Annotated, Any
from uuid import uuid4

from fastapi import (
    APIRouter,
    BackgroundTasks,
    Depends,
    HTTPException,
    Path,
    Query,
    Request,
    Response,
)

from app.dependencies import SessionDep, get_current_user, limit_body
from app.invoices import compute_invoice
from app.models import Order, Task
from app.queries import count_orders, order_by_id, orders_on_page
from app.responses import OrderOut, OrderPageOut, TaskPendingOut
from app.schemas import LAST_PAGE, OrderId, PageNumber
from app.settings import PAGE_SIZE

router = APIRouter(
    prefix="/orders", tags=["orders"], dependencies=[Depends(get_current_user), Depends(limit_body)]
)


@router.get("", response_model=OrderPageOut)
async def list_orders(
    session: SessionDep, page: Annotated[PageNumber, Query()] = 1
) -> dict[str, Any]:
    total = await count_orders(session)
    orders = await orders_on_page(session, page) if page <= LAST_PAGE else []
    if not orders and page > 1:
        raise HTTPException(404, "The page is past the last.")
    return {"results": orders, "page": page, "total": total, "pages": -(-total // PAGE_SIZE)}


@router.get("/{order_id}", response_model=OrderOut)
async def get_order(session: SessionDep, order_id: Annotated[OrderId, Path()]) -> Order:
    order = await order_by_id(session, order_id)
    if order is None:
        raise HTTPException(404, "There is no such order.")
    return order


@router.post("/{order_id}/invoice", status_code=202)
async def create_invoice(
    request: Request,
    response: Response,
    background: BackgroundTasks,
    session: SessionDep,
    order_id: Annotated[OrderId, Path()],
) -> TaskPendingOut:
    if await session.get(Order, order_id) is None:
        raise HTTPException(404, "There is no such order.")
    task = Task(id=uuid4(), order_id=order_id, status="pending")
    session.add(task)
    await session.commit()
    background.add_task(compute_invoice, task.id)
    response.headers["Location"] = request.app.url_path_for("get_task", task_id=task.id)
    return TaskPendingOut(task_id=task.id)
