"""Parity rule "password hash": parameters of the stored hash, and login that uses it."""

import base64
import re
from collections.abc import Callable

from levelbench.verify.contract.subject import LOGIN
from levelbench.verify.parity.ground import Ground

# The PHC string format, optionally after the framework's prefix (`argon2` in Django).
_ARGON2 = re.compile(
    r"^(?:argon2)?\$(argon2[a-z]*)\$v=(\d+)\$(m=\d+,t=\d+,p=\d+)\$([^$]+)\$([^$]+)$"
)
EXPECTED = "argon2id, v=19, m=19456,t=2,p=1, a hash of 32 bytes, a salt of 16 bytes or more"
SALT_BYTES_MIN = 16
SAMPLE = 3
# argon2id with the contract's parameters, computed by another program than any contestant.
KNOWN_PASSWORD = "correct horse 1"
KNOWN_HASH = (
    "$argon2id$v=19$m=19456,t=2,p=1$bGV2ZWxiZW5jaC1rbm93cy13aGF0LXRoaXMtaG9sZHM"
    "$CDf794FIUX8lARmqAaLwwzb2JbYp20XJLTkCfOHZ3uo"
)
LOGINS = 24
LOGIN_COST_MIN = 0.5
"""Share of a registration's CPU time. The hash is nearly all of both."""
# CPU time of the container in microseconds: cgroup version 2, then 1 (in nanoseconds).
_CPU_SCRIPT = """
cd /sys/fs/cgroup
sed -n 's/^usage_usec //p' cpu.stat 2>/dev/null || expr $(cat cpuacct/cpuacct.usage) / 1000
"""


def audit(ground: Ground) -> None:
    """Check the stored hashes and how login uses them."""
    subject = ground.subject
    users = [subject.register(password="the same for all") for _ in range(SAMPLE)]
    ids = ", ".join(str(user.id) for user in users)
    stored: list[str] = ground.json(f"SELECT json_agg(password) FROM users WHERE id IN ({ids})")
    shapes = sorted({parameters(value) for value in stored})
    ground.record("password hash", "parameters", EXPECTED, "; ".join(shapes))
    ground.record("password hash", "each hash has its own salt", f"{SAMPLE} hashes of one password",
                f"{len(set(stored))} hashes of one password")  # fmt: skip
    _check_login(ground)
    _check_known_hash(ground, stored[0])
    _check_cost(ground)


def parameters(stored: str) -> str:
    """The parameters of a stored hash, formatted for the ledger."""
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


def _check_login(ground: Ground) -> None:
    """Write another user's hash into the row: login then needs that user's password."""
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
    ground.record(
        "password hash",
        "login uses the stored hash",
        "200 before; after a change of the row, 401 for the old password and 200 for the new one",
        f"{earlier} before; after a change of the row, {_all(old)} for the old password and "
        f"{_all(new)} for the new one",
    )


def _all(statuses: set[int]) -> str:
    return " and ".join(map(str, sorted(statuses)))


def _check_known_hash(ground: Ground, stored: str) -> None:
    """Login accepts a hash from another program, so the hash is computed as its parameters say."""
    subject = ground.subject
    user = subject.register(password="to be replaced")
    mark = stored.partition("$argon2")[0]
    ground.sql(f"UPDATE users SET password = '{mark}{KNOWN_HASH}' WHERE id = {user.id}")
    known = {"username": user.username, "password": KNOWN_PASSWORD}
    statuses = {r.status for r in ground.each(lambda n: subject.post(LOGIN, known), 6)}
    ground.record("password hash", "a hash from another program is accepted", "200", _all(statuses))


def _check_cost(ground: Ground) -> None:
    """Every login of the same user computes a hash, as every registration does."""
    subject = ground.subject
    user = subject.register()
    # Warm up every process first: a process that caches the result is then found.
    ground.each(lambda n: subject.post(LOGIN, user.credentials), LOGINS)
    login = _cpu_us(ground, lambda n: subject.post(LOGIN, user.credentials))
    register = _cpu_us(ground, lambda n: subject.register())
    wanted = f"{LOGIN_COST_MIN:.0%} or more of a registration's CPU time"
    enough = login >= LOGIN_COST_MIN * register
    ground.record("password hash", "each login computes a hash", wanted,
                wanted if enough else f"{login / register:.0%} of it", enough)  # fmt: skip


def _cpu_us(ground: Ground, call: Callable[[int], object]) -> int:
    """CPU time of the contestant for LOGINS calls, in microseconds."""
    before = int(ground.exec(_CPU_SCRIPT))
    ground.each(call, LOGINS)
    return int(ground.exec(_CPU_SCRIPT)) - before
