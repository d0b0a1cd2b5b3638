"""Input."""

from typing import Annotated

from flask import current_app, request
from pydantic import BaseModel, ConfigDict, StringConstraints

from app.errors import APIError

Username = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]{3,32}$")]
# PostgreSQL stores no NUL, hence no name or password may have one.
Password = Annotated[str, StringConstraints(min_length=8, max_length=128, pattern=r"^[^\x00]*$")]


class Credentials(BaseModel):
    """The body of register and login. Unknown fields are ignored."""

    model_config = ConfigDict(strict=True)

    username: Username
    password: Password


def read_credentials() -> Credentials:
    """The request's body, whatever its Content-Type.

    Raises APIError 400 and pydantic.ValidationError. `Request.get_json` would take UTF-16 and
    encoded surrogates too, and let the RecursionError of a deeply nested body through.
    """
    body = request.get_data(cache=False)
    try:
        document = current_app.json.loads(body.decode())
    except (ValueError, RecursionError):
        raise APIError(400, "malformed_json", "The body is not valid JSON.") from None
    return Credentials.model_validate(document)
