"""Who may ask."""

from collections.abc import Awaitable, Callable

from blacksheep import Request, Response
from blacksheep.exceptions import Unauthorized
from guardpost import AuthenticationHandler, Identity

from app.binders import limit_body
from app.database import Sessions
from app.models import User
from app.security import read_access_token


class TokenAuthentication(AuthenticationHandler):
    """Identifies the user that a token names."""

    async def authenticate(self, context: Request) -> Identity | None:
        header = context.get_first_header(b"Authorization") or b""
        scheme, _, token = header.decode("latin-1").partition(" ")
        user_id = read_access_token(token.strip()) if scheme.lower() == "bearer" else None
        context.user = None if user_id is None else Identity({"id": user_id}, "Bearer")
        return context.user


class UserSession:
    """Gives a handler that asks for a user a session, in which that user was looked up."""

    def __init__(self, sessions: Sessions) -> None:
        self.sessions = sessions

    async def __call__(
        self, request: Request, handler: Callable[[Request], Awaitable[Response]]
    ) -> Response:
        if not hasattr(handler, "auth"):
            return await handler(request)
        async with self.sessions() as session:
            if await session.get(User, request.user["id"]) is None:
                raise Unauthorized
            limit_body(request)
            request.db_session = session
            return await handler(request)
