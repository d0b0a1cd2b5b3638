"""Bearer tokens: the header around them, the text they are made of, what they claim."""

import json
from collections.abc import Iterator, Mapping

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from levelbench.verify.contract import Request
from levelbench.verify.contract.request import Authorization, Header, Signed
from levelbench.verify.contract.subject import ORDERS
from tests.contract.differential.drawing import draw

COUNT = 50
FAR = 4_102_444_800  # 2100-01-01, in seconds of the epoch
LONG_AGO = 1_000_000_000  # 2001

# Text of the Authorization header; <token> and the others are filled in.
HEADERS = (
    "Bearer <token>", "bearer <token>", "BEARER <token>", "bEaReR <token>", "Bearer <other>",
    "Bearer  <token>", "Bearer    <token>", "Bearer\t<token>", "Bearer <token> <token>",
    "Bearer <token>,Bearer <token>", "Bearer <token>,", "Bearer <token> ,", "Bearer ,<token>",
    "Bearer <token>, <token>", "Bearer <token>;x=1", "Bearer token=<token>", "Bearer=<token>",
    "Bearer,<token>", "Bearer:<token>", "Bearer", "", "<token>", "Bearer<token>",
    "Bearer Bearer <token>", "Basic <token>", "Digest <token>", "Token <token>", "JWT <token>",
    "Bearers <token>", "Beare <token>", "Bearer '<token>'", 'Bearer "<token>"', "Bearer <<token>>",
    "Bearer [<token>]", "Bearer <token>.", "Bearer .<token>", "Bearer <header>.<payload>",
    "Bearer <header>.<payload>.", "Bearer <header>..<signature>", "Bearer .<payload>.<signature>",
    "Bearer <payload>.<header>.<signature>", "Bearer <header>.<payload>.<signature>.<signature>",
    "Bearer <header>=.<payload>.<signature>", "Bearer <header>.<payload>=.<signature>",
    "Bearer <header>.<payload>.!<signature>", "Bearer <header>.<payload>.<signature>!",
    "Bearer <header>.<payload>.<signature>%3D", "Bearer <header> .<payload>.<signature>",
    "Bearer <header>.<payload>.<signature>A", "Bearer <header>\\.<payload>.<signature>",
    "Bearer %20<token>", "Bearer\u00a0<token>", "Bearer <token>\u00e9", "Bearer \u212a",
    "Bearer null", "Bearer undefined", "Bearer .", "Bearer ..", "Bearer ...", "Bearer a.b.c",
    "Bearer e30.e30.e30", "Bearer eyJhbGciOiJub25lIn0.e30.", "Bearer " + "." * 1000,
    "Bearer " + "A" * 3500,
)  # fmt: skip

# Numbers as they are written: 1e-400 is 0 to most, and 1,500 digits are still a number.
PAST = ["0", "1", "-1", "-0", "1.5", f"{LONG_AGO}", f"{LONG_AGO}.9", "1e9", "1e-400"]
FUTURE = [f"{FAR}", f"{FAR}.9", f"{FAR}e0", "4.1024448e9", "1e20", "9" * 30, "9" * 1500]
NO_NUMBERS = [
    "null",
    "false",
    '""',
    '"x"',
    '"0x10"',
    '"1e"',
    '"\\u0000"',
    '"\\ud800"',
    "[]",
    "{}",
    f"[{FAR}]",
]
TEXTS = ['""', '"x"', '"<user>"', f'"{FAR}"', '"levelbench"', '"\\u0000"', '"\\ud83d\\ude00"']
ANYTHING = [*PAST, *FUTURE, *NO_NUMBERS, *TEXTS, "true", "<user>", '{"id": "<user>"}', '["<user>"]']
SUBJECTS = [
    '"<user>"', '"0<user>"', '"00<user>"', '"<user> "', '"\\t<user>"', '"<user>\\n"',
    '"<user>\\u0000"', '"+<user>"', '"-<user>"', '"<user>.0"', '"<user>e0"', '"<user>_"',
    '"0x<user>"', '"\\uff11"', '"\\u0661"', '"\\u00b9"', '"\\ud83d\\ude00"', '"1"', '"0"',
    '"999999999"', f'"{2**31}"', f'"{2**63 - 1}"', f'"{2**63}"', f'"{2**64}"',
    '"' + "9" * 19 + '"', '"' + "9" * 20 + '"', '"' + "0" * 30 + '<user>"', '"' + "1" * 2500 + '"',
    "1", "<user>", "<user>.0", "true", "null", "[]", '""', '" "', "{}", '["<user>"]',
]  # fmt: skip
# By claim. What is not here is so because libraries differ: see CONTRACT.md.
CLAIMS = {
    "sub": SUBJECTS,
    "exp": PAST + FUTURE + NO_NUMBERS,
    "nbf": PAST + FUTURE,
    "iat": PAST,
    "aud": ['"x"', '"levelbench"', '["x", "y"]'],
    "iss": TEXTS,
    "jti": TEXTS,
    "type": ['"access"'],
}
FREE_CLAIMS = ["fresh", "csrf", "roles", "user_id", "kid", "alg", "username", "", "SUB"]
ALGORITHMS = [
    '"HS256"', '"hs256"', '"HS384"', '"HS512"', '"RS256"', '"ES256"', '"none"', '"None"', '""',
    "null", "1", "[]", '["HS256"]', '"HS256 "', '"\\u0048S256"',
]  # fmt: skip
HEADER_MEMBERS = [
    ("alg", ALGORITHMS),
    ("typ", ['"JWT"', '"jwt"', '"at+jwt"', '"JWE"', '""', "null", "1", "{}", '"application/jwt"']),
    ("kid", ['"1"', '""', '"../../etc/passwd"']),
    ("crit", ['["exp"]', '["b64"]', "[]", "null", '"exp"', '["x"]', "1", "[1]"]),
    ("b64", ["true"]), ("cty", ['"JWT"', "null"]), ("zip", ['"DEF"']),
    ("jku", ['"http://127.0.0.1/"']), ("jwk", ['{"kty": "oct", "k": "AA"}']),
    ("x5u", ['"http://127.0.0.1/"']), ("x5c", ['["AA"]']), ("enc", ['"A256GCM"']),
    ("x", ["1", '"\\ud800"']),
]  # fmt: skip
WHOLE_TEXTS = [
    b"", b" ", b"{", b"{}", b"[]", b"null", b"1", b'"x"', b"true", b'{"sub": "<user>"}',
    b'{"exp": 4102444800}', b"\xff", b"\x00", b"{}{}", b'{"sub": "<user>", "exp": 4102444800}',
    b' {"sub": "<user>", "exp": 4102444800}\n', b'{"sub": "<user>", "exp": 4102444800} x',
    b'{"sub": "<user>", "exp": 4102444800,}', b'{"sub": "<user>", "exp": 4102444800, "exp": 1}',
    b'{"exp": 1, "sub": "<user>", "exp": 4102444800}',
    b'{"sub": "1", "sub": "<user>", "exp": 4102444800}', b"{'sub': '<user>', 'exp': 4102444800}",
    '{"sub": "<user>", "exp": 4102444800}'.encode("utf-16"),
    b'{"sub": "<user>", "exp": 4102444800, "x": "\xff"}', b"[" * 900, b"[" * 900 + b"]" * 900,
    b'{"sub": "<user>", "exp": 4102444800, "x": ' + b"[" * 300 + b"]" * 300 + b"}",
    b'{"Sub": "<user>", "EXP": 4102444800}', b'{"\\u0073ub": "<user>", "exp": 4102444800}',
    b'{"sub": "<user>", "exp": 4102444800, "": ""}',
]  # fmt: skip


def _text(members: Mapping[str, str]) -> bytes:
    """An object; the values are JSON texts already."""
    pairs = (f"{json.dumps(name)}: {value}" for name, value in members.items())
    return f"{{{', '.join(pairs)}}}".encode()


def _claiming(changed: Mapping[str, str | None]) -> Signed:
    """Good claims, but for those that are something else, or (None) not there."""
    claims = {"sub": '"<user>"', "exp": str(FAR), "iat": str(LONG_AGO), **changed}
    return Signed(_text({name: value for name, value in claims.items() if value is not None}))


def _headed(changed: Mapping[str, str | None]) -> Signed:
    """A good payload under another header; the signature is HS256's all the same."""
    header = {"alg": '"HS256"', "typ": '"JWT"', **changed}
    text = _text({name: value for name, value in header.items() if value is not None})
    return Signed(GOOD, header=text)


def one_thing_wrong() -> Iterator[Authorization]:
    for text in HEADERS:
        yield Header(text)
    for name, values in CLAIMS.items():
        for value in (None, *values):
            yield _claiming({name: value})
    for name, values in HEADER_MEMBERS:
        for value in (None, *values):
            yield _headed({name: value})
    for whole in WHOLE_TEXTS:
        yield Signed(whole)
        yield Signed(GOOD, header=whole or b" ")
    yield Signed(GOOD, wrong_key=True)


GOOD = _text({"sub": '"<user>"', "exp": str(FAR)})
FREE_NAMES = st.sampled_from(FREE_CLAIMS)
VISIBLE = st.characters(min_codepoint=33, max_codepoint=126, exclude_characters="<>")


@st.composite
def several_things_wrong(draw: st.DrawFn) -> Signed:
    values = {**CLAIMS, **dict.fromkeys(FREE_CLAIMS, ANYTHING)}
    names = draw(st.lists(st.sampled_from([*values]), min_size=2, max_size=3, unique=True))
    return _claiming({name: draw(st.none() | st.sampled_from(values[name])) for name in names})


AUTHORIZATIONS: SearchStrategy[Authorization] = st.one_of(
    several_things_wrong(),
    several_things_wrong(),
    st.builds(lambda name, value: _claiming({name: value}), FREE_NAMES, st.sampled_from(ANYTHING)),
    st.binary(max_size=12).map(Signed),
    st.text(VISIBLE, min_size=1, max_size=12).map(lambda text: Header(f"Bearer {text}")),
)


def requests(seed: int) -> Iterator[Request]:
    for authorization in (*one_thing_wrong(), *draw(AUTHORIZATIONS, COUNT, seed)):
        yield Request("tokens", "GET", f"{ORDERS}/1", authorization=authorization)
