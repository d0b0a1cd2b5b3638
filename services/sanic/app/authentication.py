"""Who may ask: https://sanic.dev/en/guide/how-to/authentication.html"""

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Concatenate

from sanic import HTTPResponse, Request
from sanic.exceptions import Unauthorized
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import User
from app.security import read_access_token
from app.validation import limit_body

type Handler[**P] = Callable[Concatenate[Request, P], Awaitable[HTTPResponse]]
type ProtectedHandler[**P] = Callable[
    Concatenate[Request, AsyncSession, P], Awaitable[HTTPResponse]
]


async def get_current_user(request: Request, session: AsyncSession) -> User:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    # Bytes that are not UTF-8 arrive as surrogates, which PyJWT cannot encode.
    is_bearer = scheme.lower() == "bearer" and token.isascii()
    user_id = read_access_token(token.strip()) if is_bearer else None
    user = await session.get(User, user_id) if user_id is not None else None
    if user is None:
        raise Unauthorized("Not authenticated", scheme="Bearer")
    return user


def protected[**P](handler: ProtectedHandler[P]) -> Handler[P]:
    """Give a handler a session if a user is signed in, and if the body is not too large."""

    @wraps(handler)
    async def decorated_function(
        request: Request, *args: P.args, **kwargs: P.kwargs
    ) -> HTTPResponse:
        async with request.app.ctx.sessions() as session:
            await get_current_user(request, session)
            limit_body(request)
            return await handler(request, session, *args, **kwargs)

    return decorated_function
