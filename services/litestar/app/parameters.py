"""Types of path and query parameters: msgspec's `int` and `UUID` take other forms as well."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter

from app import schemas


class PageNumber(int):
    """The number of a page, from 1."""


class OrderId(int):
    """An id that the database can have."""


class TaskId(UUID):
    """A UUID in its canonical form."""


FIRST_PAGE = PageNumber(1)


def decode_by(schema: Any) -> Callable[[type[Any], str], Any]:
    """A decoder that raises ValueError for a text that the schema refuses."""
    adapter = TypeAdapter(schema)
    return lambda kind, value: kind(str(adapter.validate_python(value)))


type_decoders: list[tuple[Callable[[Any], bool], Callable[[Any, Any], Any]]] = [
    (lambda kind: kind is PageNumber, decode_by(schemas.PageNumber)),
    (lambda kind: kind is OrderId, decode_by(schemas.OrderId)),
    (lambda kind: kind is TaskId, decode_by(schemas.TaskId)),
]
