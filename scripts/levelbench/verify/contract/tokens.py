"""Build JSON Web Tokens by hand, because a library refuses to build invalid ones."""

import base64
import hashlib
import hmac
import json
import time
from typing import Any

TOKEN_LIFETIME_S = 3600

_DIGESTS = {"HS256": hashlib.sha256, "HS384": hashlib.sha384, "HS512": hashlib.sha512}


def claims(sub: Any, *, expires_in_s: int = TOKEN_LIFETIME_S) -> dict[str, Any]:
    """Claims of a token that is issued now."""
    now = int(time.time())
    return {"sub": sub, "iat": now, "exp": now + expires_in_s}


def sign(payload: Any, secret: str, alg: str = "HS256", header: Any = None) -> str:
    """Sign a token with `alg`; its header names `alg` unless `header` is given.

    `payload` and `header` are JSON values, or bytes that are used unchanged.
    """
    signed = f"{_part(header or {'alg': alg, 'typ': 'JWT'})}.{_part(payload)}"
    return f"{signed}.{_signature(signed, secret, alg)}"


def unsigned(payload: Any, alg: str, signature: str = "") -> str:
    """Build a token whose header names `alg` (a spelling of "none")."""
    return f"{_part({'alg': alg, 'typ': 'JWT'})}.{_part(payload)}.{signature}"


def decode(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Decode header and claims without verification. Raises ValueError for an invalid JWT."""
    header, payload, _ = token.split(".")
    parts = tuple(json.loads(base64.urlsafe_b64decode(part + "==")) for part in (header, payload))
    if not all(isinstance(part, dict) for part in parts):
        raise ValueError("not an object")
    return parts[0], parts[1]


def is_signed_with(token: str, secret: str) -> bool:
    """Whether `token` has the HS256 signature (RFC 7518, section 3.2) for `secret`."""
    signed, _, signature = token.rpartition(".")
    return hmac.compare_digest(signature, _signature(signed, secret, "HS256"))


def _part(value: Any) -> str:
    raw = value if isinstance(value, bytes) else json.dumps(value).encode("ascii")
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


def _signature(signed: str, secret: str, alg: str) -> str:
    return _part(hmac.digest(secret.encode(), signed.encode("ascii"), _DIGESTS[alg]))
