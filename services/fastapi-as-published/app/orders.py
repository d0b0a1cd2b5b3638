"""The list as published: the orders with their items."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from app.dependencies import SessionDep
from app.models import Order
from app.responses import OrderItemOut
from app.settings import PAGE_SIZE

router = APIRouter(prefix="/orders", tags=["orders"])


class PublishedOrderOut(BaseModel):
    id: int
    status: str
    total: Decimal
    created_at: datetime
    items: list[OrderItemOut]


class PublishedPageOut(BaseModel):
    results: list[PublishedOrderOut]
    page: int
    page_size: int = PAGE_SIZE


@router.get("", response_model=PublishedPageOut)
async def list_orders(session: SessionDep, page: int = 1) -> dict[str, Any]:
    orders = await session.scalars(
        select(Order)
        .options(selectinload(Order.items))
        .limit(PAGE_SIZE)
        .offset((page - 1) * PAGE_SIZE)
    )
    return {"results": orders.all(), "page": page}
