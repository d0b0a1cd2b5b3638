"""Components that every request passes, and what is closed when the application stops."""

from typing import Any

import falcon
from falcon.asgi import Request, Response
from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from app.database import Sessions
from app.errors import CHALLENGES
from app.models import User
from app.security import read_access_token


class ExactPath:
    """Answers a path of several leading slashes as an unknown route: the router ignores them."""

    async def process_request(self, req: Request, resp: Response) -> None:
        if req.path.startswith("//"):
            raise falcon.HTTPRouteNotFound


class Authentication:
    """Looks up the user that a token names, in the session that the responder gets."""

    def __init__(self, sessions: Sessions) -> None:
        self.sessions = sessions

    async def process_resource(
        self, req: Request, resp: Response, resource: object, params: dict[str, Any]
    ) -> None:
        if getattr(resource, "is_public", False):
            return
        req.context.session = self.sessions()
        req.context.user = await self.get_current_user(req, req.context.session)

    async def get_current_user(self, req: Request, session: AsyncSession) -> User:
        scheme, _, token = (req.auth or "").partition(" ")
        user_id = read_access_token(token.strip()) if scheme.lower() == "bearer" else None
        user = await session.get(User, user_id) if user_id is not None else None
        if user is None:
            raise falcon.HTTPUnauthorized(title="Not authenticated", challenges=CHALLENGES)
        return user

    async def process_response(
        self, req: Request, resp: Response, resource: object, req_succeeded: bool
    ) -> None:
        if "session" in req.context:
            await req.context.session.close()


class Lifespan:
    """Closes what the requests share."""

    def __init__(self, engine: AsyncEngine, redis: Redis) -> None:
        self.engine = engine
        self.redis = redis

    async def process_shutdown(self, scope: dict[str, Any], event: dict[str, Any]) -> None:
        await self.redis.aclose()
        await self.engine.dispose()
