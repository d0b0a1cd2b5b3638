"""Precedence of errors: unknown route, 401, 413, 400, 422, missing record.

Not tested, as frameworks differ: the order of 401 against the 404 and 405 of routing.
"""

from functools import partial

from levelbench.verify.contract import expect
from levelbench.verify.contract.case import Cases
from levelbench.verify.contract.cases.bodies import too_large
from levelbench.verify.contract.expect import MAX_BODY_BYTES
from levelbench.verify.contract.reply import Reply
from levelbench.verify.contract.subject import LOGIN, ORDERS, REGISTER, TASKS, UNKNOWN_TASK, Subject

CASES = Cases()

UNKNOWN_ORDER = 999_999_999


def _send(subject: Subject, target: str, body: bytes) -> Reply:
    """Send a body on a new connection: the server may close it before the end of the body."""
    headers = {"Content-Type": "application/json", "Content-Length": str(len(body))}
    with subject.connect() as connection:
        return connection.exchange("POST", target, headers, body)


@CASES.named("precedence/unknown-route-over-413")
def unknown_route_over_413(subject: Subject) -> None:
    for target in ("/nope", f"{LOGIN}/", "/api/v1/nope"):
        reply = too_large(subject, "POST", target, token=subject.token)
        expect.error(reply, 404, "not_found")


@CASES.named("precedence/unknown-route-over-400")
def unknown_route_over_400(subject: Subject) -> None:
    for target in ("/api/v1/auth/nope", f"{REGISTER}/"):
        reply = subject.call("POST", target, body=b"{", token=subject.token)
        expect.error(reply, 404, "not_found")


@CASES.named("precedence/unknown-route-over-422")
def unknown_route_over_422(subject: Subject) -> None:
    expect.error(subject.get(f"{ORDERS}/?page=x"), 404, "not_found")


def _unauthorized(method: str, target: str, subject: Subject) -> None:
    reply = too_large(subject, method, target.format(order=subject.order["id"]))
    expect.error(reply, 401, "unauthorized")


for area, method, target in (
    ("orders", "GET", ORDERS),
    ("order", "GET", f"{ORDERS}/{{order}}"),
    ("invoice", "POST", f"{ORDERS}/{{order}}/invoice"),
    ("task", "GET", f"{TASKS}/{UNKNOWN_TASK}"),
):
    CASES.add(f"precedence/401-over-413-{area}", partial(_unauthorized, method, target))


@CASES.named("precedence/401-over-413-body-sent")
def unauthorized_over_sent_body(subject: Subject) -> None:
    """The response arrives although the client sends the whole body first."""
    reply = _send(subject, f"{ORDERS}/{subject.order['id']}/invoice", b"x" * 2**20)
    expect.error(reply, 401, "unauthorized")


@CASES.named("precedence/401-over-400")
def unauthorized_over_400(subject: Subject) -> None:
    target = f"{ORDERS}/{subject.order['id']}/invoice"
    expect.error(subject.call("POST", target, body=b"{"), 401, "unauthorized")


@CASES.named("precedence/401-over-422")
def unauthorized_over_422(subject: Subject) -> None:
    for page in ("0", "x", ""):
        reply = subject.call("GET", f"{ORDERS}?page={page}", token="nonsense")
        expect.error(reply, 401, "unauthorized")


@CASES.named("precedence/401-over-missing-record")
def unauthorized_over_missing_record(subject: Subject) -> None:
    for method, target in (
        ("GET", f"{ORDERS}?page={UNKNOWN_ORDER}"),
        ("GET", f"{ORDERS}/{UNKNOWN_ORDER}"),
        ("POST", f"{ORDERS}/{UNKNOWN_ORDER}/invoice"),
        ("GET", f"{TASKS}/{UNKNOWN_TASK}"),
    ):
        expect.error(subject.call(method, target, token="nonsense"), 401, "unauthorized")


@CASES.named("precedence/413-over-400")
def too_large_over_400(subject: Subject) -> None:
    for target in (REGISTER, LOGIN):
        reply = _send(subject, target, b"{" * (MAX_BODY_BYTES + 1))
        expect.error(reply, 413, "payload_too_large")


@CASES.named("precedence/413-over-422")
def too_large_over_422(subject: Subject) -> None:
    for target in (REGISTER, LOGIN):
        reply = _send(subject, target, b"{}".ljust(MAX_BODY_BYTES + 1))
        expect.error(reply, 413, "payload_too_large")
    reply = too_large(subject, "GET", f"{ORDERS}?page=x", token=subject.token)
    expect.error(reply, 413, "payload_too_large")


@CASES.named("precedence/413-over-missing-record")
def too_large_over_missing_record(subject: Subject) -> None:
    for method, target in (
        ("GET", f"{ORDERS}?page={UNKNOWN_ORDER}"),
        ("GET", f"{ORDERS}/{UNKNOWN_ORDER}"),
        ("POST", f"{ORDERS}/{UNKNOWN_ORDER}/invoice"),
        ("GET", f"{TASKS}/{UNKNOWN_TASK}"),
    ):
        reply = too_large(subject, method, target, token=subject.token)
        expect.error(reply, 413, "payload_too_large")


@CASES.named("precedence/422-over-username-taken")
def invalid_over_taken(subject: Subject) -> None:
    value = {"username": subject.user.username, "password": "short"}
    expect.error(subject.post(REGISTER, value), 422, "validation_error", ["password"])


@CASES.named("precedence/422-over-invalid-credentials")
def invalid_over_credentials(subject: Subject) -> None:
    value = {"username": subject.user.username, "password": "short"}
    expect.error(subject.post(LOGIN, value), 422, "validation_error", ["password"])
