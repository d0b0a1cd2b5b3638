"""Registration and login."""

from quart import Blueprint, current_app
from quart.typing import ResponseReturnValue
from quart_schema import validate_request
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from werkzeug.exceptions import Conflict

from app.errors import InvalidCredentials
from app.models import User
from app.requests import limit_body
from app.schemas import Credentials
from app.security import DUMMY_HASH, create_access_token, hash_password, verify_password
from app.settings import TOKEN_LIFETIME_S

blueprint = Blueprint("auth", __name__)
blueprint.before_request(limit_body)


@blueprint.post("/register")
@validate_request(Credentials)
async def register(data: Credentials) -> ResponseReturnValue:
    password_hash = await hash_password(data.password)
    async with current_app.sessions() as session:
        user = User(username=data.username, password=password_hash)
        session.add(user)
        try:
            await session.commit()
        except IntegrityError:
            raise Conflict("The username is taken.") from None
    return {"id": user.id, "username": user.username}, 201


@blueprint.post("/login")
@validate_request(Credentials)
async def login(data: Credentials) -> ResponseReturnValue:
    async with current_app.sessions() as session:
        user = await session.scalar(select(User).where(User.username == data.username))
    # Only now, so that no connection is held while hashing.
    password_hash = user.password if user is not None else DUMMY_HASH
    if not await verify_password(password_hash, data.password) or user is None:
        raise InvalidCredentials("The username or password is wrong.")
    token = create_access_token(user.id)
    return {"access_token": token, "token_type": "bearer", "expires_in": TOKEN_LIFETIME_S}
