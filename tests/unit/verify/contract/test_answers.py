"""What is compared of an answer, and what is not."""

from typing import Any

import pytest

from levelbench.verify.contract import FIXED, Address, MismatchError, Request, Subject, replay
from levelbench.verify.contract.answers import Answer
from levelbench.verify.contract.request import SIGNED_IN, Header, Signed
from levelbench.verify.contract.subject import LOGIN, ORDERS, REGISTER, TASKS
from tests.unit.verify.contract.fake import SECRET, Fake, failure, serve
from tests.unit.verify.contract.fake import Request as Asked

USER = b'{"username": "a_b", "password": "correct horse"}'


def answers(fake: Fake, *stream: Request) -> list[Answer]:
    with serve(fake) as endpoint, Subject(endpoint) as subject:
        return replay(subject, stream)


def asked(method: str, target: str, **options: Any) -> Request:
    return Request("test", method, target, **options)


def test_contestants_that_keep_the_contract_give_equal_answers() -> None:
    one, other = Fake(), Fake()
    other.users["earlier"] = (99, "gives other ids to those who come later")
    assert answers(one, *FIXED) == answers(other, *FIXED)


def test_ids_of_new_users_tokens_and_messages_are_not_compared() -> None:
    found = answers(
        Fake(),
        asked("POST", REGISTER, body=USER),
        asked("POST", LOGIN, body=USER),
        asked("POST", REGISTER, body=USER),
    )
    assert [answer["body"] for answer in found] == [
        {"id": "<user of request 1>", "username": "a_b"},
        {"access_token": "<token>", "token_type": "bearer", "expires_in": 3600},
        {"error": {"code": "username_taken", "message": "free text", "fields": []}},
    ]


def test_an_id_given_twice_shows() -> None:
    class CountsNobody(Fake):
        def insert_user(self, name: str, password: str) -> int:
            super().insert_user(name, password)
            return 7

    other = USER.replace(b"a_b", b"c_d")
    stream = [asked("POST", REGISTER, body=body) for body in (USER, other)]
    ids = [answer["body"]["id"] for answer in answers(CountsNobody(), *stream)]
    assert ids == ["<user of request 1>", "<user of request 1>"]


def test_an_accepted_task_is_followed_to_its_result() -> None:
    (found,) = answers(Fake(), asked("POST", f"{ORDERS}/3/invoice", authorization=SIGNED_IN))
    assert found["location"] == f"{TASKS}/<uuid of request 1>"
    assert found["body"] == {"task_id": "<uuid of request 1>", "status": "pending"}
    assert found["task"] == {
        "task_id": "<uuid of request 1>",
        "status": "succeeded",
        "result": {"order_id": 3, "total": "6.50"},
    }


def test_a_finished_task_can_be_asked_for() -> None:
    stream = [asked("GET", f"{TASKS}/{id}", authorization=SIGNED_IN) for id in ("<task>", "<TASK>")]
    assert [answer["status"] for answer in answers(Fake(), *stream)] == [200, 404]


def test_the_challenge_of_a_401_is_compared() -> None:
    class NoChallenge(Fake):
        def unauthorized(self) -> Any:
            return failure(401, "unauthorized")

    request = asked("GET", ORDERS)
    assert [answers(fake, request)[0]["challenge"] for fake in (Fake(), NoChallenge())] == [
        "Bearer",
        None,
    ]


def test_a_body_that_is_no_json_is_an_answer_too() -> None:
    class ServesHtml(Fake):
        def unknown_route(self, path: str) -> Any:
            found = failure(404, "not_found")
            found.value = b"<h1>Not Found</h1>"
            return found

    (found,) = answers(ServesHtml(), asked("GET", "/nope"))
    assert (found["status"], found["body"]) == (404, "no JSON in UTF-8: b'<h1>Not Found</h1>'")


def test_no_answer_is_an_answer_too() -> None:
    class HangsUp(Fake):
        def answer(self, request: Asked, read_body: Any) -> Any:
            if request.target == "/hang-up":
                raise ConnectionResetError
            return super().answer(request, read_body)

    found = answers(HangsUp(), asked("GET", "/hang-up"), asked("GET", "/healthz"))
    assert found[0] == {"status": None, "timed_out": False}
    assert found[1]["status"] == 200


def test_a_contestant_that_cannot_sign_in_is_not_asked() -> None:
    class RefusesAll(Fake):
        def register(self, request: Asked) -> Any:
            raise failure(500, "internal_error")

    refused = pytest.raises(MismatchError, match="expected status 201; seen 500")
    with serve(RefusesAll()) as endpoint, Subject(endpoint) as subject, refused:
        replay(subject, FIXED)


@pytest.mark.parametrize(
    ("authorization", "status"),
    [
        (SIGNED_IN, 200),
        (Header("bearer <other>"), 200),
        (Header("Bearer <header>.<payload>.<signature>"), 200),
        (Header("Bearer <header>.<payload>."), 401),
        (Header(b"Bearer \xff"), 401),
        (Signed(b'{"sub": "<user>", "exp": 4102444800}'), 200),
        (Signed(b'{"sub": "<user>", "exp": 1}'), 401),
        (Signed(b'{"sub": "<user>", "exp": 4102444800}', header=b'{"alg": "none"}'), 401),
        (Signed(b'{"sub": "<user>", "exp": 4102444800}', wrong_key=True), 401),
    ],
)
def test_tokens_are_each_contestants_own(authorization: Header | Signed, status: int) -> None:
    (found,) = answers(Fake(), asked("GET", f"{ORDERS}/1", authorization=authorization))
    assert found["status"] == status


def test_an_announced_length_is_sent_without_the_body() -> None:
    (found,) = answers(Fake(), asked("POST", LOGIN, announced=65_537))
    assert found["status"] == 413


def test_a_request_is_described_without_anyones_token() -> None:
    with serve(Fake()) as endpoint, Subject(endpoint) as subject:
        request = asked("GET", ORDERS, authorization=SIGNED_IN, headers=(("X-A", b"\xff"),))
        assert subject.token.encode() in SIGNED_IN.write(subject)
    assert str(request) == f"GET {ORDERS} | Authorization: Bearer <token> | X-A: \\\\xff"


def test_what_needs_the_key_says_so() -> None:
    assert asked("GET", ORDERS, authorization=Signed(b"{}")).needs_secret
    assert not asked("GET", ORDERS, authorization=SIGNED_IN).needs_secret
    with serve(Fake()) as endpoint:
        bare = Address(endpoint.base_url, "fake")
        with Subject(bare) as subject, pytest.raises(ValueError, match="JWT key"):
            Signed(b"{}").write(subject)
    assert SECRET not in repr(Signed(b"{}"))
