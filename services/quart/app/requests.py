"""What requests pass before their handler, and how a body is read."""

import json
from typing import Any

from quart import Request, abort, current_app, g, request

from app.models import User
from app.security import read_access_token
from app.settings import MAX_BODY_BYTES


class UTF8Request(Request):
    """A request whose JSON is in UTF-8, whatever its Content-Type."""

    async def get_json(self, force: bool = False, silent: bool = False, cache: bool = True) -> Any:
        try:
            return json.loads((await self.get_data()).decode())
        # ValueError: no JSON, or no UTF-8. RecursionError: nested without end.
        except (ValueError, RecursionError):
            abort(400, "The body is not valid JSON.")


async def limit_body() -> None:
    """Refuse a body by its declared length, without waiting for it."""
    if (request.content_length or 0) > MAX_BODY_BYTES:
        abort(413)


async def require_user() -> None:
    """Open the session of a request and look up in it the user that the token names."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    user_id = read_access_token(token.strip()) if scheme.lower() == "bearer" else None
    if user_id is None:
        abort(401)
    g.session = current_app.sessions()
    if await g.session.get(User, user_id) is None:
        abort(401)


async def close_session(error: BaseException | None) -> None:
    if "session" in g:
        await g.session.close()
