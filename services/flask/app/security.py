"""Passwords, tokens and who is signed in."""

from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask import Response, request
from flask_jwt_extended import create_access_token as create_jwt

from app.converters import MAX_BIGINT, parse_digits
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


def verify_password(password_hash: str, password: str) -> bool:
    try:
        return hasher.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False


def create_access_token(user_id: int) -> str:
    return create_jwt(identity=str(user_id))


def normalise_bearer() -> None:
    """Let Flask-JWT-Extended see "Bearer TOKEN" or nothing.

    It compares the scheme as it stands, and a scheme is case-insensitive (RFC 9110, 11.1).
    """
    match request.environ.pop("HTTP_AUTHORIZATION", "").split():
        case [scheme, token] if scheme.lower() == "bearer":
            request.environ["HTTP_AUTHORIZATION"] = f"Bearer {token}"


@jwt.token_verification_loader
def has_expiry(_header: dict[str, Any], claims: dict[str, Any]) -> bool:
    """PyJWT checks `exp` only where a token has one."""
    return "exp" in claims


@jwt.user_lookup_loader
def load_user(_header: dict[str, Any], claims: dict[str, Any]) -> User | None:
    user_id = parse_digits(claims["sub"])
    if user_id is None or user_id > MAX_BIGINT:
        return None
    return db.session.get(User, user_id)


def unauthorized(*_: object) -> Response:
    response = error_response(401, "unauthorized", "A valid bearer token is required.")
    response.headers["WWW-Authenticate"] = "Bearer"
    return response


jwt.unauthorized_loader(unauthorized)
jwt.invalid_token_loader(unauthorized)
jwt.expired_token_loader(unauthorized)
jwt.token_verification_failed_loader(unauthorized)
jwt.user_lookup_error_loader(unauthorized)
