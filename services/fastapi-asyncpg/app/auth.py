"""Registration and login."""

from typing import Any

from asyncpg import UniqueViolationError
from fastapi import APIRouter

from app.dependencies import LimitedBodyRoute, PoolDep
from app.errors import CHALLENGE, CodedError
from app.queries import find_password, insert_user
from app.responses import TokenOut, UserOut
from app.schemas import Credentials
from app.security import DUMMY_HASH, create_access_token, hash_password, verify_password

router = APIRouter(prefix="/auth", tags=["auth"], route_class=LimitedBodyRoute)


@router.post("/register", status_code=201, response_model=UserOut)
async def register(credentials: Credentials, pool: PoolDep) -> dict[str, Any]:
    password_hash = await hash_password(credentials.password)
    try:
        return await insert_user(pool, credentials.username, password_hash)
    except UniqueViolationError:
        raise CodedError(409, "username_taken", "The username is taken.") from None


@router.post("/login")
async def login(credentials: Credentials, pool: PoolDep) -> TokenOut:
    user = await find_password(pool, credentials.username)
    password_hash = user["password"] if user is not None else DUMMY_HASH
    if not await verify_password(password_hash, credentials.password) or user is None:
        raise CodedError(
            401, "invalid_credentials", "The username or password is wrong.", CHALLENGE
        )
    return TokenOut(access_token=create_access_token(user["id"]))
