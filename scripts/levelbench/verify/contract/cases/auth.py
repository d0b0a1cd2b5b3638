"""Register and login: responses, also under concurrency."""

import time
from collections import Counter
from functools import partial

from levelbench.verify.contract import expect, tokens
from levelbench.verify.contract.case import Cases
from levelbench.verify.contract.expect import Kind
from levelbench.verify.contract.reply import Reply
from levelbench.verify.contract.subject import LOGIN, ORDERS, REGISTER, Subject
from levelbench.verify.contract.violation import MismatchError

CASES = Cases()

CLOCK_TOLERANCE_S = 10
BURST_TIMEOUT_S = 30.0  # 100 hashes on one core take 2 to 5 s

_TOKEN_REPLY = {
    "access_token": Kind(
        "a token of three parts", lambda value: isinstance(value, str) and value.count(".") == 2
    ),
    "token_type": Kind('"bearer"', lambda value: value == "bearer"),
    "expires_in": Kind("the integer 3600", lambda value: type(value) is int and value == 3600),
}


@CASES.named("register/created")
def created(subject: Subject) -> None:
    name = subject.new_username()
    reply = subject.post(REGISTER, {"username": name, "password": "correct horse 1"})
    expect.status(reply, 201)
    found = expect.shape(reply.json(), expect.USER, "the user", reply)
    expect.require(found["username"] == name, f"username {name!r}", reply)
    expect.require(found["id"] > 0, "an id greater than 0", reply)


@CASES.named("register/ids-differ")
def ids_differ(subject: Subject) -> None:
    a, b = subject.user, subject.other_user
    if a.id == b.id:
        raise MismatchError("different ids for two users", f"{a.id} twice")


@CASES.named("register/username-taken")
def username_taken(subject: Subject) -> None:
    value = {"username": subject.user.username, "password": "another horse 2"}
    expect.error(subject.post(REGISTER, value), 409, "username_taken")
    expect.status(
        subject.post(LOGIN, subject.user.credentials), 200
    )  # the first password remains valid


@CASES.named("register/seeded-username-taken")
def seeded_username_taken(subject: Subject) -> None:
    value = {"username": subject.order["user"]["username"], "password": "correct horse 1"}
    expect.error(subject.post(REGISTER, value), 409, "username_taken")


@CASES.named("register/20-at-once-give-one-user")
def race(subject: Subject) -> None:
    value = {"username": subject.new_username(), "password": "correct horse 1"}
    replies = subject.at_once([lambda: subject.post(REGISTER, value)] * 20)
    seen = Counter(reply.status for reply in replies)
    if seen != {201: 1, 409: 19}:
        raise MismatchError("one 201 and nineteen 409", str(dict(seen)))
    for reply in replies:
        if reply.status == 409:
            expect.error(reply, 409, "username_taken")
    expect.status(subject.post(LOGIN, value), 200)


@CASES.named("register/ignores-authorization")
def register_ignores_authorization(subject: Subject) -> None:
    value = {"username": subject.new_username(), "password": "correct horse 1"}
    expect.status(subject.post(REGISTER, value, token="nonsense"), 201)


@CASES.named("login/ignores-authorization")
def login_ignores_authorization(subject: Subject) -> None:
    expect.status(subject.post(LOGIN, subject.user.credentials, token="nonsense"), 200)


@CASES.named("login/answer")
def login_answer(subject: Subject) -> None:
    reply = subject.post(LOGIN, subject.user.credentials)
    expect.status(reply, 200)
    expect.shape(reply.json(), _TOKEN_REPLY, "the login", reply)


@CASES.named("login/token-claims")
def token_claims(subject: Subject) -> None:
    token = subject.sign_in(subject.user)
    now = time.time()
    try:
        header, claims = tokens.decode(token)
    except ValueError:
        raise MismatchError(
            "a JWT of a header and claims", "a token that does not decode"
        ) from None
    if header.get("alg") != "HS256":
        raise MismatchError("alg HS256", f"alg {header.get('alg')!r}")
    sub, exp, iat = claims.get("sub"), claims.get("exp"), claims.get("iat")
    if sub != str(subject.user.id):
        raise MismatchError(f"sub {str(subject.user.id)!r} (a string)", f"sub {sub!r}")
    if not isinstance(exp, int | float) or isinstance(exp, bool):
        raise MismatchError("exp, a number", f"exp {exp!r}")
    if abs(exp - now - tokens.TOKEN_LIFETIME_S) > CLOCK_TOLERANCE_S:
        raise MismatchError("exp 3600 s from now", f"exp {exp - now:.0f} s from now")
    if iat is not None and round(exp - iat) != tokens.TOKEN_LIFETIME_S:
        raise MismatchError("exp 3600 s after iat", f"exp - iat = {exp - iat!r} s")


@CASES.named("login/token-signed-with-the-runs-key", needs_secret=True)
def token_signature(subject: Subject) -> None:
    if not tokens.is_signed_with(subject.token, subject.secret):
        raise MismatchError("an HS256 signature with the run's key", "another signature")


@CASES.named("login/each-token-is-valid")
def each_token_valid(subject: Subject) -> None:
    target = f"{ORDERS}/{subject.order['id']}"
    for user in (subject.user, subject.other_user, subject.user):
        expect.status(subject.call("GET", target, token=subject.sign_in(user)), 200)
    expect.status(
        subject.call("GET", target, token=subject.token), 200
    )  # older tokens are still valid


@CASES.named("login/wrong-password")
def wrong_password(subject: Subject) -> None:
    value = {"username": subject.user.username, "password": "wrong horse 1"}
    expect.error(subject.post(LOGIN, value), 401, "invalid_credentials")


@CASES.named("login/another-users-password")
def another_users_password(subject: Subject) -> None:
    owner = subject.register(password="not the same 1")
    value = {"username": subject.user.username, "password": owner.password}
    expect.error(subject.post(LOGIN, value), 401, "invalid_credentials")


@CASES.named("login/unknown-user")
def unknown_user(subject: Subject) -> None:
    value = {"username": subject.new_username(), "password": "correct horse 1"}
    expect.error(subject.post(LOGIN, value), 401, "invalid_credentials")


def _seeded_user(password: str, subject: Subject) -> None:
    value = {"username": subject.order["user"]["username"], "password": password}
    expect.error(subject.post(LOGIN, value), 401, "invalid_credentials")


for label, password in (("password", "password"), ("bang", "!!!!!!!!"), ("blank", " " * 8)):
    CASES.add(f"login/seeded-user-cannot-with-{label}", partial(_seeded_user, password))


@CASES.named("login/unknown-user-costs-a-hash")
def unknown_user_costs_a_hash(subject: Subject) -> None:
    """The fastest of six attempts each: without a hash, an unknown user takes a tenth of it."""
    known = {"username": subject.user.username, "password": "wrong horse 1"}
    unknown = {"username": subject.new_username(), "password": "wrong horse 1"}
    times_s: dict[str, float] = {}
    for label, value in [("known", known), ("unknown", unknown)] * 6:
        elapsed_s = subject.post(LOGIN, value).elapsed_s
        times_s[label] = min(elapsed_s, times_s.get(label, elapsed_s))
    if times_s["unknown"] < 0.5 * times_s["known"]:
        raise MismatchError(
            f"about {times_s['known'] * 1000:.0f} ms, as for a wrong password",
            f"{times_s['unknown'] * 1000:.0f} ms for an unknown user",
        )


@CASES.named("login/100-at-once")
def burst_of_logins(subject: Subject) -> None:
    """All succeed, and every token gives access to an order."""
    users = [subject.user, subject.other_user] * 50

    def login(index: int) -> str:
        return subject.sign_in(users[index], timeout_s=BURST_TIMEOUT_S)

    issued = subject.at_once([partial(login, index) for index in range(len(users))])
    target = f"{ORDERS}/{subject.order['id']}"

    def read(token: str) -> Reply:
        return subject.call("GET", target, token=token)

    for reply in subject.at_once([partial(read, token) for token in issued]):
        expect.status(reply, 200)
