"""Registration and login."""

from sanic import Blueprint, HTTPResponse, Request
from sanic.response import json
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.errors import InvalidCredentials, UsernameTaken
from app.models import User
from app.schemas import Credentials
from app.security import DUMMY_HASH, create_access_token, hash_password, verify_password
from app.settings import TOKEN_LIFETIME_S

auth = Blueprint("auth", url_prefix="/auth")


@auth.post("/register")
async def register(request: Request, credentials: Credentials) -> HTTPResponse:
    password_hash = await hash_password(credentials.password)
    async with request.app.ctx.sessions() as session:
        user = User(username=credentials.username, password=password_hash)
        session.add(user)
        try:
            await session.commit()
        except IntegrityError:
            raise UsernameTaken from None
    return json({"id": user.id, "username": user.username}, 201)


@auth.post("/login")
async def login(request: Request, credentials: Credentials) -> HTTPResponse:
    async with request.app.ctx.sessions() as session:
        user = await session.scalar(select(User).where(User.username == credentials.username))
    # Only now, so that no connection is held while hashing.
    password_hash = user.password if user is not None else DUMMY_HASH
    if not await verify_password(password_hash, credentials.password) or user is None:
        raise InvalidCredentials("The username or password is wrong.", scheme="Bearer")
    return json(
        {
            "access_token": create_access_token(user.id),
            "token_type": "bearer",
            "expires_in": TOKEN_LIFETIME_S,
        }
    )
