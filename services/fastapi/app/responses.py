"""What the handlers answer. Pydantic writes a Decimal as a string and a UTC time with `Z`."""

from datetime import datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

from pydantic import BaseModel

from app.settings import PAGE_SIZE, TOKEN_LIFETIME_S


class UserOut(BaseModel):
    id: int
    username: str


class TokenOut(BaseModel):
    access_token: str
    token_type: Literal["bearer"] = "bearer"
    expires_in: int = TOKEN_LIFETIME_S


class OrderItemOut(BaseModel):
    id: int
    sku: str
    quantity: int
    unit_price: Decimal


class OrderOut(BaseModel):
    id: int
    status: str
    total: Decimal
    created_at: datetime
    user: UserOut
    items: list[OrderItemOut]


class OrderPageOut(BaseModel):
    results: list[OrderOut]
    page: int
    page_size: int = PAGE_SIZE
    total: int
    pages: int


class TaskPendingOut(BaseModel):
    task_id: UUID
    status: Literal["pending"] = "pending"


class InvoiceOut(BaseModel):
    order_id: int
    total: Decimal


class TaskOut(BaseModel):
    task_id: UUID
    status: Literal["pending", "running", "succeeded", "failed"]
    result: InvoiceOut | None


class HealthOut(BaseModel):
    status: Literal["ok"] = "ok"


class ChecksOut(BaseModel):
    database: bool
    redis: bool


class ReadinessOut(BaseModel):
    status: Literal["ready", "unavailable"]
    checks: ChecksOut
