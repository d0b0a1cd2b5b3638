"""Usernames and passwords around their limits: lengths in characters, scripts, forms, escapes."""

import json
from collections.abc import Iterator
from unicodedata import normalize

from hypothesis import strategies as st

from levelbench.verify.contract import Request
from levelbench.verify.contract.subject import LOGIN, REGISTER
from tests.contract.differential.drawing import draw

COUNT = 80
NAME, PASSWORD = "credential_user", "correct horse 1"

ALLOWED = "abcdefghijklmnopqrstuvwxyz0123456789_"
# What folds, normalises or counts as a letter, digit or underscore somewhere.
ALMOST = (
    "AZK\u017f\u0131\u0130\u212aßµéǆﬁ①²٣\uff17\uff41\uff3f\u203f-. \t\n\r\0\x7f\u0085\u00a0\u00ad"
    "\u200b\u200d\u2028\ufeff\U0001d7ce\U0001f600\ud800\udfff"
)
LENGTHS = (0, 1, 2, 3, 4, 31, 32, 33, 34, 100)
PASSWORD_LENGTHS = (0, 1, 7, 8, 9, 63, 64, 71, 72, 73, 127, 128, 129, 256)
# One to four bytes of UTF-8, one or two units of UTF-16, one or several characters to the eye.
SYMBOLS = (
    "a", " ", "é", "e\u0301", "\u0301", "€", "한", "\u1112\u1161\u11ab", "\U0001f600",
    "\U0001f468\u200d\U0001f469\u200d\U0001f466", "\U0001f1ea\U0001f1fa", "ﬀ", "İ", "\u202e",
    "\ufffd", "\uffff", "\U0010ffff", "\t", "\n", "\x7f", "\u0085", "\ud800", "\0",
)  # fmt: skip


@st.composite
def usernames(draw: st.DrawFn) -> str:
    length = draw(st.sampled_from(LENGTHS))
    name = draw(st.text(st.sampled_from(ALLOWED), min_size=length, max_size=length))
    if draw(st.booleans()):
        place = draw(st.integers(0, length))
        name = (
            name[:place] + draw(st.sampled_from(ALMOST)) + name[place + draw(st.integers(0, 1)) :]
        )
    return name


@st.composite
def passwords(draw: st.DrawFn) -> str:
    length = draw(st.sampled_from(PASSWORD_LENGTHS))
    symbols = draw(st.lists(st.sampled_from(SYMBOLS), min_size=1, max_size=3))
    text = "".join(symbols) * (length + 1)
    return text[:length]


@st.composite
def calls(draw: st.DrawFn) -> Request:
    """One field is odd, or both; characters are escaped, or sent as they are."""
    odd = draw(st.sampled_from(["username", "password", "both"]))
    value = {
        "username": NAME if odd == "password" else draw(usernames()),
        "password": PASSWORD if odd == "username" else draw(passwords()),
    }
    body = json.dumps(value, ensure_ascii=draw(st.booleans())).encode("utf-8", "surrogatepass")
    return Request("credentials", "POST", draw(st.sampled_from([LOGIN, REGISTER])), body)


def _pair(name: str, password: str, other: str) -> list[Request]:
    """Register with a password, then log in with it and with another."""
    return [
        Request("credentials", "POST", target, json.dumps(value).encode("ascii"))
        for target, value in (
            (REGISTER, {"username": name, "password": password}),
            (LOGIN, {"username": name, "password": password}),
            (LOGIN, {"username": name, "password": other}),
        )
    ]


COMPOSED = "Zürich ﬁt Å \u1e9b\u0323 한글 ①"


def requests(seed: int) -> Iterator[Request]:
    yield from draw(calls(), COUNT, seed)
    for number, form in enumerate(("NFC", "NFD", "NFKC", "NFKD")):
        # Not the same characters, though they may look the same.
        other = normalize("NFD" if form != "NFD" else "NFC", COMPOSED)
        yield from _pair(f"normal_form_{number}", normalize(form, COMPOSED), other)  # type: ignore[arg-type]
    yield from _pair("folding", "STRASSE straße", "strasse straße")
    yield from _pair("long_password", "x" * 127 + "y", "x" * 127 + "z")
