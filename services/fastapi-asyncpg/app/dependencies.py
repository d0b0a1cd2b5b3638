"""What the handlers depend on."""

import json
from collections.abc import Callable, Coroutine
from typing import Annotated, Any

from asyncpg import Pool
from fastapi import Depends, HTTPException, Request, Response
from fastapi.routing import APIRoute
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from app.queries import find_user
from app.security import read_access_token
from app.settings import MAX_BODY_BYTES

bearer = HTTPBearer()


async def get_pool(request: Request) -> Pool:
    """Each statement takes a connection and gives it back."""
    return request.state.pool


PoolDep = Annotated[Pool, Depends(get_pool)]


async def get_current_user(
    pool: PoolDep, credentials: Annotated[HTTPAuthorizationCredentials, Depends(bearer)]
) -> int:
    user_id = read_access_token(credentials.credentials)
    if user_id is None or await find_user(pool, user_id) is None:
        raise HTTPException(401, "Invalid token", bearer.make_authenticate_headers())
    return user_id


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
