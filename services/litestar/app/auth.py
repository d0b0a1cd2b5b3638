"""Registration and login."""

from litestar import post
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from app.errors import InvalidCredentialsError, UsernameTakenError
from app.models import User
from app.responses import TokenOut, UserDTO
from app.schemas import Credentials
from app.security import DUMMY_HASH, create_access_token, hash_password, verify_password


@post("/register", return_dto=UserDTO)
async def register(data: Credentials, db_session: AsyncSession) -> User:
    password_hash = await hash_password(data.password)
    user = User(username=data.username, password=password_hash)
    db_session.add(user)
    try:
        await db_session.commit()
    except IntegrityError:
        raise UsernameTakenError("The username is taken.") from None
    return user


@post("/login", status_code=200)
async def login(data: Credentials, db_session: AsyncSession) -> TokenOut:
    user = await db_session.scalar(select(User).where(User.username == data.username))
    await db_session.close()  # gives the connection back: none is held while hashing
    password_hash = user.password if user is not None else DUMMY_HASH
    if not await verify_password(password_hash, data.password) or user is None:
        raise InvalidCredentialsError("The username or password is wrong.")
    return TokenOut(access_token=create_access_token(user.id))
