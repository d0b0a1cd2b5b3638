"""Pages and ids, and what looks like them: signs, scripts, zeros, encodings, query strings."""

from collections.abc import Iterator
from urllib.parse import quote

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from levelbench.verify.contract import Request
from levelbench.verify.contract.request import SIGNED_IN
from levelbench.verify.contract.subject import ORDERS, TASKS, UNKNOWN_TASK
from tests.contract.differential.drawing import draw

COUNT = 110

# Digits, letter numbers and other numbers of every script: `str.isdigit` and `int` take many.
DIGITS = st.characters(categories=["Nd", "Nl", "No"])
PLAIN = st.sampled_from(["0", "1", "2", "7", "10", "42", "500", "501", "10000", "10001"])
POWERS = (2**31, 2**32, 2**53 + 1, 2**63 - 1, 2**63, 2**64, 2**64 + 1, 10**30)
BIG = st.sampled_from(POWERS).map(str)
MARKS = (
    "+", "-", "_", ".", ",", " ", "\t", "\n", "\r", "\x0b", "\0", "'", "e1", "E1", ".0", "0x",
    "0b1",
    "%", "%31", "/", "\\", ";", ":", "@", "&", "=", "?", "#", "\u2212", "\u00a0", "\u200b", "é",
)  # fmt: skip


def _encoded(text: str) -> str:
    return quote(text, safe="")


@st.composite
def marked(draw: st.DrawFn) -> str:
    """A number with one mark before, in or after it."""
    number, mark = draw(PLAIN | BIG), draw(st.sampled_from(MARKS))
    place = draw(st.integers(0, len(number)))
    return _encoded(number[:place] + mark + number[place:])


@st.composite
def escaped(draw: st.DrawFn) -> str:
    """Percent-encoding where none is needed, twice, or that decodes to nothing."""
    number = draw(PLAIN)
    once = "".join(f"%{ord(digit):02x}" for digit in number)
    bad = st.sampled_from(
        ["%", "%1", "%zz", "%u0031", "%-1", "%%31", "%C3", "%FF", "%ED%A0%80", "%00"]
    )
    return draw(
        st.sampled_from([once, once.replace("%", "%25")])
        | bad
        | bad.map(lambda part: number + part)
    )


ZEROS = st.sampled_from([1, 2, 20, 400]).map(lambda count: "0" * count)
TEXTS: SearchStrategy[str] = st.one_of(
    PLAIN,
    BIG,
    marked(),
    marked(),
    escaped(),
    st.builds(lambda zeros, number: zeros + number, ZEROS, PLAIN | BIG),
    st.text(DIGITS, min_size=1, max_size=3).map(_encoded),
    st.builds(lambda digit, number: _encoded(digit + number), DIGITS, PLAIN),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=3).map(_encoded),
    st.sampled_from(["null", "true", "NaN", "1/1", "1.0", "1e3", "-0", "٣"]).map(_encoded),
)  # fmt: skip

QUERIES = (
    "", "page", "page=", "=1", "&", "&&page=2", "page=2&", "page=2&x", "page=2&x=1", "x=1&page=2",
    "page=2;x=1", "PAGE=2", "Page=x", "page[]=2", "page%5B%5D=x", "page%20=x", "%20page=x",
    "%70age=2", "p%61ge=x", "page=1?page=2", "?page=2", "page=2%26page=3", "page==2", "page=2=",
    "page=%32", "page=2%20", "page=+2", "page=2+", "x=%FF&page=2", "%FF=1&page=2", "x=%&page=2",
    "page_size=1&page=2", "limit=1", "offset=20", "order=id", "format=json", "page=2,3",
    "page=%C2%A02", "page=2%00", "x=" + "y" * 3000, "&" * 3000, "x&" * 1400 + "page=2",
    "page=" + "1" * 3000, "page=" + "0" * 3000 + "2",
)  # fmt: skip

TASK_IDS = (
    "<task>", "<TASK>", "{<task>}", "%7B<task>%7D", "urn:uuid:<task>", "<task>%20", "%20<task>",
    "<task>.json", "<task>%00", "<task>%0A", "<task>,", "<task>-", UNKNOWN_TASK.replace("-", ""),
    UNKNOWN_TASK.replace("0", "O"), UNKNOWN_TASK.replace("-", "%2D"),
    UNKNOWN_TASK.replace("-", "%E2%80%90"), UNKNOWN_TASK[:-1], UNKNOWN_TASK + "0", "0" * 36,
    "-" * 36, "00000000-00000-400-8000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff",
    "FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF", "0x000000-0000-4000-8000-000000000000",
    "+0000000-0000-4000-8000-000000000000", "%EF%BC%90" * 8 + "-0000-4000-8000-000000000000",
)  # fmt: skip

NEARLY_UUIDS = st.text("0123456789abcdefABCDEF-{}", max_size=38)


def requests(seed: int) -> Iterator[Request]:
    def call(method: str, target: str) -> Request:
        return Request("numbers", method, target, authorization=SIGNED_IN)

    calls = st.one_of(
        TEXTS.map(lambda text: call("GET", f"{ORDERS}?page={text}")),
        TEXTS.map(lambda text: call("GET", f"{ORDERS}/{text}")),
        TEXTS.map(lambda text: call("POST", f"{ORDERS}/{text}/invoice")),
        st.uuids().map(lambda uuid: call("GET", f"{TASKS}/{uuid}")),
        NEARLY_UUIDS.map(lambda text: call("GET", f"{TASKS}/{_encoded(text)}")),
    )
    yield from draw(calls, COUNT, seed)
    for query in QUERIES:
        yield call("GET", f"{ORDERS}?{query}")
    for id in TASK_IDS:
        yield call("GET", f"{TASKS}/{id}")
