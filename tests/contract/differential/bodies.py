"""Bodies that no schema speaks of: JSON that is damaged, doubled, nested, or oddly written."""

import json
from collections.abc import Iterator

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from levelbench.verify.contract import Request
from levelbench.verify.contract.subject import LOGIN, REGISTER
from tests.contract.differential.drawing import draw

COUNT = 130
MAX_BODY_BYTES = 65_536

NAME, PASSWORD = "body_user", "correct horse 1"
WHOLE = json.dumps({"username": NAME, "password": PASSWORD}).encode("ascii")

# Pieces that mean something to a JSON parser, or look as if they did.
PIECES = [
    *(bytes([byte]) for byte in b"{}[]:,\"\\/ \t\n\r\x00\x0b\x0c\x1f\x7f0-+.eE'xu"),
    *(b"null", b"true", b"True", b"None", b"undefined", b"//x\n", b"/* */", b"#", b"{}", b"[]"),
    *(b'"username"', b'"username": 1', b", ", b"\\u0000", b"\\ud800", b"\\udc00\\ud800", b"\\x41"),
    *(b"\xff", b"\xc0\x80", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xf0\x9f\x98", b"\xe2\x80\xa8"),
    *(b"\xc2\xa0", b"\xc2\x85", b"\xef\xbb\xbf", "é".encode(), "\u3000".encode()),
]

NUMBERS = st.from_regex(r"-?[0-9+]{0,3}(\.[0-9]{0,3})?([eE][-+]?[0-9]{0,5})?[_xL]?", fullmatch=True)
# Deeper, parsers differ: see "Outside the contract" in CONTRACT.md.
DEPTHS = st.integers(1, 4900)


def requests(seed: int) -> Iterator[Request]:
    targets = st.sampled_from([LOGIN, REGISTER])
    made = st.builds(lambda target, body: Request("bodies", "POST", target, body), targets, BODIES)
    yield from draw(made, COUNT, seed)


def _with(**fields: bytes) -> bytes:
    """Credentials whose fields are these JSON texts."""
    texts = {
        "username": json.dumps(NAME).encode(),
        "password": json.dumps(PASSWORD).encode(),
        **fields,
    }
    return (
        b"{"
        + b", ".join(b'"%s": %s' % (name.encode(), text) for name, text in texts.items())
        + b"}"
    )


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """One to three pieces put in place of what stood there."""
    body = WHOLE
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(body)))
        removed = draw(st.integers(0, 6))
        body = body[:start] + draw(st.sampled_from([b"", *PIECES])) + body[start + removed :]
    return body


@st.composite
def nested(draw: st.DrawFn) -> bytes:
    depth = draw(DEPTHS)
    opening, closing = draw(st.sampled_from([(b"[", b"]"), (b'{"":', b"}")]))
    depth = min(depth, (MAX_BODY_BYTES - 200) // (len(opening) + len(closing)))
    text = opening * depth + b"1" + closing * draw(st.sampled_from([depth, depth - 1, 0]))
    return draw(st.sampled_from([text, _with(note=text), _with(username=text)]))


@st.composite
def doubled(draw: st.DrawFn) -> bytes:
    """The same name two or three times, once with an escape in it."""
    name = draw(st.sampled_from(["username", "password", "note", "\\u0075sername"]))
    values = draw(
        st.lists(st.sampled_from([b'"body_user"', b'"B"', b"1", b"null"]), min_size=2, max_size=3)
    )
    pairs = [b'"%s": %s' % (name.encode(), value) for value in values]
    return (
        b"{"
        + b", ".join([b'"password": "correct horse 1"', b'"username": "body_user"', *pairs])
        + b"}"
    )


@st.composite
def wide(draw: st.DrawFn) -> bytes:
    """Many members, or one long one, up to the size that is allowed."""
    room = draw(st.sampled_from([1000, 60_000, MAX_BODY_BYTES])) - len(WHOLE) - 100
    members = b", ".join(b'"%d": %d' % (number, number) for number in range(room // 16))
    text = draw(
        st.sampled_from(
            [b"{" + members + b"}", b"[" + b"1," * (room // 2) + b"1]", b'"' + b"x" * room + b'"']
        )
    )
    return draw(
        st.sampled_from([_with(note=text), _with(username=text), _with(password=text), text])
    )


SIGNS = st.sampled_from([b"", b"-", b"-0.", b"1e"])
DIGITS = st.sampled_from([20, 310, 4000]).map(lambda count: b"9" * count)
LETTERS = (
    "a", "é", "\U0001f600", "\\u0061", "\\/", "\\n", "\\u00e9", "\\ud83d\\ude00", "\\ud83d",
    "\\ude00", "\\u0000", "\\U0061", "\\a", "\\u12",
)  # fmt: skip
ESCAPES = st.lists(st.sampled_from(LETTERS), min_size=6, max_size=12).map("".join)

VALUES: SearchStrategy[bytes] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=5,
).map(lambda value: json.dumps(value).encode())

BLANKS = st.text(st.sampled_from(" \t\r\n\x0b\x0c\u00a0\u3000"), max_size=4).map(str.encode)

ENCODINGS = ("utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-7", "cp037")

BODIES: SearchStrategy[bytes] = st.one_of(
    damaged(),
    damaged(),
    damaged(),
    nested(),
    doubled(),
    wide(),
    st.integers(0, len(WHOLE)).map(lambda end: WHOLE[:end]),
    st.tuples(BLANKS, BLANKS).map(lambda around: around[0] + WHOLE + around[1]),
    st.builds(lambda text: _with(username=text), VALUES),
    st.builds(lambda text: _with(password=text), VALUES),
    st.builds(lambda name, word: _with(username=name, password=word), VALUES, VALUES),
    VALUES,
    st.builds(lambda text: _with(note=text.encode()), NUMBERS),
    st.builds(lambda text: _with(username=text.encode()), NUMBERS),
    st.builds(lambda sign, text: _with(note=sign + text), SIGNS, DIGITS),
    st.builds(lambda text: _with(password=b'"%s"' % text.encode()), ESCAPES),
    st.binary(max_size=12),
    st.sampled_from(ENCODINGS).map(lambda name: WHOLE.decode().encode(name)),
)
