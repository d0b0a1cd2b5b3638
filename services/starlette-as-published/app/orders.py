"""The list as published: the orders alone, each as its mapped object's __dict__."""

import json
from typing import Any

from sqlalchemy import select
from starlette.requests import Request
from starlette.responses import JSONResponse

from app.lifespan import State
from app.models import Order
from app.settings import PAGE_SIZE


class PublishedResponse(JSONResponse):
    """JSONResponse that takes what __dict__ holds: it refuses a Decimal and a datetime."""

    def render(self, content: Any) -> bytes:
        return json.dumps(
            content, ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=str
        ).encode()


def order_json(order: Order) -> dict[str, Any]:
    """The object's __dict__ without what SQLAlchemy keeps in it."""
    return {name: value for name, value in order.__dict__.items() if name != "_sa_instance_state"}


async def list_orders(request: Request[State]) -> JSONResponse:
    page = int(request.query_params.get("page", "1"))
    async with request.state["sessions"]() as session:
        orders = await session.scalars(
            select(Order).limit(PAGE_SIZE).offset((page - 1) * PAGE_SIZE)
        )
        results = [order_json(order) for order in orders.all()]
    return PublishedResponse({"results": results, "page": page, "page_size": PAGE_SIZE})
