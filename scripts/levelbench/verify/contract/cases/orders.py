"""List of orders, and a single order."""

from functools import partial
from typing import Any

from levelbench.verify.contract import expect
from levelbench.verify.contract.case import Cases
from levelbench.verify.contract.expect import PAGE_SIZE
from levelbench.verify.contract.reply import Reply
from levelbench.verify.contract.subject import ORDERS, Subject
from levelbench.verify.contract.violation import MismatchError

CASES = Cases()

# Values that are not integers, percent-encoded. Python accepts some, such as "\u0663", as digits.
NOT_INTEGERS: list[tuple[str, str]] = [
    ("text", "abc"),
    ("decimal", "1.0"),
    ("decimal-comma", "1,0"),
    ("plus", "%2B1"),
    ("leading-space", "%201"),
    ("trailing-space", "1%20"),
    ("spaces-around", "%201%20"),
    ("trailing-newline", "1%0A"),
    ("trailing-tab", "1%09"),
    ("underscore", "1_0"),
    ("exponent", "1e3"),
    ("hexadecimal", "0x1"),
    ("letter-after", "1a"),
    ("arabic-digit", "%D9%A1"),
    ("devanagari-digit", "%E0%A5%A7"),
    ("fullwidth-digit", "%EF%BC%91"),
    ("mathematical-digit", "%F0%9D%9F%8F"),
    ("superscript", "%C2%B2"),
    ("circled-digit", "%E2%91%A0"),
    ("nul", "%00"),
    ("nul-after", "1%00"),
    ("not-utf-8", "%FF"),
    ("surrogate", "%ED%A0%80"),
    ("minus-sign", "%E2%88%921"),
    ("true", "true"),
    ("null", "null"),
    ("nan", "NaN"),
    ("infinity", "Infinity"),
]

# Integers larger than any id; the longest keeps the request line below 4,000 bytes.
HUGE_NUMBERS: list[tuple[str, str]] = [
    ("beyond-32-bits", str(2**31)),
    ("largest-64-bit", str(2**63 - 1)),
    ("beyond-64-bits", str(2**63)),
    ("beyond-unsigned-64-bits", str(2**64)),
    ("wraps-to-1-in-64-bits", str(2**64 + 1)),
    ("30-digits", "9" * 30),
    ("309-digits", "9" * 309),  # larger than a double
    ("3900-digits", "9" * 3900),
]


# The list


@CASES.named("orders/first-page")
def first_page(subject: Subject) -> None:
    found = expect.page(subject.get(f"{ORDERS}?page=1"), 1)
    if len(found["results"]) != PAGE_SIZE:
        raise MismatchError(f"{PAGE_SIZE} orders", f"{len(found['results'])} orders")


@CASES.named("orders/without-page-is-page-1")
def without_page(subject: Subject) -> None:
    expected = subject.get(f"{ORDERS}?page=1").json()
    expect.body(subject.get(ORDERS), 200, expected)
    expect.body(subject.get(f"{ORDERS}?"), 200, expected)


def _pages(subject: Subject) -> int:
    return int(subject.first_page["pages"])


def _sequence(subject: Subject, first: int, last: int) -> list[dict[str, Any]]:
    """Orders of the consecutive pages `first` to `last`."""
    orders: list[dict[str, Any]] = []
    for number in range(max(first, 1), min(last, _pages(subject)) + 1):
        reply = subject.get(f"{ORDERS}?page={number}")
        orders += expect.page(reply, number)["results"]
        expect.newest_first(orders[-2 * PAGE_SIZE :], reply)
    return orders


@CASES.named("orders/order-pages-1-to-10")
def order_of_first_pages(subject: Subject) -> None:
    _sequence(subject, 1, 10)


@CASES.named("orders/order-middle-pages")
def order_of_middle_pages(subject: Subject) -> None:
    middle = _pages(subject) // 2
    _sequence(subject, middle, middle + 2)


@CASES.named("orders/order-last-pages")
def order_of_last_pages(subject: Subject) -> None:
    last = _pages(subject)
    _sequence(subject, last - 2, last)


@CASES.named("orders/deep-page")
def deep_page(subject: Subject) -> None:
    number = min(400, _pages(subject))
    expect.page(subject.get(f"{ORDERS}?page={number}"), number)


@CASES.named("orders/first-page-is-newest")
def first_is_newest(subject: Subject) -> None:
    last = expect.page(subject.get(f"{ORDERS}?page={_pages(subject)}"), _pages(subject))
    newest, oldest = subject.first_page["results"][0], last["results"][-1]
    if _pages(subject) > 1 and newest["created_at"] < oldest["created_at"]:
        raise MismatchError("newest first", f"{newest['created_at']} to {oldest['created_at']}")


@CASES.named("orders/total-counts-every-row")
def total_counts(subject: Subject) -> None:
    found = expect.page(subject.get(f"{ORDERS}?page={_pages(subject)}"), _pages(subject))
    seen = PAGE_SIZE * (_pages(subject) - 1) + len(found["results"])
    if seen != found["total"]:
        raise MismatchError(f"total {seen}, the rows on all pages", f"total {found['total']}")


@CASES.named("orders/of-many-users-seen-by-all")
def seen_by_all(subject: Subject) -> None:
    """A back office: every user sees the same orders, which belong to many users."""
    expected = subject.get(ORDERS).json()
    expect.body(subject.call("GET", ORDERS, token=subject.other_token), 200, expected)
    owners = {order["user"]["id"] for order in subject.first_page["results"]}
    if len(owners) < 2 or subject.user.id in owners:
        raise MismatchError("orders of several seeded users", f"owners {sorted(owners)}")


@CASES.named("orders/same-owner-same-name")
def owners_match(subject: Subject) -> None:
    """Ids and names of users match: the join uses the right column."""
    names: dict[int, str] = {}
    for order in _sequence(subject, 1, 5):
        user = order["user"]
        if names.setdefault(user["id"], user["username"]) != user["username"]:
            raise MismatchError(f"one name for user {user['id']}", f"{names[user['id']]}, {user}")
    if len(set(names.values())) != len(names):
        raise MismatchError(
            "one id for each name", f"{len(names)} ids, {len(set(names.values()))} names"
        )


def _bad_page(value: str, subject: Subject) -> None:
    reply = subject.get(f"{ORDERS}?page={value}")
    expect.error(reply, 422, "validation_error", ["page"])


for label, value in [
    *NOT_INTEGERS,
    ("empty", ""),
    ("space", "+"),
    ("raw-plus", "+1"),
    ("space-only", "%20"),
    ("zero", "0"),
    ("zeros", "000"),
    ("minus-one", "-1"),
    ("minus-zero", "-0"),
    ("huge-negative", "-" + "9" * 30),
]:
    CASES.add(f"orders/page-{label}", partial(_bad_page, value))


def _beyond_last(value: str, subject: Subject) -> None:
    expect.error(subject.get(f"{ORDERS}?page={value}"), 404, "not_found")


for label, value in [
    *HUGE_NUMBERS,
    ("offset-beyond-32-bits", str(2**31 // PAGE_SIZE + 2)),
    ("largest-offset", str((2**63 - 1) // PAGE_SIZE + 1)),
    ("offset-beyond-64-bits", str((2**63 - 1) // PAGE_SIZE + 2)),
]:
    CASES.add(f"orders/page-{label}-is-past-the-last", partial(_beyond_last, value))


@CASES.named("orders/page-after-the-last")
def page_after_the_last(subject: Subject) -> None:
    _beyond_last(str(_pages(subject) + 1), subject)


def _page_with_zeros(zeros: int, subject: Subject) -> None:
    expect.page(subject.get(f"{ORDERS}?page={'0' * zeros}2"), 2)


for zeros in (1, 30, 3900):
    CASES.add(f"orders/page-{zeros}-leading-zeros", partial(_page_with_zeros, zeros))


@CASES.named("orders/page-percent-encoded-digit")
def page_percent_encoded(subject: Subject) -> None:
    expect.page(subject.get(f"{ORDERS}?%70age=%32"), 2)


@CASES.named("orders/1400-unknown-parameters-ignored")
def unknown_parameters(subject: Subject) -> None:
    expect.page(subject.get(f"{ORDERS}?{'x&' * 1400}page=2&page_size=1"), 2)


# The single order


@CASES.named("order/same-as-in-the-list")
def same_as_in_the_list(subject: Subject) -> None:
    for number in (1, max(1, _pages(subject) // 2), _pages(subject)):
        listed = expect.page(subject.get(f"{ORDERS}?page={number}"), number)["results"]
        for expected in (listed[0], listed[-1]):
            reply = subject.get(f"{ORDERS}/{expected['id']}")
            expect.status(reply, 200)
            expect.order(reply.json(), "the order", reply)
            expect.body(reply, 200, expected)


@CASES.named("order/of-another-user-seen-by-all")
def order_seen_by_all(subject: Subject) -> None:
    reply = subject.call("GET", f"{ORDERS}/{subject.order['id']}", token=subject.other_token)
    expect.body(reply, 200, subject.order)


def _id_with_zeros(zeros: int, subject: Subject) -> None:
    reply = subject.get(f"{ORDERS}/{'0' * zeros}{subject.order['id']}")
    expect.body(reply, 200, subject.order)


for zeros in (1, 30, 3900):
    CASES.add(f"order/id-{zeros}-leading-zeros", partial(_id_with_zeros, zeros))

_OF_AN_ORDER = (("order", "GET", ORDERS + "/{id}"), ("invoice", "POST", ORDERS + "/{id}/invoice"))


def _call(method: str, target: str, id: str, subject: Subject) -> Reply:
    return subject.call(method, target.replace("{id}", id), token=subject.token)


def _unknown_id(method: str, target: str, id: str, subject: Subject) -> None:
    expect.error(_call(method, target, id, subject), 404, "not_found")


for area, method, target in _OF_AN_ORDER:
    for label, value in [
        *NOT_INTEGERS,
        *HUGE_NUMBERS,
        ("zero", "0"),
        ("minus-one", "-1"),
        ("raw-plus", "+1"),
        ("space", "%20"),
        ("encoded-slash", "1%2F"),
        ("matrix-parameter", "1;x=1"),
        ("uuid", "00000000-0000-4000-8000-000000000000"),
    ]:
        CASES.add(f"{area}/id-{label}", partial(_unknown_id, method, target, value))
