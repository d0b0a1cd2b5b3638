"""Integers in URLs."""

from pydantic import TypeAdapter
from pydantic import ValidationError as InvalidValueError
from werkzeug.routing import BaseConverter, ValidationError

from app.schemas import OrderId


class BigIntConverter(BaseConverter):
    """`<bigint:id>`: Werkzeug's own `int` takes every script's digits and has no upper limit."""

    ids = TypeAdapter[int](OrderId)

    def to_python(self, value: str) -> int:
        try:
            return self.ids.validate_python(value)
        except InvalidValueError:
            raise ValidationError from None
