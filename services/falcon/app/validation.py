"""Reads what a request carries and refuses what is not valid."""

import falcon
from falcon.asgi import Request
from pydantic import TypeAdapter, ValidationError

from app.errors import InvalidFields
from app.schemas import Credentials, PageNumber

page_numbers = TypeAdapter[int](PageNumber)


async def read_credentials(req: Request) -> Credentials:
    try:
        return Credentials.model_validate(await req.get_media())
    except RecursionError:  # nested without end
        raise falcon.MediaMalformedError("JSON") from None
    except ValidationError as exc:
        # (field,), or () if the body is no object
        fields = {str(field) for error in exc.errors() for field in error["loc"][:1]}
        raise InvalidFields(*fields) from None


def read_page(req: Request) -> int:
    try:
        return page_numbers.validate_python(req.get_param("page", default="1"))
    except ValidationError:
        raise InvalidFields("page") from None
