"""Registration and login."""

from datetime import UTC, datetime

from asyncpg import UniqueViolationError

from app.database import pool
from app.errors import invalid_credentials, username_taken
from app.http import Request, Response
from app.security import DUMMY_HASH, create_access_token, hash_password, verify_password
from app.settings import TOKEN_LIFETIME_S
from app.validation import read_credentials

INSERT_USER = """
    INSERT INTO users (username, password, created_at) VALUES ($1, $2, $3) RETURNING id
"""
SELECT_PASSWORD = "SELECT id, password FROM users WHERE username = $1"


async def register(request: Request) -> Response:
    username, password = await read_credentials(request)
    password_hash = await hash_password(password)
    async with pool.connection() as connection:
        try:
            user_id = await connection.fetchval(
                INSERT_USER, username, password_hash, datetime.now(UTC)
            )
        except UniqueViolationError:
            raise username_taken() from None
    return Response(201, f'{{"id":{user_id},"username":"{username}"}}')


async def login(request: Request) -> Response:
    username, password = await read_credentials(request)
    async with pool.connection() as connection:
        user = await connection.fetchrow(SELECT_PASSWORD, username)
    # Only now, so that no connection is held while hashing.
    password_hash = user["password"] if user is not None else DUMMY_HASH
    if not await verify_password(password_hash, password) or user is None:
        raise invalid_credentials()
    token = create_access_token(user["id"])
    return Response(
        200,
        f'{{"access_token":"{token}","token_type":"bearer","expires_in":{TOKEN_LIFETIME_S}}}',
    )
