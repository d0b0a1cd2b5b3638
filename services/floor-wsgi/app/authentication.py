"""Who may ask: the token is read before the database is asked, the user looked up after."""

from psycopg import Connection

from app.errors import unauthorized
from app.http import Request
from app.security import read_access_token

SELECT_USER = "SELECT id FROM users WHERE id = %s"


def read_user_id(request: Request) -> int:
    """The user that the request's token names. Raises a 401 if it has no valid one."""
    scheme, _, token = request.authorization.partition(" ")
    user_id = read_access_token(token.strip()) if scheme.lower() == "bearer" else None
    if user_id is None:
        raise unauthorized()
    return user_id


def check_user(database: Connection, user_id: int) -> None:
    """Raise a 401 if there is no such user."""
    if database.execute(SELECT_USER, (user_id,)).fetchone() is None:
        raise unauthorized()
