"""Converters of path fields. A field that one refuses is an unknown route."""

from uuid import UUID

from falcon.routing import BaseConverter
from pydantic import TypeAdapter, ValidationError

from app.schemas import OrderId, TaskId


class OrderIdConverter(BaseConverter):
    """An id that the database can have: Falcon's `int` takes `+1` and `1_0` as well."""

    order_ids = TypeAdapter[int](OrderId)

    def convert(self, value: str) -> int | None:
        try:
            return self.order_ids.validate_python(value)
        except ValidationError:
            return None


class TaskIdConverter(BaseConverter):
    """A UUID in its canonical form: Falcon's `uuid` takes braces and URNs as well."""

    task_ids = TypeAdapter[UUID](TaskId)

    def convert(self, value: str) -> UUID | None:
        try:
            return self.task_ids.validate_python(value)
        except ValidationError:
            return None
