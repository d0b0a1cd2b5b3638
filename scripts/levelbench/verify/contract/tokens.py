"""JSON Web Tokens made by hand: a library would refuse to make the wrong ones."""

import base64
import hashlib
import hmac
import json
import time
from typing import Any

TOKEN_LIFETIME_S = 3600

_DIGESTS = {"HS256": hashlib.sha256, "HS384": hashlib.sha384, "HS512": hashlib.sha512}


def claims(sub: Any, *, expires_in_s: int = TOKEN_LIFETIME_S) -> dict[str, Any]:
    """The claims of a token issued now."""
    now = int(time.time())
    return {"sub": sub, "iat": now, "exp": now + expires_in_s}


def sign(payload: Any, secret: str, alg: str = "HS256", header: Any = None) -> str:
    """A token over `payload`, signed with `alg`, under a `header` that says so or another.

    Both are JSON values, or bytes that are taken as they are.
    """
    signed = f"{_part(header or {'alg': alg, 'typ': 'JWT'})}.{_part(payload)}"
    return f"{signed}.{_signature(signed, secret, alg)}"


def unsigned(payload: Any, alg: str, signature: str = "") -> str:
    """A token whose header names `alg` (some spelling of "none")."""
    return f"{_part({'alg': alg, 'typ': 'JWT'})}.{_part(payload)}.{signature}"


def decode(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Header and claims, unverified. Raises ValueError if `token` is no JWT of two objects."""
    header, payload, _ = token.split(".")
    parts = tuple(json.loads(base64.urlsafe_b64decode(part + "==")) for part in (header, payload))
    if not all(isinstance(part, dict) for part in parts):
        raise ValueError("not an object")
    return parts[0], parts[1]


def is_signed_with(token: str, secret: str) -> bool:
    """Whether `token` carries the HS256 signature (RFC 7518, section 3.2) made with `secret`."""
    signed, _, signature = token.rpartition(".")
    return hmac.compare_digest(signature, _signature(signed, secret, "HS256"))


def _part(value: Any) -> str:
    raw = value if isinstance(value, bytes) else json.dumps(value).encode("ascii")
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


def _signature(signed: str, secret: str, alg: str) -> str:
    return _part(hmac.digest(secret.encode(), signed.encode("ascii"), _DIGESTS[alg]))
