"""Passwords, tokens and who is signed in."""

import re
import time
from collections.abc import Callable
from functools import wraps

import jwt
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask import g, request

from app.converters import MAX_BIGINT
from app.errors import APIError
from app.extensions import session
from app.models import User
from app.settings import (
    ARGON2_MEMORY_COST_KIB,
    ARGON2_PARALLELISM,
    ARGON2_TIME_COST,
    JWT_SECRET,
    TOKEN_LIFETIME_S,
)

JWT_ALGORITHM = "HS256"

hasher = PasswordHasher(
    time_cost=ARGON2_TIME_COST,
    memory_cost=ARGON2_MEMORY_COST_KIB,
    parallelism=ARGON2_PARALLELISM,
)
hash_password = hasher.hash

# Checked in place of an unknown user's hash, so that the answer's time does not tell who exists.
DUMMY_HASH = hash_password("no user has this password")


def verify_password(password_hash: str, password: str) -> bool:
    try:
        return hasher.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False


def create_access_token(user_id: int) -> str:
    issued_at = int(time.time())
    claims = {"sub": str(user_id), "iat": issued_at, "exp": issued_at + TOKEN_LIFETIME_S}
    return jwt.encode(claims, JWT_SECRET, JWT_ALGORITHM)


def read_access_token(token: str) -> int | None:
    """The user id that a valid token names; None for any other token."""
    try:
        claims = jwt.decode(
            token, JWT_SECRET, algorithms=[JWT_ALGORITHM], options={"require": ["exp", "sub"]}
        )
    except jwt.InvalidTokenError:
        return None
    if re.fullmatch("[0-9]{1,19}", claims["sub"]) is None:
        return None
    user_id = int(claims["sub"])
    return user_id if user_id <= MAX_BIGINT else None


def token_required[**P, R](view: Callable[P, R]) -> Callable[P, R]:
    """Set `g.user` from the request's bearer token; 401 if it names no user."""

    @wraps(view)
    def authenticated(*args: P.args, **kwargs: P.kwargs) -> R:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        user_id = read_access_token(token.strip()) if scheme.lower() == "bearer" else None
        g.user = session.get(User, user_id) if user_id is not None else None
        if g.user is None:
            raise APIError(401, "unauthorized", "A valid bearer token is required.")
        return view(*args, **kwargs)

    return authenticated
