"""Registration and login."""

from aiohttp import web
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.errors import CHALLENGE, InvalidCredentialsError
from app.lifespan import SESSIONS
from app.models import User
from app.security import DUMMY_HASH, create_access_token, hash_password, verify_password
from app.settings import TOKEN_LIFETIME_S
from app.validation import read_credentials


async def register(request: web.Request) -> web.Response:
    credentials = await read_credentials(request)
    password_hash = await hash_password(credentials.password)
    async with request.app[SESSIONS]() as session:
        user = User(username=credentials.username, password=password_hash)
        session.add(user)
        try:
            await session.commit()
        except IntegrityError:
            raise web.HTTPConflict(reason="The username is taken.") from None
    return web.json_response({"id": user.id, "username": user.username}, status=201)


async def login(request: web.Request) -> web.Response:
    credentials = await read_credentials(request)
    async with request.app[SESSIONS]() as session:
        user = await session.scalar(select(User).where(User.username == credentials.username))
    # Only now, so that no connection is held while hashing.
    password_hash = user.password if user is not None else DUMMY_HASH
    if not await verify_password(password_hash, credentials.password) or user is None:
        raise InvalidCredentialsError(headers=CHALLENGE)
    return web.json_response(
        {
            "access_token": create_access_token(user.id),
            "token_type": "bearer",
            "expires_in": TOKEN_LIFETIME_S,
        }
    )
