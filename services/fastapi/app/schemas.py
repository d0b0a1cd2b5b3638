"""What a client may send."""

import re
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, Field, StringConstraints

from app.settings import PAGE_SIZE

MAX_BIGINT = 2**63 - 1  # PostgreSQL's largest bigint, and its largest OFFSET
LAST_PAGE = MAX_BIGINT // PAGE_SIZE  # no page beyond it can be asked of the database

Username = Annotated[str, StringConstraints(strict=True, pattern=r"^[a-z0-9_]{3,32}$")]
# Any characters but NUL. A lone surrogate is no valid string for Pydantic to begin with.
Password = Annotated[
    str, StringConstraints(strict=True, min_length=8, max_length=128, pattern=r"^[^\x00]*$")
]


class Credentials(BaseModel):
    username: Username
    password: Password


def parse_digits(value: str | int) -> int:
    """The number that ASCII digits stand for; a default is one already.

    Raises ValueError if the text is anything else: `int` alone takes `+1`, ` 1 ` and `1_0`.
    """
    if re.fullmatch("[0-9]+", str(value)) is None:
        raise ValueError("not an integer")
    return int(value)


def parse_uuid(value: str) -> UUID:
    """The UUID of a text in its canonical form; `UUID` alone takes braces and URNs as well.

    Raises ValueError if the text is anything else.
    """
    uuid = UUID(value)
    if str(uuid) != value.lower():
        raise ValueError("not a UUID in its canonical form")
    return uuid


PageNumber = Annotated[int, BeforeValidator(parse_digits), Field(ge=1)]
OrderId = Annotated[int, BeforeValidator(parse_digits), Field(le=MAX_BIGINT)]
TaskId = Annotated[UUID, BeforeValidator(parse_uuid)]
