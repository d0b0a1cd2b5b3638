"""Registration and login."""

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from starlette.requests import Request

from app.errors import CHALLENGE, CodedError
from app.lifespan import State
from app.models import User
from app.responses import OrjsonResponse
from app.security import DUMMY_HASH, create_access_token, hash_password, verify_password
from app.settings import TOKEN_LIFETIME_S
from app.validation import read_credentials


async def register(request: Request[State]) -> OrjsonResponse:
    credentials = await read_credentials(request)
    password_hash = await hash_password(credentials.password)
    async with request.state["sessions"]() as session:
        user = User(username=credentials.username, password=password_hash)
        session.add(user)
        try:
            await session.commit()
        except IntegrityError:
            raise CodedError(409, "username_taken", "The username is taken.") from None
    return OrjsonResponse({"id": user.id, "username": user.username}, 201)


async def login(request: Request[State]) -> OrjsonResponse:
    credentials = await read_credentials(request)
    async with request.state["sessions"]() as session:
        user = await session.scalar(select(User).where(User.username == credentials.username))
    # Only now, so that no connection is held while hashing.
    password_hash = user.password if user is not None else DUMMY_HASH
    if not await verify_password(password_hash, credentials.password) or user is None:
        raise CodedError(
            401, "invalid_credentials", "The username or password is wrong.", CHALLENGE
        )
    return OrjsonResponse(
        {
            "access_token": create_access_token(user.id),
            "token_type": "bearer",
            "expires_in": TOKEN_LIFETIME_S,
        }
    )
