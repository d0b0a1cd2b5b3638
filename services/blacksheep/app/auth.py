"""Registration and login."""

from blacksheep import Response, json
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import async_sessionmaker

from app.binders import FromCredentials
from app.errors import InvalidCredentials, UsernameTaken
from app.models import User
from app.routing import post
from app.security import DUMMY_HASH, create_access_token, hash_password, verify_password
from app.settings import TOKEN_LIFETIME_S


@post("/api/v1/auth/register")
async def register(credentials: FromCredentials, sessions: async_sessionmaker) -> Response:
    password_hash = await hash_password(credentials.value.password)
    async with sessions() as session:
        user = User(username=credentials.value.username, password=password_hash)
        session.add(user)
        try:
            await session.commit()
        except IntegrityError:
            raise UsernameTaken("The username is taken.") from None
    return json({"id": user.id, "username": user.username}, 201)


@post("/api/v1/auth/login")
async def login(credentials: FromCredentials, sessions: async_sessionmaker) -> Response:
    username, password = credentials.value.username, credentials.value.password
    async with sessions() as session:
        user = await session.scalar(select(User).where(User.username == username))
    # Only now, so that no connection is held while hashing.
    password_hash = user.password if user is not None else DUMMY_HASH
    if not await verify_password(password_hash, password) or user is None:
        raise InvalidCredentials("The username or password is wrong.")
    token = create_access_token(user.id)
    return json({"access_token": token, "token_type": "bearer", "expires_in": TOKEN_LIFETIME_S})
