"""The suite finds nothing in a contestant that keeps the contract, and each promise broken."""

import time
from collections import Counter
from typing import Any

import pytest

from levelbench.verify.contract import CASES, Case, Endpoint, cases_for, unavailable, verify
from levelbench.verify.contract.cases import outages, tasks
from tests.unit.verify.contract.fake import ORDERS, Answer, Fake, Request, failure, serve


def cases_named(*ids: str) -> list[Case]:
    found = [case for case in CASES if case.id in ids]
    assert len(found) == len(ids), f"a case of {ids} does not exist"
    return found


def test_nothing_is_found_where_the_contract_is_kept() -> None:
    with serve(Fake()) as endpoint:
        assert [str(violation) for violation in verify(endpoint)] == []


def test_ids_are_unique() -> None:
    assert [id for id, count in Counter(case.id for case in CASES).items() if count > 1] == []


class Trims(Fake):
    def keep_password(self, password: str) -> str:
        return password.strip()


class Truncates(Fake):
    def keep_password(self, password: str) -> str:
        return password.encode()[:72].decode(errors="ignore")


class CountsUtf16(Fake):
    def is_password(self, password: Any) -> bool:
        return isinstance(password, str) and 16 <= len(password.encode("utf-16-le")) <= 256


class MatchesWithDollar(Fake):
    def is_username(self, name: Any) -> bool:
        return super().is_username(name[:-1] if str(name).endswith("\n") else name)


class TakesAnyDigits(Fake):
    def number(self, text: str) -> int | None:
        try:
            return int(text)
        except ValueError:
            return None


class FieldsUnsorted(Fake):
    def order_fields(self, fields: list[str]) -> list[str]:
        return sorted(fields, reverse=True)


class NoChallenge(Fake):
    def unauthorized(self) -> Answer:
        return failure(401, "unauthorized")


class NoChallengeAtLogin(Fake):
    def wrong_credentials(self) -> Answer:
        return failure(401, "invalid_credentials")


class SplitsAtOneSpace(Fake):
    def trim(self, token: str) -> str:
        return token


class ServesAnyAudience(Fake):
    def check_audience(self, payload: dict[str, Any]) -> None:
        pass


class FailsOnLongSubjects(Fake):
    def subject(self, sub: str) -> int:
        if len(sub) > 4300:  # `int` refuses more digits
            raise failure(500, "internal_error")
        return super().subject(sub)


class LimitsParameters(Fake):
    def answer(self, request: Request, read_body: Any) -> Answer:
        if request.target.count("&") > 1000:
            raise failure(400, "bad_request")
        return super().answer(request, read_body)


class TrustsTheHeader(Fake):
    def check_signature(self, head: dict[str, Any], signed: str, signature: str) -> None:
        if str(head["alg"]).lower() != "none":
            super().check_signature(head, signed, signature)


class NeverExpires(Fake):
    def check_expiry(self, payload: dict[str, Any]) -> None:
        pass


class ParsesTheSubject(Fake):
    def subject(self, sub: str) -> int:
        return super().subject(str(int(sub)))


class Redirects(Fake):
    def unknown_route(self, path: str) -> Answer:
        return Answer(307, b"", {"Location": path.rstrip("/")})


class ServesHtml(Fake):
    def unknown_route(self, path: str) -> Answer:
        return Answer(404, b"<h1>Not Found</h1>")


class LooksBeforeItInserts(Fake):
    def insert_user(self, name: str, password: str) -> int:
        taken = name in self.users
        time.sleep(0.02)
        if taken:
            raise failure(409, "username_taken")
        self.users[name] = (len(self.users) + 1, password)
        return self.users[name][0]


class NoHashForStrangers(Fake):
    def unknown_user(self) -> None:
        pass


class WaitsForTheBody(Fake):
    def check_size(self, length: int) -> None:
        pass

    def credentials(self, body: bytes) -> tuple[str, str]:
        super().check_size(len(body))
        return super().credentials(body)


class TiesUpwards(Fake):
    def __init__(self) -> None:
        super().__init__()
        self.orders.sort(key=lambda order: order["id"])
        self.orders.sort(key=lambda order: order["created_at"], reverse=True)


class MoneyAsNumber(Fake):
    def __init__(self) -> None:
        super().__init__()
        for order in self.orders:
            order["total"] = float(order["total"])


class ItemsByChance(Fake):
    def __init__(self) -> None:
        super().__init__()
        for order in self.orders:
            order["items"].reverse()


class ForgetsItems(Fake):
    def __init__(self) -> None:
        super().__init__()
        for order in self.orders:
            order["items"].pop()


class WrongTotal(Fake):
    def list_orders(self, query: dict[str, str]) -> Answer:
        found = super().list_orders(query)
        found.value["total"] = ORDERS - 1
        return found


class OwnOrdersOnly(Fake):
    def get_order(self, request: Request, text: str) -> Answer:
        found = super().get_order(request, text)
        if request.user_id % 2:
            raise failure(404, "not_found")
        return found


class NeverComputes(Fake):
    def compute(self, order: dict[str, Any]) -> dict[str, Any]:
        return {"status": "pending", "result": None}


class ComputesAnother(Fake):
    def compute(self, order: dict[str, Any]) -> dict[str, Any]:
        return super().compute({**order, "total": "0.00"})


class FailsWithATrace(Fake):
    def unavailable(self) -> Answer:
        return failure(500, "internal")


class FailsSlowly(Fake):
    def unavailable(self) -> Answer:
        time.sleep(0.2)
        return super().unavailable()


@pytest.mark.parametrize(
    ("broken", "case_id"),
    [
        (Trims, "login/refuses-trailing-spaces-trimmed"),
        (Truncates, "login/refuses-character-100-differs"),
        (CountsUtf16, "register/accepts-password-128-emoji"),
        (MatchesWithDollar, "register/username-trailing-newline"),
        (TakesAnyDigits, "orders/page-plus"),
        (TakesAnyDigits, "order/id-arabic-digit"),
        (TakesAnyDigits, "order/id-trailing-newline"),
        (FieldsUnsorted, "login/both-invalid-fields-sorted"),
        (NoChallenge, "access/orders-without-header"),
        (NoChallengeAtLogin, "login/wrong-password"),
        (SplitsAtOneSpace, "access/spaces-after-the-scheme"),
        (SplitsAtOneSpace, "access/blanks-around-the-header"),
        (ServesAnyAudience, "access/signed-aud"),
        (ServesAnyAudience, "access/signed-nbf-in-the-future"),
        (FailsOnLongSubjects, "access/signed-sub-4400-digits"),
        (LimitsParameters, "orders/1400-unknown-parameters-ignored"),
        (TrustsTheHeader, "access/token-alg-nOnE-without-signature"),
        (NeverExpires, "access/signed-expired"),
        (NeverExpires, "access/signed-without-exp"),
        (ParsesTheSubject, "access/signed-sub-leading-space"),
        (ParsesTheSubject, "access/signed-sub-30-leading-zeros"),
        (Redirects, "route/GET /api/v1/orders/"),
        (ServesHtml, "route/GET /nope"),
        (LooksBeforeItInserts, "register/20-at-once-give-one-user"),
        (NoHashForStrangers, "login/unknown-user-costs-a-hash"),
        (WaitsForTheBody, "size/register-65537-bytes-announced"),
        (TiesUpwards, "orders/order-pages-1-to-10"),
        (MoneyAsNumber, "orders/first-page"),
        (ItemsByChance, "order/same-as-in-the-list"),
        (ForgetsItems, "orders/first-page"),
        (WrongTotal, "orders/total-counts-every-row"),
        (OwnOrdersOnly, "order/of-another-user-seen-by-all"),
        (NeverComputes, "invoice/computed-by-the-worker"),
        (ComputesAnother, "invoice/computed-by-the-worker"),
        (FailsWithATrace, "redis-down/invoice"),
        (FailsWithATrace, "postgres-down/list"),
        (FailsSlowly, "postgres-down/login"),
    ],
)
def test_a_broken_promise_is_found(
    broken: type[Fake], case_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "COMPLETION_LIMIT_S", 0.3)
    monkeypatch.setattr(outages, "UNAVAILABLE_LIMIT_S", 0.15)
    with serve(broken()) as endpoint:
        found = verify(endpoint, cases_named(case_id))
    assert [(violation.service, violation.case) for violation in found] == [("fake", case_id)]


def test_a_violation_says_what_was_expected_and_seen() -> None:
    with serve(ServesHtml()) as endpoint:
        (violation,) = verify(endpoint, cases_named("route/GET /nope"))
    assert str(violation) == (
        "fake: route/GET /nope: expected a body of JSON in UTF-8; "
        "seen 404 <h1>Not Found</h1> from GET /nope"
    )


def test_a_violation_shows_no_token() -> None:
    class ExpiresInText(Fake):
        def login(self, request: Request) -> Answer:
            found = super().login(request)
            found.value["expires_in"] = "3600"
            return found

    with serve(ExpiresInText()) as endpoint:
        (violation,) = verify(endpoint, cases_named("login/answer"))
    assert "<token>" in violation.seen
    assert "eyJ" not in str(violation)


def test_a_contestant_that_is_gone_is_one_violation() -> None:
    with serve(Fake()) as endpoint:
        pass
    (violation,) = verify(endpoint)
    assert (violation.case, violation.expected) == ("health/healthz", "an answer")


def test_containers_run_again_after_an_outage() -> None:
    fake = Fake()
    with serve(fake) as endpoint:
        assert verify(endpoint, cases_named("redis-down/invoice", "postgres-down/list")) == []
    assert fake.down == set()


def test_cases_that_an_endpoint_does_not_allow_are_left_out_and_named() -> None:
    bare = Endpoint("http://127.0.0.1:1", "fake")
    left_out = [case for case in CASES if case not in cases_for(bare)]
    assert left_out == [case for case in CASES if case.needs_secret or case.down]
    assert {unavailable(case, bare) for case in left_out} == {
        "needs the run's JWT key",
        "needs control over the container redis",
        "needs control over the container postgres",
    }
