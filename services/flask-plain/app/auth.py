"""Registration and login."""

from flask import Blueprint
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.errors import APIError
from app.extensions import session
from app.models import User
from app.schemas import read_credentials
from app.security import DUMMY_HASH, create_access_token, hash_password, verify_password
from app.settings import TOKEN_LIFETIME_S

bp = Blueprint("auth", __name__)


@bp.post("/register")
def register() -> ResponseReturnValue:
    credentials = read_credentials()
    user = User(username=credentials.username, password=hash_password(credentials.password))
    session.add(user)
    try:
        session.commit()
    except IntegrityError:
        raise APIError(409, "username_taken", "The username is taken.") from None
    return {"id": user.id, "username": user.username}, 201


@bp.post("/login")
def login() -> ResponseReturnValue:
    credentials = read_credentials()
    user = session.scalar(select(User).where(User.username == credentials.username))
    session.close()  # hold no connection while hashing
    password_hash = user.password if user is not None else DUMMY_HASH
    if not verify_password(password_hash, credentials.password) or user is None:
        raise APIError(401, "invalid_credentials", "The username or the password is wrong.")
    return {
        "access_token": create_access_token(user.id),
        "token_type": "bearer",
        "expires_in": TOKEN_LIFETIME_S,
    }
