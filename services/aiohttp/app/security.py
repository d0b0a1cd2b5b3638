"""Password hashes and access tokens."""

import re
import secrets
import time

import jwt
from anyio import CapacityLimiter, to_thread
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
# Hashing takes some 20 ms of CPU: on the event loop it would stop every other request.
hashing = CapacityLimiter(HASHING_THREADS)
# A login with an unknown name is checked against this, so that it takes as long as any other.
DUMMY_HASH = hasher.hash(secrets.token_hex())


async def hash_password(password: str) -> str:
    return await to_thread.run_sync(hasher.hash, password, limiter=hashing)


async def verify_password(password_hash: str, password: str) -> bool:
    try:
        return await to_thread.run_sync(hasher.verify, password_hash, password, limiter=hashing)
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
