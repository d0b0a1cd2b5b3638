"""What the API accepts and answers: https://django-ninja.dev/guides/response/"""

import re
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from ninja import Field, Schema
from pydantic import BaseModel, BeforeValidator, StringConstraints

Username = Annotated[str, StringConstraints(strict=True, pattern=r"^[a-z0-9_]{3,32}$")]
# Any characters but NUL. A lone surrogate is no valid string for Pydantic to begin with.
Password = Annotated[
    str, StringConstraints(strict=True, min_length=8, max_length=128, pattern=r"^[^\x00]*$")
]


def parse_page(value: Any) -> int:
    """The number that ASCII digits stand for: `int` alone takes `+1`, ` 1 ` and `1_0`."""
    if not re.fullmatch("0*[1-9][0-9]*", str(value)):
        raise ValueError("not a page number")
    return int(value)


PageNumber = Annotated[int, BeforeValidator(parse_page)]


class Credentials(BaseModel):
    """Not a Schema: it reads attributes, and a list would be an object without them."""

    username: Username
    password: Password


class UserOut(Schema):
    id: int
    username: str


class TokenOut(Schema):
    access_token: str
    token_type: str = "bearer"
    expires_in: int


class OrderItemOut(Schema):
    id: int
    sku: str
    quantity: int
    unit_price: Decimal


class OrderOut(Schema):
    id: int
    status: str
    total: Decimal
    created_at: datetime
    user: UserOut
    items: list[OrderItemOut] = Field(alias="item_list")


class TaskOut(Schema):
    task_id: UUID = Field(alias="id")
    status: str


class TaskResultOut(TaskOut):
    result: dict[str, Any] | None


class HealthOut(Schema):
    status: str


class ReadinessOut(HealthOut):
    checks: dict[str, bool]
