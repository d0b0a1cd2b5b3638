"""Registration and login."""

from fastapi import APIRouter
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.dependencies import LimitedBodyRoute, SessionsDep
from app.errors import CHALLENGE, CodedError
from app.models import User
from app.responses import TokenOut, UserOut
from app.schemas import Credentials
from app.security import DUMMY_HASH, create_access_token, hash_password, verify_password

router = APIRouter(prefix="/auth", tags=["auth"], route_class=LimitedBodyRoute)


@router.post("/register", status_code=201, response_model=UserOut)
def register(credentials: Credentials, sessions: SessionsDep) -> User:
    password_hash = hash_password(credentials.password)
    with sessions() as session:
        user = User(username=credentials.username, password=password_hash)
        session.add(user)
        try:
            session.commit()
        except IntegrityError:
            raise CodedError(409, "username_taken", "The username is taken.") from None
    return user


@router.post("/login")
def login(credentials: Credentials, sessions: SessionsDep) -> TokenOut:
    with sessions() as session:
        user = session.scalar(select(User).where(User.username == credentials.username))
    # Only now, so that no connection is held while hashing.
    password_hash = user.password if user is not None else DUMMY_HASH
    if not verify_password(password_hash, credentials.password) or user is None:
        raise CodedError(
            401, "invalid_credentials", "The username or password is wrong.", CHALLENGE
        )
    return TokenOut(access_token=create_access_token(user.id))
