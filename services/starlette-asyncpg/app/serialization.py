"""The JSON of an order."""

from collections.abc import Mapping
from typing import Any


def item_json(item: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": item["id"],
        "sku": item["sku"],
        "quantity": item["quantity"],
        "unit_price": str(item["unit_price"]),
    }


def order_json(order: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": order["id"],
        "status": order["status"],
        "total": str(order["total"]),
        "created_at": f"{order['created_at']:%Y-%m-%dT%H:%M:%SZ}",
        "user": order["user"],
        "items": [item_json(item) for item in order["items"]],
    }
