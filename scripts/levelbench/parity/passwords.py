"""Password hash: the parameters of what is stored, and that a login goes by it."""

import base64
import re

from levelbench.contract.subject import LOGIN
from levelbench.parity.ground import Ground

# The PHC string format; what stands before it is the framework's own mark (Django's `argon2`).
_ARGON2 = re.compile(
    r"^(?:argon2)?\$(argon2[a-z]*)\$v=(\d+)\$(m=\d+,t=\d+,p=\d+)\$([^$]+)\$([^$]+)$"
)
EXPECTED = "argon2id, v=19, m=19456,t=2,p=1, a hash of 32 bytes, a salt of 16 bytes or more"
SALT_BYTES_MIN = 16
SAMPLE = 3


def audit(ground: Ground) -> None:
    """What registrations store, and what a login compares with."""
    subject = ground.subject
    users = [subject.register(password="the same for all") for _ in range(SAMPLE)]
    ids = ", ".join(str(user.id) for user in users)
    stored: list[str] = ground.json(f"SELECT json_agg(password) FROM users WHERE id IN ({ids})")
    shapes = sorted({parameters(value) for value in stored})
    ground.hold("password hash", "parameters", EXPECTED, "; ".join(shapes))
    ground.hold("password hash", "each has a salt of its own", f"{SAMPLE} hashes of one password",
                f"{len(set(stored))} hashes of one password")  # fmt: skip
    _hold_login(ground)


def parameters(stored: str) -> str:
    """What a stored hash says of itself, in words."""
    match = _ARGON2.match(stored)
    if match is None:
        return "not an argon2 hash"
    variant, version, costs, salt, digest = match.groups()
    salted = _length(salt)
    salt_text = f"{SALT_BYTES_MIN} bytes or more" if salted >= SALT_BYTES_MIN else f"{salted} bytes"
    return (
        f"{variant}, v={version}, {costs}, a hash of {_length(digest)} bytes, a salt of {salt_text}"
    )


def _length(encoded: str) -> int:
    return len(base64.b64decode(encoded + "=" * (-len(encoded) % 4)))


def _hold_login(ground: Ground) -> None:
    """Put another user's hash into the row: from then on that user's password opens it."""
    subject = ground.subject
    user, other = subject.register(password="first password"), subject.register(password="second 2")
    earlier = subject.post(LOGIN, user.credentials).status
    ground.sql(
        f"UPDATE users SET password = (SELECT password FROM users WHERE id = {other.id}) "
        f"WHERE id = {user.id}"
    )
    old = {r.status for r in ground.each(lambda n: subject.post(LOGIN, user.credentials), 6)}
    changed = {"username": user.username, "password": other.password}
    new = {r.status for r in ground.each(lambda n: subject.post(LOGIN, changed), 6)}
    ground.hold(
        "password hash",
        "a login goes by the stored hash",
        "before 200; after a change of the row 401 for the old password, 200 for the new",
        f"before {earlier}; after a change of the row {_all(old)} for the old password, "
        f"{_all(new)} for the new",
    )


def _all(statuses: set[int]) -> str:
    return " and ".join(map(str, sorted(statuses)))
