"""What the handlers depend on."""

import json
from collections.abc import Callable, Coroutine, Iterator
from typing import Annotated, Any

from fastapi import Depends, HTTPException, Request, Response
from fastapi.routing import APIRoute
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from sqlalchemy.orm import Session

from app.database import Sessions
from app.models import User
from app.security import read_access_token
from app.settings import MAX_BODY_BYTES

bearer = HTTPBearer()


def get_sessions(request: Request) -> Sessions:
    """For handlers that must not hold a connection all the while."""
    return request.state.sessions


SessionsDep = Annotated[Sessions, Depends(get_sessions)]


def get_session(request: Request) -> Iterator[Session]:
    with request.state.sessions() as session:
        yield session


# "function": the connection is given back before the response is sent, not after.
SessionDep = Annotated[Session, Depends(get_session, scope="function")]


def get_current_user(
    session: SessionDep, credentials: Annotated[HTTPAuthorizationCredentials, Depends(bearer)]
) -> User:
    user_id = read_access_token(credentials.credentials)
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
