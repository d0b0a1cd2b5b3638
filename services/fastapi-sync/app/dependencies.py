"""What the handlers depend on."""

import json
from collections.abc import Callable, Coroutine
from typing import Annotated, Any

from fastapi import Depends, HTTPException, Request, Response
from fastapi.routing import APIRoute
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from app.database import Sessions
from app.models import User
from app.security import read_access_token
from app.settings import MAX_BODY_BYTES

bearer = HTTPBearer()


async def get_sessions(request: Request) -> Sessions:
    """A session begins and ends within one function, on one thread. One that is kept from function
    to function holds its connection while it waits for a thread; the threads may all wait for a
    connection."""
    return request.state.sessions


SessionsDep = Annotated[Sessions, Depends(get_sessions)]


def get_current_user(
    sessions: SessionsDep, credentials: Annotated[HTTPAuthorizationCredentials, Depends(bearer)]
) -> User:
    user_id = read_access_token(credentials.credentials)
    with sessions() as session:
        user = session.get(User, user_id) if user_id is not None else None
    if user is None:
        raise HTTPException(401, "Invalid token", bearer.make_authenticate_headers())
    return user


CurrentUser = Annotated[User, Depends(get_current_user)]


async def limit_body(request: Request) -> None:
    """Refuse a body by its declared length, without waiting for it."""
    if int(request.headers.get("content-length", 0)) > MAX_BODY_BYTES:
        raise HTTPException(413, "The body is too large.")


class UTF8Request(Request):
    """A request whose JSON is in UTF-8: json.loads would take UTF-16 and surrogates from bytes."""

    async def json(self) -> Any:
        return json.loads((await self.body()).decode())


class LimitedBodyRoute(APIRoute):
    """A route with a body: FastAPI reads it before it solves any dependency."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def handle_limited(request: Request) -> Response:
            await limit_body(request)
            return await handle(UTF8Request(request.scope, request.receive))

        return handle_limited
