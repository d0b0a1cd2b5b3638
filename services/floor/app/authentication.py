"""Who may ask: the token is read before a connection is taken, the user looked up after."""

from asyncpg import Connection

from app.errors import unauthorized
from app.http import Request
from app.security import read_access_token

SELECT_USER = "SELECT id FROM users WHERE id = $1"


def read_user_id(request: Request) -> int:
    """The user that the request's token names. Raises a 401 if it has no valid one."""
    scheme, _, token = request.headers.get(b"authorization", b"").partition(b" ")
    user_id = read_access_token(token.strip()) if scheme.lower() == b"bearer" else None
    if user_id is None:
        raise unauthorized()
    return user_id


async def check_user(connection: Connection, user_id: int) -> None:
    """Raise a 401 if there is no such user."""
    if await connection.fetchval(SELECT_USER, user_id) is None:
        raise unauthorized()
