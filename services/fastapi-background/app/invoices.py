"""Computes invoices in the process that answers, after the response."""

import os
from functools import cache
from uuid import UUID

from sqlalchemy import func, make_url, select
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine

from app.database import Sessions
from app.models import OrderItem, Task, now
from app.settings import DATABASE_CONNECT_TIMEOUT_S

# Of the role that computes tasks: the lab counts its statements and connections apart.
WORKER_DATABASE_URL = os.environ["WORKER_DATABASE_URL"]


@cache
def sessions() -> Sessions:
    """The tasks' own small pool, opened by the first of them."""
    engine = create_async_engine(
        make_url(WORKER_DATABASE_URL).set(drivername="postgresql+asyncpg"),
        pool_size=1,
        max_overflow=1,
        connect_args={"timeout": DATABASE_CONNECT_TIMEOUT_S},
    )
    return async_sessionmaker(engine, expire_on_commit=False)


async def compute_invoice(task_id: UUID) -> None:
    """Compute an order's invoice. A task that fails, or whose process ends, is not tried again."""
    async with sessions()() as session:
        task = await session.get_one(Task, task_id)
        task.status = "running"
        await session.commit()
        total = await session.scalar(
            select(func.coalesce(func.sum(OrderItem.quantity * OrderItem.unit_price), 0)).where(
                OrderItem.order_id == task.order_id
            )
        )
        task.status, task.finished_at = "succeeded", now()
        task.result = {"order_id": task.order_id, "total": f"{total:.2f}"}
        await session.commit()
