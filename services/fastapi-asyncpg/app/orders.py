"""Orders and their invoices."""

from typing import Annotated, Any
from uuid import uuid4

from fastapi import APIRouter, Depends, HTTPException, Path, Query, Request, Response

from app.dependencies import PoolDep, get_current_user, limit_body
from app.invoices import publish_invoice
from app.queries import (
    count_orders,
    fail_task,
    insert_task,
    order_by_id,
    order_exists,
    orders_on_page,
)
from app.responses import OrderOut, OrderPageOut, TaskPendingOut
from app.schemas import LAST_PAGE, OrderId, PageNumber
from app.settings import PAGE_SIZE

router = APIRouter(
    prefix="/orders", tags=["orders"], dependencies=[Depends(get_current_user), Depends(limit_body)]
)


@router.get("", response_model=OrderPageOut)
async def list_orders(pool: PoolDep, page: Annotated[PageNumber, Query()] = 1) -> dict[str, Any]:
    total = await count_orders(pool)
    orders = await orders_on_page(pool, page) if page <= LAST_PAGE else []
    if not orders and page > 1:
        raise HTTPException(404, "The page is past the last.")
    return {"results": orders, "page": page, "total": total, "pages": -(-total // PAGE_SIZE)}


@router.get("/{order_id}", response_model=OrderOut)
async def get_order(pool: PoolDep, order_id: Annotated[OrderId, Path()]) -> dict[str, Any]:
    order = await order_by_id(pool, order_id)
    if order is None:
        raise HTTPException(404, "There is no such order.")
    return order


@router.post("/{order_id}/invoice", status_code=202)
async def create_invoice(
    request: Request,
    response: Response,
    pool: PoolDep,
    order_id: Annotated[OrderId, Path()],
) -> TaskPendingOut:
    if not await order_exists(pool, order_id):
        raise HTTPException(404, "There is no such order.")
    task_id = uuid4()
    await insert_task(pool, task_id, order_id)
    if not await publish_invoice(task_id):
        await fail_task(pool, task_id)
        raise HTTPException(503, "The broker is unavailable.")
    response.headers["Location"] = request.app.url_path_for("get_task", task_id=task_id)
    return TaskPendingOut(task_id=task_id)
