"""The JSON of an order."""

from typing import Any

from app.models import Order, OrderItem


def item_json(item: OrderItem) -> dict[str, Any]:
    return {
        "id": item.id,
        "sku": item.sku,
        "quantity": item.quantity,
        "unit_price": str(item.unit_price),
    }


def order_json(order: Order) -> dict[str, Any]:
    return {
        "id": order.id,
        "status": order.status,
        "total": str(order.total),
        "created_at": f"{order.created_at:%Y-%m-%dT%H:%M:%SZ}",
        "user": {"id": order.user.id, "username": order.user.username},
        "items": [item_json(item) for item in order.items],
    }
