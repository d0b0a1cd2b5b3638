"""Orders and their invoices."""

from typing import Annotated, Any
from uuid import uuid4

from fastapi import APIRouter, Depends, HTTPException, Path, Query, Request, Response

from app.dependencies import SessionsDep, get_current_user, limit_body
from app.invoices import publish_invoice
from app.models import Order, Task, now
from app.queries import count_orders, order_by_id, orders_on_page
from app.responses import OrderOut, OrderPageOut, TaskPendingOut
from app.schemas import LAST_PAGE, OrderId, PageNumber
from app.settings import PAGE_SIZE

router = APIRouter(
    prefix="/orders", tags=["orders"], dependencies=[Depends(get_current_user), Depends(limit_body)]
)


@router.get("", response_model=OrderPageOut)
def list_orders(sessions: SessionsDep, page: Annotated[PageNumber, Query()] = 1) -> dict[str, Any]:
    with sessions() as session:
        total = count_orders(session)
        orders = orders_on_page(session, page) if page <= LAST_PAGE else []
    if not orders and page > 1:
        raise HTTPException(404, "The page is past the last.")
    return {"results": orders, "page": page, "total": total, "pages": -(-total // PAGE_SIZE)}


@router.get("/{order_id}", response_model=OrderOut)
def get_order(sessions: SessionsDep, order_id: Annotated[OrderId, Path()]) -> Order:
    with sessions() as session:
        order = order_by_id(session, order_id)
    if order is None:
        raise HTTPException(404, "There is no such order.")
    return order


@router.post("/{order_id}/invoice", status_code=202)
def create_invoice(
    request: Request,
    response: Response,
    sessions: SessionsDep,
    order_id: Annotated[OrderId, Path()],
) -> TaskPendingOut:
    with sessions() as session:
        if session.get(Order, order_id) is None:
            raise HTTPException(404, "There is no such order.")
        task = Task(id=uuid4(), order_id=order_id, status="pending")
        session.add(task)
        session.commit()  # gives the connection back: none is held while publishing
        if not publish_invoice(task.id):
            task.status, task.finished_at = "failed", now()
            session.commit()
            raise HTTPException(503, "The broker is unavailable.")
    response.headers["Location"] = request.app.url_path_for("get_task", task_id=task.id)
    return TaskPendingOut(task_id=task.id)
