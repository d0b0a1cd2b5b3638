"""Who may ask."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.ext.asyncio import AsyncSession
from starlette.exceptions import HTTPException
from starlette.requests import Request

from app.errors import CHALLENGE
from app.lifespan import State
from app.models import User
from app.security import read_access_token
from app.validation import limit_body


async def get_current_user(request: Request[State], session: AsyncSession) -> User:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    user_id = read_access_token(token.strip()) if scheme.lower() == "bearer" else None
    user = await session.get(User, user_id) if user_id is not None else None
    if user is None:
        raise HTTPException(401, "Not authenticated", CHALLENGE)
    return user


@asynccontextmanager
async def open_user_session(request: Request[State]) -> AsyncIterator[AsyncSession]:
    """A session for the request of a user who is signed in, and whose body is not too large."""
    async with request.state["sessions"]() as session:
        await get_current_user(request, session)
        limit_body(request)
        yield session
