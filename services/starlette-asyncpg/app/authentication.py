"""Who may ask."""

from starlette.exceptions import HTTPException
from starlette.requests import Request

from app.errors import CHALLENGE
from app.lifespan import State
from app.queries import find_user
from app.security import read_access_token
from app.validation import limit_body


async def require_user(request: Request[State]) -> None:
    """Raise 401 unless a user is signed in, then 413 if the body is too large."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    user_id = read_access_token(token.strip()) if scheme.lower() == "bearer" else None
    if user_id is None or await find_user(request.state["pool"], user_id) is None:
        raise HTTPException(401, "Not authenticated", CHALLENGE)
    limit_body(request)
