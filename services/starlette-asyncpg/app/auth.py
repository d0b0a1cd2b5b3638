"""Registration and login."""

from asyncpg import UniqueViolationError
from starlette.requests import Request
from starlette.responses import JSONResponse

from app.errors import CHALLENGE, CodedError
from app.lifespan import State
from app.queries import find_password, insert_user
from app.security import DUMMY_HASH, create_access_token, hash_password, verify_password
from app.settings import TOKEN_LIFETIME_S
from app.validation import read_credentials


async def register(request: Request[State]) -> JSONResponse:
    credentials = await read_credentials(request)
    password_hash = await hash_password(credentials.password)
    try:
        user = await insert_user(request.state["pool"], credentials.username, password_hash)
    except UniqueViolationError:
        raise CodedError(409, "username_taken", "The username is taken.") from None
    return JSONResponse(user, 201)


async def login(request: Request[State]) -> JSONResponse:
    credentials = await read_credentials(request)
    user = await find_password(request.state["pool"], credentials.username)
    password_hash = user["password"] if user is not None else DUMMY_HASH
    if not await verify_password(password_hash, credentials.password) or user is None:
        raise CodedError(
            401, "invalid_credentials", "The username or password is wrong.", CHALLENGE
        )
    return JSONResponse(
        {
            "access_token": create_access_token(user["id"]),
            "token_type": "bearer",
            "expires_in": TOKEN_LIFETIME_S,
        }
    )
