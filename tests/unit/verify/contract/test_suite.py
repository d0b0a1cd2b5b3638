"""The suite finds nothing in a contestant that follows the contract, and each violation."""

import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from levelbench.verify.contract import CASES, Address, Case, cases_for, unavailable, verify
from levelbench.verify.contract.cases import outages, tasks
from tests.unit.verify.contract.fake import ORDERS, Answer, Fake, Request, failure, serve


def broken(**methods: Callable[..., Any]) -> type[Fake]:
    """A contestant with other methods than the fake that follows the contract."""
    return type("Broken", (Fake,), methods)


def changed(change: Callable[[Fake], Any]) -> type[Fake]:
    """A contestant whose state is changed after the start."""

    class Changed(Fake):
        def __init__(self) -> None:
            super().__init__()
            change(self)

    return Changed


def cases_named(*ids: str) -> list[Case]:
    found = [case for case in CASES if case.id in ids]
    assert len(found) == len(ids), f"a case of {ids} does not exist"
    return found


def test_nothing_is_found_where_the_contract_is_followed() -> None:
    with serve(Fake()) as endpoint:
        assert [str(violation) for violation in verify(endpoint)] == []


def test_ids_are_unique() -> None:
    assert [id for id, count in Counter(case.id for case in CASES).items() if count > 1] == []


def any_digits(self: Fake, text: str) -> int | None:
    try:
        return int(text)
    except ValueError:
        return None


def only_short_subjects(self: Fake, sub: str) -> int:
    if len(sub) > 4300:  # `int` refuses more digits
        raise failure(500, "internal_error")
    return Fake.subject(self, sub)


def few_parameters(self: Fake, request: Request, read_body: Any) -> Answer:
    if request.target.count("&") > 1000:
        raise failure(400, "bad_request")
    return Fake.answer(self, request, read_body)


def trust_header(self: Fake, head: dict[str, Any], signed: str, signature: str) -> None:
    if str(head["alg"]).lower() != "none":
        Fake.check_signature(self, head, signed, signature)


def look_before_insert(self: Fake, name: str, password: str) -> int:
    taken = name in self.users
    time.sleep(0.02)
    if taken:
        raise failure(409, "username_taken")
    self.users[name] = (len(self.users) + 1, password)
    return self.users[name][0]


def check_size_late(self: Fake, body: bytes) -> tuple[str, str]:
    Fake.check_size(self, len(body))
    return Fake.credentials(self, body)


def ties_ascending(fake: Fake) -> None:
    fake.orders.sort(key=lambda order: order["id"])
    fake.orders.sort(key=lambda order: order["created_at"], reverse=True)


def wrong_total(self: Fake, query: dict[str, str]) -> Answer:
    found = Fake.list_orders(self, query)
    found.value["total"] = ORDERS - 1
    return found


def own_orders_only(self: Fake, request: Request, text: str) -> Answer:
    if request.user_id % 2:
        raise failure(404, "not_found")
    return Fake.get_order(self, request, text)


def slow_error(self: Fake) -> Answer:
    time.sleep(0.2)
    return Fake.unavailable(self)


HTML = broken(unknown_route=lambda *_: Answer(404, b"<h1>Not Found</h1>"))
BROKEN: dict[type[Fake], tuple[str, ...]] = {
    broken(keep_password=lambda self, password: password.strip()): (
        "login/refuses-trailing-spaces-trimmed",
    ),
    broken(keep_password=lambda self, password: password.encode()[:72].decode(errors="ignore")): (
        "login/refuses-character-100-differs",
    ),
    broken(
        is_password=lambda self, password: isinstance(password, str)
        and 16 <= len(password.encode("utf-16-le")) <= 256
    ): ("register/accepts-password-128-emoji",),
    broken(
        is_username=lambda self, name: Fake.is_username(
            self, name[:-1] if str(name).endswith("\n") else name
        )
    ): ("register/username-trailing-newline",),
    broken(number=any_digits): (
        "orders/page-plus", "order/id-arabic-digit", "order/id-trailing-newline",
    ),
    broken(order_fields=lambda self, fields: sorted(fields, reverse=True)): (
        "login/both-invalid-fields-sorted",
    ),
    broken(unauthorized=lambda self: failure(401, "unauthorized")): (
        "access/orders-without-header",
    ),
    broken(wrong_credentials=lambda self: failure(401, "invalid_credentials")): (
        "login/wrong-password",
    ),
    broken(trim=lambda self, token: token): (
        "access/spaces-after-the-scheme", "access/blanks-around-the-header",
    ),
    broken(check_audience=lambda *_: None): (
        "access/signed-aud", "access/signed-nbf-in-the-future",
    ),
    broken(subject=only_short_subjects): ("access/signed-sub-4400-digits",),
    broken(answer=few_parameters): ("orders/1400-unknown-parameters-ignored",),
    broken(check_signature=trust_header): ("access/token-alg-nOnE-without-signature",),
    broken(check_expiry=lambda *_: None): ("access/signed-expired", "access/signed-without-exp"),
    broken(subject=lambda self, sub: Fake.subject(self, str(int(sub)))): (
        "access/signed-sub-leading-space", "access/signed-sub-30-leading-zeros",
    ),
    broken(unknown_route=lambda self, path: Answer(307, b"", {"Location": path.rstrip("/")})): (
        "route/GET /api/v1/orders/",
    ),
    HTML: ("route/GET /nope",),
    broken(insert_user=look_before_insert): ("register/20-at-once-give-one-user",),
    broken(unknown_user=lambda self: None): ("login/unknown-user-costs-a-hash",),
    broken(check_size=lambda *_: None, credentials=check_size_late): (
        "size/register-65537-bytes-announced",
    ),
    changed(ties_ascending): ("orders/order-pages-1-to-10",),
    changed(lambda fake: [o.update(total=float(o["total"])) for o in fake.orders]): (
        "orders/first-page",
    ),
    changed(lambda fake: [order["items"].reverse() for order in fake.orders]): (
        "order/same-as-in-the-list",
    ),
    changed(lambda fake: [order["items"].pop() for order in fake.orders]): ("orders/first-page",),
    broken(list_orders=wrong_total): ("orders/total-counts-every-row",),
    broken(get_order=own_orders_only): ("order/of-another-user-seen-by-all",),
    broken(compute=lambda *_: {"status": "pending", "result": None}): (
        "invoice/computed-by-the-worker",
    ),
    broken(compute=lambda self, order: Fake.compute(self, {**order, "total": "0.00"})): (
        "invoice/computed-by-the-worker",
    ),
    broken(unavailable=lambda self: failure(500, "internal")): (
        "redis-down/invoice", "postgres-down/list",
    ),
    broken(unavailable=slow_error): ("postgres-down/login",),
}  # fmt: skip


@pytest.mark.parametrize(("contestant", "ids"), BROKEN.items(), ids=map(" ".join, BROKEN.values()))
def test_a_violation_is_found(
    contestant: type[Fake], ids: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "COMPLETION_LIMIT_S", 0.3)
    monkeypatch.setattr(outages, "UNAVAILABLE_LIMIT_S", 0.15)
    with serve(contestant()) as endpoint:
        found = verify(endpoint, cases_named(*ids))
    assert {(violation.service, violation.case) for violation in found} == {
        ("fake", id) for id in ids
    }


def test_a_violation_shows_expected_and_seen_without_tokens(snapshot: SnapshotAssertion) -> None:
    def expires_in_text(self: Fake, request: Request) -> Answer:
        found = Fake.login(self, request)
        found.value["expires_in"] = "3600"
        return found

    found = []
    for contestant, case_id in (
        (HTML, "route/GET /nope"),
        (broken(login=expires_in_text), "login/answer"),
    ):
        with serve(contestant()) as endpoint:
            found += verify(endpoint, cases_named(case_id))
    assert "\n".join(map(str, found)) == snapshot


def test_a_contestant_that_is_gone_is_one_violation() -> None:
    with serve(Fake()) as endpoint:
        pass
    (violation,) = verify(endpoint)
    assert (violation.case, violation.expected) == ("health/healthz", "an answer")


def test_tasks_in_the_process_need_no_broker(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = Fake()
    fake.needs_broker = False
    with serve(fake) as endpoint:
        assert verify(endpoint, cases_named("redis-down/invoice")) == []
        monkeypatch.setattr(fake, "needs_broker", True)
        (violation,) = verify(endpoint, cases_named("redis-down/invoice"))
    assert "202" in violation.expected


def test_containers_run_again_after_an_outage() -> None:
    fake = Fake()
    with serve(fake) as endpoint:
        assert verify(endpoint, cases_named("redis-down/invoice", "postgres-down/list")) == []
    assert fake.down == set()


def test_cases_that_an_endpoint_does_not_allow_are_skipped_with_a_reason() -> None:
    bare = Address("http://127.0.0.1:1", "fake")
    skipped = [case for case in CASES if case not in cases_for(bare)]
    assert skipped == [case for case in CASES if case.needs_secret or case.down]
    assert {unavailable(case, bare) for case in skipped} == {
        "needs the JWT key of the run",
        "needs control of the container redis",
        "needs control of the container postgres",
    }
