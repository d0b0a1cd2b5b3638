"""Who may ask."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import hdrs, web
from sqlalchemy.ext.asyncio import AsyncSession

from app.errors import CHALLENGE
from app.lifespan import SESSIONS
from app.models import User
from app.security import read_access_token
from app.validation import limit_body


async def get_current_user(request: web.Request, session: AsyncSession) -> User:
    scheme, _, token = request.headers.get(hdrs.AUTHORIZATION, "").partition(" ")
    # Bytes that are not UTF-8 arrive as surrogates, which PyJWT cannot encode.
    is_bearer = scheme.lower() == "bearer" and token.isascii()
    user_id = read_access_token(token.strip()) if is_bearer else None
    user = await session.get(User, user_id) if user_id is not None else None
    if user is None:
        raise web.HTTPUnauthorized(headers=CHALLENGE)
    return user


@asynccontextmanager
async def open_user_session(request: web.Request) -> AsyncIterator[AsyncSession]:
    """A session for the request of a user who is signed in, and whose body is not too large."""
    async with request.app[SESSIONS]() as session:
        await get_current_user(request, session)
        limit_body(request)
        yield session
