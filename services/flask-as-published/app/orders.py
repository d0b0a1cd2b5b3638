"""The list as published: the orders with user and items, counted."""

from datetime import UTC
from typing import Any

from flask import Blueprint
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import joinedload, subqueryload

from app.extensions import db
from app.models import Order
from app.settings import PAGE_SIZE

bp = Blueprint("orders", __name__)


def order_to_dict(order: Order) -> dict[str, Any]:
    return {
        "id": order.id,
        "status": order.status,
        "total": str(order.total),
        "created_at": order.created_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "user": {"id": order.user.id, "username": order.user.username},
        "items": [
            {
                "id": item.id,
                "sku": item.sku,
                "quantity": item.quantity,
                "unit_price": str(item.unit_price),
            }
            for item in order.items
        ],
    }


@bp.get("")
def list_orders() -> ResponseReturnValue:
    page = db.paginate(
        select(Order).options(joinedload(Order.user), subqueryload(Order.items)),
        per_page=PAGE_SIZE,
    )
    return {
        "results": [order_to_dict(order) for order in page.items],
        "page": page.page,
        "page_size": page.per_page,
        "total": page.total,
        "pages": page.pages,
    }
