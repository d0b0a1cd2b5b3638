"""Password hashes and access tokens."""

import re
import secrets
import time
from threading import BoundedSemaphore

import jwt
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from app.schemas import MAX_BIGINT
from app.settings import (
    ARGON2_MEMORY_COST_KIB,
    ARGON2_PARALLELISM,
    ARGON2_TIME_COST,
    HASHING_THREADS,
    JWT_SECRET,
    TOKEN_LIFETIME_S,
)

JWT_ALGORITHM = "HS256"

hasher = PasswordHasher(
    time_cost=ARGON2_TIME_COST,
    memory_cost=ARGON2_MEMORY_COST_KIB,
    parallelism=ARGON2_PARALLELISM,
)
# 19 MiB each: on all threads at once they would take 0.8 GB.
hashing = BoundedSemaphore(HASHING_THREADS)
# A login with an unknown name is checked against this, so that it takes as long as any other.
DUMMY_HASH = hasher.hash(secrets.token_hex())


def hash_password(password: str) -> str:
    with hashing:
        return hasher.hash(password)


def verify_password(password_hash: str, password: str) -> bool:
    try:
        with hashing:
            return hasher.verify(password_hash, password)
    except (InvalidHashError, VerificationError):
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
