"""Password hashes and access tokens."""

import hmac
import json
import re
import secrets
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from app.settings import (
    ARGON2_MEMORY_COST_KIB,
    ARGON2_PARALLELISM,
    ARGON2_TIME_COST,
    JWT_SECRET,
    TOKEN_LIFETIME_S,
)
from app.validation import MAX_BIGINT

hasher = PasswordHasher(
    time_cost=ARGON2_TIME_COST,
    memory_cost=ARGON2_MEMORY_COST_KIB,
    parallelism=ARGON2_PARALLELISM,
)
hash_password = hasher.hash
# A login with an unknown name is checked against this, so that it takes as long as any other.
DUMMY_HASH = hasher.hash(secrets.token_hex())


def verify_password(password_hash: str, password: str) -> bool:
    try:
        return hasher.verify(password_hash, password)
    except (InvalidHashError, VerificationError):
        return False


# JSON Web Tokens (RFC 7519) signed with HS256 (RFC 7515). PyJWT takes five times as long.

KEY = JWT_SECRET.encode()
USER_ID = re.compile("[0-9]{1,19}")


def encode_part(value: dict[str, Any]) -> bytes:
    return urlsafe_b64encode(json.dumps(value, separators=(",", ":")).encode()).rstrip(b"=")


def decode_part(part: bytes) -> Any:
    """Raises ValueError if the part is no JSON, RecursionError if it is nested without end."""
    return json.loads(urlsafe_b64decode(part + b"==").decode())


def sign(signed: bytes) -> bytes:
    return urlsafe_b64encode(hmac.digest(KEY, signed, "sha256")).rstrip(b"=")


HEADER = encode_part({"alg": "HS256", "typ": "JWT"})


def create_access_token(user_id: int) -> str:
    issued_at = int(time.time())
    claims = {"sub": str(user_id), "iat": issued_at, "exp": issued_at + TOKEN_LIFETIME_S}
    signed = HEADER + b"." + encode_part(claims)
    return (signed + b"." + sign(signed)).decode()


def read_access_token(text: str) -> int | None:
    """The user id that a valid token names; None for any other token."""
    signed, _, signature = text.encode("latin-1").rpartition(b".")
    # Compared as it was sent: of the ways to write the same bytes in base64 one is right.
    if not hmac.compare_digest(sign(signed), signature):
        return None
    # From here on, whoever made the token holds the key.
    header, _, payload = signed.partition(b".")
    try:
        if header != HEADER and not is_hs256(decode_part(header)):
            return None
        claims = decode_part(payload)
    except (ValueError, RecursionError):
        return None
    return read_claims(claims) if isinstance(claims, dict) else None


def is_hs256(header: Any) -> bool:
    """Whether a header asks for what is done here, and for nothing that is not understood."""
    return isinstance(header, dict) and header.get("alg") == "HS256" and "crit" not in header


def read_claims(claims: dict[str, Any]) -> int | None:
    now = time.time()
    expires_at, not_before, subject = claims.get("exp"), claims.get("nbf", now), claims.get("sub")
    if not (is_number(expires_at) and expires_at > now):
        return None
    if not (is_number(not_before) and not_before <= now):
        return None
    # A token for a named audience is meant for someone else (RFC 7519, 4.1.3).
    if claims.get("aud"):
        return None
    if not isinstance(subject, str) or USER_ID.fullmatch(subject) is None:
        return None
    user_id = int(subject)
    return user_id if user_id <= MAX_BIGINT else None


def is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
