"""Who may ask."""

from litestar.connection import ASGIConnection
from litestar.exceptions import NotAuthorizedException
from litestar.middleware import AbstractAuthenticationMiddleware, AuthenticationResult

from app.lifespan import alchemy
from app.models import User
from app.security import read_access_token


class AuthenticationMiddleware(AbstractAuthenticationMiddleware):
    """Looks up the user that a token names, in the session that the handler gets."""

    async def authenticate_request(self, connection: ASGIConnection) -> AuthenticationResult:
        scheme, _, token = connection.headers.get("authorization", "").partition(" ")
        user_id = read_access_token(token.strip()) if scheme.lower() == "bearer" else None
        if user_id is None:
            raise NotAuthorizedException("Not authenticated")
        session = alchemy.provide_session(connection.app.state, connection.scope)
        user = await session.get(User, user_id)
        if user is None:
            raise NotAuthorizedException("Not authenticated")
        return AuthenticationResult(user=user, auth=token)
