"""Access: the Authorization header and invalid tokens."""

import json
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from levelbench.verify.contract import expect, tokens
from levelbench.verify.contract.case import Cases
from levelbench.verify.contract.subject import ORDERS, TASKS, UNKNOWN_TASK, Subject

CASES = Cases()

WRONG_KEY = "a-key-of-32-bytes-that-is-not-it"

_PROTECTED = (
    ("orders", "GET", ORDERS),
    ("order", "GET", f"{ORDERS}/{{order}}"),
    ("invoice", "POST", f"{ORDERS}/{{order}}/invoice"),
    ("task", "GET", f"{TASKS}/{UNKNOWN_TASK}"),
)


def _refused(subject: Subject, token: str) -> None:
    reply = subject.call("GET", f"{ORDERS}/{subject.order['id']}", token=token)
    expect.error(reply, 401, "unauthorized")


# The header

# `{token}` is a valid token: only the text around it is wrong.
_HEADERS: list[tuple[str, str | bytes]] = [
    ("empty", ""),
    ("scheme-only", "Bearer"),
    ("token-only", "{token}"),
    ("no-space", "Bearer{token}"),
    ("basic", "Basic dXNlcjpwYXNzd29yZA=="),
    ("other-scheme", "Token {token}"),
    ("jwt-scheme", "JWT {token}"),
    ("basic-with-token", "Basic {token}"),
    ("word-after", "Bearer {token} x"),
    ("comma-after", "Bearer {token},"),
    ("twice-in-a-list", "Bearer {token}, Bearer {token}"),
    ("tab-after-scheme", "Bearer\t{token}"),
    ("quoted", 'Bearer "{token}"'),
    ("nonsense", "Bearer nonsense"),
    ("dots", "Bearer .."),
    ("three-words", "Bearer a.b.c"),
    ("not-base64", "Bearer $$$.%%%.&&&"),
    ("two-parts", "Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0"),
    ("null", "Bearer null"),
    ("bytes-beyond-ascii", b"Bearer \xff\xfe.\xe9.\x80"),
    ("utf-8", "Bearer é\u0661\U0001f600".encode()),
    ("3000-characters", "Bearer " + "a" * 3000),
    ("3000-dots", "Bearer " + "." * 3000),
]


def _missing(method: str, target: str, subject: Subject) -> None:
    reply = subject.call(method, target.format(order=subject.order["id"]))
    expect.error(reply, 401, "unauthorized")


def _header(method: str, target: str, value: str | bytes, subject: Subject) -> None:
    sent = value.replace("{token}", subject.token) if isinstance(value, str) else value
    path = target.format(order=subject.order["id"])
    reply = subject.call(method, path, headers={"Authorization": sent})
    expect.error(reply, 401, "unauthorized")


for area, method, target in _PROTECTED:
    CASES.add(f"access/{area}-without-header", partial(_missing, method, target))
    CASES.add(f"access/{area}-nonsense", partial(_header, method, target, "Bearer nonsense"))
for label, value in _HEADERS:
    CASES.add(f"access/header-{label}", partial(_header, "GET", f"{ORDERS}/{{order}}", value))


@CASES.named("access/scheme-in-any-case")
def scheme_in_any_case(subject: Subject) -> None:
    """Scheme names are case-insensitive (RFC 9110, section 11.1)."""
    for scheme in ("bearer", "BEARER"):
        sent = {"Authorization": f"{scheme} {subject.token}"}
        reply = subject.call("GET", f"{ORDERS}/{subject.order['id']}", headers=sent)
        expect.status(reply, 200)


@CASES.named("access/spaces-after-the-scheme")
def spaces_after_the_scheme(subject: Subject) -> None:
    """One or more spaces precede a token (RFC 6750, section 2.1)."""
    sent = {"Authorization": f"Bearer   {subject.token}"}
    expect.status(subject.call("GET", f"{ORDERS}/{subject.order['id']}", headers=sent), 200)


@CASES.named("access/blanks-around-the-header")
def blanks_around_the_header(subject: Subject) -> None:
    """They are not part of a header's value (RFC 9110, section 5.5)."""
    sent = {"Authorization": f" \t Bearer {subject.token} \t "}
    with subject.connect() as connection:
        reply = connection.exchange("GET", f"{ORDERS}/{subject.order['id']}", sent)
    expect.status(reply, 200)


# Tokens that need no key


def _parts(token: str) -> tuple[str, str, str]:
    header, payload, signature = token.split(".")
    return header, payload, signature


def _flip_first(part: str) -> str:
    return ("B" if part[0] == "A" else "A") + part[1:]


def _swapped_payload(subject: Subject) -> str:
    header, _, signature = _parts(subject.token)
    return ".".join((header, _parts(subject.other_token)[1], signature))


_TAMPERED: list[tuple[str, Callable[[Subject], str]]] = [
    ("swapped-payload", _swapped_payload),
    ("signature-changed", lambda s: ".".join((*_parts(s.token)[:2], _flip_first(s.token[-43:])))),
    ("signature-missing", lambda s: ".".join((*_parts(s.token)[:2], ""))),
    ("signature-cut", lambda s: s.token[:-6]),
    ("signature-extended", lambda s: s.token + "AAAA"),
    ("signature-of-another-token", lambda s: f"{s.token[:-43]}{s.other_token[-43:]}"),
    ("fourth-part", lambda s: s.token + ".e30"),
    ("second-dot", lambda s: s.token.replace(".", "..", 1)),
    ("payload-changed", lambda s: s.token.replace(".", ".A", 1)),
    ("wrong-key", lambda s: tokens.sign(tokens.claims(str(s.user.id)), WRONG_KEY)),
    ("empty-key", lambda s: tokens.sign(tokens.claims(str(s.user.id)), "")),
]


def _tampered(make: Callable[[Subject], str], subject: Subject) -> None:
    _refused(subject, make(subject))


for label, make in _TAMPERED:
    CASES.add(f"access/token-{label}", partial(_tampered, make))


def _no_algorithm(alg: str, signed: bool, subject: Subject) -> None:
    signature = _parts(subject.token)[2] if signed else ""
    _refused(subject, tokens.unsigned(tokens.claims(str(subject.user.id)), alg, signature))


for alg in ("none", "None", "NONE", "nOnE", ""):
    for signed in (False, True):
        label = f"{alg or 'empty'}-{'with' if signed else 'without'}-signature"
        CASES.add(f"access/token-alg-{label}", partial(_no_algorithm, alg, signed))


# Invalid tokens that are signed with the run's key

_MISSING = object()


def _claims(subject: Subject, **changed: Any) -> dict[str, Any]:
    """Valid claims of the shared user, except those that are `changed`."""
    claims = {**tokens.claims(str(subject.user.id)), **changed}
    return {name: value for name, value in claims.items() if value is not _MISSING}


def _in(seconds: int) -> int:
    return int(time.time()) + seconds


_ARABIC_DIGITS = str.maketrans(
    "0123456789", "\u0660\u0661\u0662\u0663\u0664\u0665\u0666\u0667\u0668\u0669"
)

_SIGNED: list[tuple[str, Callable[[Subject], dict[str, Any]]]] = [
    ("expired", lambda s: _claims(s, exp=_in(-5))),
    ("expired-long-ago", lambda s: _claims(s, exp=1)),
    ("exp-negative", lambda s: _claims(s, exp=-1)),
    ("without-exp", lambda s: _claims(s, exp=_MISSING)),
    ("exp-null", lambda s: _claims(s, exp=None)),
    ("exp-text", lambda s: _claims(s, exp="tomorrow")),
    ("exp-object", lambda s: _claims(s, exp={})),
    ("without-sub", lambda s: _claims(s, sub=_MISSING)),
    ("sub-null", lambda s: _claims(s, sub=None)),
    ("sub-integer", lambda s: _claims(s, sub=s.user.id)),
    ("sub-true", lambda s: _claims(s, sub=True)),
    ("sub-array", lambda s: _claims(s, sub=[str(s.user.id)])),
    ("sub-object", lambda s: _claims(s, sub={"id": s.user.id})),
    ("sub-empty", lambda s: _claims(s, sub="")),
    ("sub-username", lambda s: _claims(s, sub=s.user.username)),
    ("sub-text", lambda s: _claims(s, sub="abc")),
    ("sub-zero", lambda s: _claims(s, sub="0")),
    ("sub-negative", lambda s: _claims(s, sub=f"-{s.user.id}")),
    ("sub-plus", lambda s: _claims(s, sub=f"+{s.user.id}")),
    ("sub-leading-space", lambda s: _claims(s, sub=f" {s.user.id}")),
    ("sub-trailing-newline", lambda s: _claims(s, sub=f"{s.user.id}\n")),
    ("sub-decimal", lambda s: _claims(s, sub=f"{s.user.id}.0")),
    ("sub-underscore", lambda s: _claims(s, sub=f"{s.user.id}_0")),
    ("sub-underscore-inside", lambda s: _claims(s, sub=f"0_{s.user.id}")),
    ("sub-arabic-digits", lambda s: _claims(s, sub=str(s.user.id).translate(_ARABIC_DIGITS))),
    ("sub-nul", lambda s: _claims(s, sub=f"{s.user.id}\0")),
    ("sub-lone-surrogate", lambda s: _claims(s, sub="\ud800")),
    ("sub-unknown", lambda s: _claims(s, sub="2147483646")),
    ("sub-beyond-32-bits", lambda s: _claims(s, sub=str(2**31))),
    ("sub-largest-64-bit", lambda s: _claims(s, sub=str(2**63 - 1))),
    ("sub-beyond-64-bits", lambda s: _claims(s, sub=str(2**63))),
    ("sub-21-digits", lambda s: _claims(s, sub="9" * 21)),
    ("sub-2000-digits", lambda s: _claims(s, sub="9" * 2000)),
    ("sub-4400-digits", lambda s: _claims(s, sub="9" * 4400)),  # more than `int` accepts
    ("sub-30-leading-zeros", lambda s: _claims(s, sub="0" * 30 + str(s.user.id))),
    ("aud", lambda s: _claims(s, aud="somebody-else")),
    ("aud-list", lambda s: _claims(s, aud=["somebody", "else"])),
    ("nbf-in-the-future", lambda s: _claims(s, nbf=_in(60))),
]


def _signed(make: Callable[[Subject], dict[str, Any]], subject: Subject) -> None:
    _refused(subject, tokens.sign(make(subject), subject.secret))


for label, make_claims in _SIGNED:
    CASES.add(f"access/signed-{label}", partial(_signed, make_claims), needs_secret=True)


def _signed_bytes(payload: bytes, subject: Subject) -> None:
    _refused(subject, tokens.sign(payload, subject.secret))


for label, payload in (
    ("empty", b""),
    ("text", b"sub"),
    ("not-utf-8", b'{"sub": "\xff"}'),
    ("string", b'"1"'),
    ("array", b"[]"),
    ("null", b"null"),
    ("number", b"1"),
    ("500-arrays", b"[" * 500),
):
    CASES.add(f"access/payload-{label}", partial(_signed_bytes, payload), needs_secret=True)


def _other_algorithm(alg: str, subject: Subject) -> None:
    _refused(subject, tokens.sign(_claims(subject), subject.secret, alg))


for alg in ("HS384", "HS512"):
    CASES.add(f"access/signed-{alg.lower()}", partial(_other_algorithm, alg), needs_secret=True)


@CASES.named("access/signed-well", needs_secret=True)
def signed_well(subject: Subject) -> None:
    """Control of the cases above: the same token without an error is accepted."""
    plain = {"sub": str(subject.user.id), "exp": _in(60)}
    further = {"role": "clerk", "extra": {"a": [1]}, "nbf": _in(-60), "iss": "x", "jti": "y"}
    for claims in (plain, _claims(subject), _claims(subject, **further)):
        token = tokens.sign(json.dumps(claims).encode(), subject.secret)
        expect.status(subject.call("GET", f"{ORDERS}/{subject.order['id']}", token=token), 200)
