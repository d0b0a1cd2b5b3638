"""Headers that ask a server, a proxy or a framework for what is not in the contract."""

from collections.abc import Iterator
from dataclasses import replace

from hypothesis import strategies as st

from levelbench.verify.contract import Request
from levelbench.verify.contract.request import SIGNED_IN
from levelbench.verify.contract.subject import LOGIN, ORDERS
from tests.contract.differential.drawing import draw

COUNT = 30

HEADERS: tuple[tuple[str, bytes], ...] = (
    ("Accept", b"text/html"), ("Accept", b"application/xml;q=1, */*;q=0"), ("Accept", b""),
    ("Accept", b"*"), ("Accept-Encoding", b"identity;q=0, *;q=0"),
    ("Accept-Encoding", b"gzip, br"), ("Accept-Charset", b"utf-16"), ("Accept-Language", b"xx"),
    ("Content-Encoding", b"gzip"), ("Content-Language", b"de"), ("Content-Range", b"bytes 0-1/2"),
    ("Range", b"bytes=0-1"), ("If-None-Match", b"*"), ("If-Match", b'"x"'),
    ("If-Modified-Since", b"Thu, 01 Jan 2099 00:00:00 GMT"), ("If-Unmodified-Since", b"nonsense"),
    ("Origin", b"http://elsewhere"), ("Referer", b"::"),
    ("Cookie", b"a=1; b=2; access_token_cookie=x; sessionid=x"), ("Cookie", b"=;;;\xff"),
    ("Cookie", b"x=" + b"y" * 3000), ("X-HTTP-Method-Override", b"DELETE"),
    ("X-Method-Override", b"DELETE"), ("X-Original-URL", b"/nope"), ("X-Rewrite-URL", b"/nope"),
    ("X-Forwarded-For", b"1.2.3.4"), ("X-Forwarded-Proto", b"https"),
    ("X-Forwarded-Host", b"elsewhere"), ("X-Forwarded-Prefix", b"/x"), ("X-Script-Name", b"/x"),
    ("Forwarded", b"for=1.2.3.4;proto=https"), ("X-CSRFToken", b"x"),
    ("X-Requested-With", b"XMLHttpRequest"), ("User-Agent", b""), ("User-Agent", b"\xff\xfe"),
    ("From", b"@"), ("Date", b"nonsense"), ("Via", b"1.0 x"), ("Max-Forwards", b"0"),
    ("Pragma", b"no-cache"), ("Cache-Control", b"only-if-cached"), ("Warning", b"199"),
    ("DNT", b"1"), ("Prefer", b"return=minimal"), ("Priority", b"u=9"), ("X-Empty", b""),
    ("X-Long", b"x" * 3000), ("X-Bytes", bytes(range(128, 256))), ("X_Underscore", b"1"),
    ("SCRIPT_NAME", b"/x"), ("PATH_INFO", b"/x"), ("X-Request-ID", b"%00"), ("Proxy", b"http://x"),
    ("Proxy-Authorization", b"Basic eDp4"), ("WWW-Authenticate", b"Basic"), ("Location", b"/x"),
)  # fmt: skip
NAMES = st.text(st.sampled_from("abcXYZ019-!#$%&'*.^`|~"), max_size=20).map("X".__add__)
# Without control characters, and without blanks around, which are no part of a value.
VALUES = st.binary(max_size=40).map(
    lambda raw: bytes(byte for byte in raw if byte > 31 and byte != 127).strip()
)
CALLS = (
    Request("headers", "GET", f"{ORDERS}/1", authorization=SIGNED_IN),
    Request("headers", "POST", LOGIN, b"{}"),
    Request("headers", "GET", "/nope", authorization=SIGNED_IN),
)


def requests(seed: int) -> Iterator[Request]:
    several = st.dictionaries(NAMES, VALUES, min_size=1, max_size=3).map(
        lambda found: tuple(found.items())
    )
    sent = [*((pair,) for pair in HEADERS), *draw(several, COUNT, seed)]
    for index, headers in enumerate(sent):
        yield replace(CALLS[index % len(CALLS)], headers=headers)
