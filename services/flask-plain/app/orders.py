"""Orders: list, detail, invoice."""

from datetime import UTC
from typing import Any
from uuid import uuid4

from flask import Blueprint, abort, request, url_for
from flask.typing import ResponseReturnValue
from kombu.exceptions import OperationalError as BrokerError
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from app.converters import MAX_BIGINT, parse_digits
from app.errors import APIError, limit_body
from app.extensions import get_or_404, session
from app.models import Order, Task, now
from app.security import token_required
from app.settings import PAGE_SIZE
from app.worker import compute_invoice

bp = Blueprint("orders", __name__)

# One statement for the orders with their users, one for the items of all of them.
WITH_USER_AND_ITEMS = (joinedload(Order.user, innerjoin=True), selectinload(Order.items))


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


def read_page() -> int:
    """The `page` asked for; 1 without. Raises APIError 422, and 404 beyond what SQL can skip."""
    page = parse_digits(request.args.get("page", "1"))
    if page is None or page < 1:
        raise APIError(422, "validation_error", "page must be a positive integer.", ["page"])
    if (page - 1) * PAGE_SIZE > MAX_BIGINT:
        abort(404)
    return page


@bp.get("")
@token_required
@limit_body
def list_orders() -> ResponseReturnValue:
    page = read_page()
    orders = session.scalars(
        select(Order)
        .options(*WITH_USER_AND_ITEMS)
        .order_by(Order.created_at.desc(), Order.id.desc())
        .limit(PAGE_SIZE)
        .offset((page - 1) * PAGE_SIZE)
    ).all()
    if not orders and page > 1:
        abort(404)
    total = session.scalar(select(func.count()).select_from(Order)) or 0
    return {
        "results": [order_to_dict(order) for order in orders],
        "page": page,
        "page_size": PAGE_SIZE,
        "total": total,
        "pages": -(-total // PAGE_SIZE),
    }


@bp.get("/<bigint:order_id>")
@token_required
@limit_body
def get_order(order_id: int) -> ResponseReturnValue:
    return order_to_dict(get_or_404(Order, order_id, options=WITH_USER_AND_ITEMS))


@bp.post("/<bigint:order_id>/invoice")
@token_required
@limit_body
def create_invoice(order_id: int) -> ResponseReturnValue:
    order = get_or_404(Order, order_id)
    task = Task(id=uuid4(), order_id=order.id, status="pending")
    session.add(task)
    # Committed before it is published: a worker must find the row.
    session.commit()
    try:
        compute_invoice.delay(str(task.id))
    except BrokerError:
        task.status, task.finished_at = "failed", now()
        session.commit()
        raise
    location = url_for("tasks.get_task", task_id=task.id)
    return {"task_id": task.id, "status": task.status}, 202, {"Location": location}
