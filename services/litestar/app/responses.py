"""What the handlers answer. msgspec writes a Decimal as a string and a UTC time with `Z`."""

from dataclasses import dataclass
from typing import Annotated, Literal
from uuid import UUID

from advanced_alchemy.extensions.litestar import SQLAlchemyDTO, SQLAlchemyDTOConfig

from app.models import Order, User
from app.settings import PAGE_SIZE, TOKEN_LIFETIME_S

UserDTO = SQLAlchemyDTO[Annotated[User, SQLAlchemyDTOConfig(include={"id", "username"})]]
OrderDTO = SQLAlchemyDTO[
    Annotated[
        Order,
        SQLAlchemyDTOConfig(
            exclude={"user_id", "user.password", "user.created_at", "items.0.order_id"}
        ),
    ]
]


@dataclass
class OrderPage[T]:
    """A page of what a DTO describes."""

    results: list[T]
    page: int
    total: int
    pages: int
    page_size: int = PAGE_SIZE


@dataclass
class TokenOut:
    access_token: str
    token_type: Literal["bearer"] = "bearer"
    expires_in: int = TOKEN_LIFETIME_S


@dataclass
class TaskPendingOut:
    task_id: UUID
    status: Literal["pending"] = "pending"


@dataclass
class InvoiceOut:
    order_id: int
    total: str


@dataclass
class TaskOut:
    task_id: UUID
    status: str
    result: InvoiceOut | None


@dataclass
class HealthOut:
    status: Literal["ok"] = "ok"


@dataclass
class ReadinessOut:
    status: Literal["ready", "unavailable"]
    checks: dict[str, bool]
