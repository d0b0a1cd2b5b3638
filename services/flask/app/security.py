"""Passwords, tokens and who is signed in."""

import re
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask import Response, request
from flask_jwt_extended import create_access_token as create_jwt

from app.converters import MAX_BIGINT
from app.errors import error_response
from app.extensions import db, jwt
from app.models import User
from app.settings import ARGON2_MEMORY_COST_KIB, ARGON2_PARALLELISM, ARGON2_TIME_COST

hasher = PasswordHasher(
    time_cost=ARGON2_TIME_COST,
    memory_cost=ARGON2_MEMORY_COST_KIB,
    parallelism=ARGON2_PARALLELISM,
)
hash_password = hasher.hash

# Checked in place of an unknown user's hash, so that the answer's time does not tell who exists.
DUMMY_HASH = hash_password("no user has this password")

BEARER = re.compile(r"bearer +([a-z0-9._~+/-]+=*)", re.IGNORECASE | re.ASCII)


def verify_password(password_hash: str, password: str) -> bool:
    try:
        return hasher.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False


def create_access_token(user_id: int) -> str:
    return create_jwt(identity=str(user_id))


def normalise_bearer() -> None:
    """Let Flask-JWT-Extended see "Bearer TOKEN" or nothing.

    It compares the scheme as it stands, and a scheme is case-insensitive (RFC 9110, 11.1); it
    takes lists and other blanks, and there is one token after one or more spaces (RFC 6750, 2.1).
    """
    header = request.environ.pop("HTTP_AUTHORIZATION", "")
    if match := BEARER.fullmatch(header):
        request.environ["HTTP_AUTHORIZATION"] = f"Bearer {match[1]}"


@jwt.token_verification_loader
def verify_claims(_header: dict[str, Any], claims: dict[str, Any]) -> bool:
    """PyJWT checks `exp` only where a token has one, and `aud` only where an audience is set.

    A token for a named audience is meant for someone else (RFC 7519, 4.1.3).
    """
    return "exp" in claims and not claims.get("aud")


@jwt.user_lookup_loader
def load_user(_header: dict[str, Any], claims: dict[str, Any]) -> User | None:
    if re.fullmatch("[0-9]{1,19}", claims["sub"]) is None:
        return None
    user_id = int(claims["sub"])
    return db.session.get(User, user_id) if user_id <= MAX_BIGINT else None


def unauthorized(*_: object) -> Response:
    return error_response(401, "unauthorized", "A valid bearer token is required.")


jwt.unauthorized_loader(unauthorized)
jwt.invalid_token_loader(unauthorized)
jwt.expired_token_loader(unauthorized)
jwt.token_verification_failed_loader(unauthorized)
jwt.user_lookup_error_loader(unauthorized)
